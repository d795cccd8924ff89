"""The events of the chats, and who listens to them: the page and the driver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.localchat.state.message import Message


@dataclass(frozen=True, slots=True)
class MessageUpdated:
    """A message is new or was edited."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message was deleted."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class ChatActionSent:
    """The bot sent a chat action such as "typing"; it shows for 5 seconds or until the next message."""

    chat_id: int
    action: str


@dataclass(frozen=True, slots=True)
class CallbackQueryAnswered:
    """The bot answered the press of a button; the text is for the one who pressed it."""

    query_id: str
    person_id: int
    text: str
    alert: bool
    url: str


@dataclass(frozen=True, slots=True)
class InlineQueryAnswered:
    """The bot answered an inline query; the query holds the results."""

    query_id: str


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Chats, members, commands, descriptions or the banner changed."""


Event = MessageUpdated | MessageDeleted | ChatActionSent | CallbackQueryAnswered | InlineQueryAnswered | StateChanged


@dataclass(slots=True)
class EventPublisher:
    """Calls every listener with every event."""

    _listeners: list[Callable[[Event], None]] = field(default_factory=list)

    def publish(self, event: Event) -> None:
        """Call every listener."""
        for listener in tuple(self._listeners):
            listener(event)

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; return the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
