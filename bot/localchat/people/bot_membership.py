"""Blocking the bot, removing it from a group, and letting it in again, as a person."""

from __future__ import annotations

from bot.localchat.api.chat_members import set_forbidden
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person

BLOCKED = "bot was blocked by the user"


def block_bot(state: ServerState, person: Person, reason: str = BLOCKED) -> None:
    """Block the bot; `reason` is what Telegram's 403 says from now on.

    Raises:
        ApiError: the person has no chat with the bot.
    """
    set_forbidden(state, state.chat(person.id), person, reason)


def unblock_bot(state: ServerState, person: Person) -> None:
    """Unblock the bot.

    Raises:
        ApiError: the person has no chat with the bot.
    """
    set_forbidden(state, state.chat(person.id), person, "")


def remove_bot(state: ServerState, chat_id: int, person: Person) -> None:
    """Remove the bot from a group.

    Raises:
        ApiError: there is no such group.
    """
    chat = state.chat(chat_id)
    set_forbidden(state, chat, person, f"bot was kicked from the {chat.kind} chat")


def add_bot(state: ServerState, chat_id: int, person: Person) -> None:
    """Add the bot to a group again.

    Raises:
        ApiError: there is no such group.
    """
    set_forbidden(state, state.chat(chat_id), person, "")
