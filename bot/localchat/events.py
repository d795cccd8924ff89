"""What happens in the chat that somebody watching it wants to hear of."""

from __future__ import annotations

from dataclasses import dataclass

from bot.localchat.message import Message


@dataclass(frozen=True, slots=True)
class MessageShown:
    """A message is new or has changed."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageGone:
    """A message was deleted."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class BotIsBusy:
    """The bot sent a chat action such as "typing"; it shows for 5 seconds or until the next message."""

    chat_id: int
    action: str


@dataclass(frozen=True, slots=True)
class PressAnswered:
    """The bot answered the press of a button with a text for the one who pressed it."""

    query_id: str
    person_id: int
    text: str
    alert: bool
    url: str


@dataclass(frozen=True, slots=True)
class InlineAnswered:
    """The bot answered an inline query; the question holds the results."""

    question_id: str


@dataclass(frozen=True, slots=True)
class SceneChanged:
    """Chats, members, commands, descriptions or the banner changed: look at the whole again."""


Event = MessageShown | MessageGone | BotIsBusy | PressAnswered | InlineAnswered | SceneChanged
