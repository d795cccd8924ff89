"""The methods of the Bot API, by name; each takes the world and the request's parameters."""

from __future__ import annotations

from bot.localchat.methods import answering, chats, editing, profile, receiving, sending
from bot.localchat.methods.method import Method

METHODS: dict[str, Method] = {
    name.lower(): method
    for concern in (receiving, sending, editing, answering, chats, profile)
    for name, method in concern.METHODS.items()
}

__all__ = ["METHODS", "Method"]
