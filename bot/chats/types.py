"""A chat, who is in it and may use the bot there, when it is quiet, and the messages and charts that it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo

ChatKind = Literal["private", "group", "supergroup", "channel"]
ChatState = Literal["active", "paused", "blocked"]
"""Paused by its people, or blocked because the bot cannot write there any more; both keep their settings."""
AccessStatus = Literal["allowed", "denied", "unknown"]
"""What admins decided about a chat with /allow and /deny."""


@dataclass(frozen=True, slots=True)
class Chat:
    """One chat of Telegram."""

    id: int
    kind: ChatKind
    title: str
    timezone: str  # an IANA name
    state: ChatState
    created_at: datetime  # UTC


@dataclass(frozen=True, slots=True)
class Member:
    """A person who has used the bot in a chat."""

    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `starts` up to, not including, `ends`; over midnight where `ends` is the earlier one."""

    starts: time  # the chat's local time
    ends: time  # the chat's local time, another one than `starts`

    @property
    def over_midnight(self) -> bool:
        """Whether they end on the day after."""
        return self.ends < self.starts


@dataclass(frozen=True, slots=True)
class ChatProfile:
    """Everything that is known of a chat, and of one person in it, in one read."""

    chat: Chat | None  # None where it is not known yet
    member: Member | None  # None where the person has not used the bot in this chat
    access: AccessStatus
    quiet: QuietHours | None

    @property
    def is_paused(self) -> bool:
        """Whether its people asked that nothing is sent."""
        return self.chat is not None and self.chat.state == "paused"

    def zone(self, home: str) -> ZoneInfo:
        """The chat's timezone, or that of `home` (an IANA name) where the chat is not known."""
        return ZoneInfo(self.chat.timezone if self.chat else home)


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """What one table keeps of a chat, for /mydata."""

    table: str
    rows: tuple[Mapping[str, object], ...]


@dataclass(frozen=True, slots=True)
class ChartKey:
    """What tells one chart from another; a file id is only good for the bot that sent the file."""

    bot_id: int
    symbol: str
    origin: date
    contents: str  # SHA-256 of what the picture stands on
    look: str  # what was drawn and how: "fan 5", "fan 20 dark", "evaluation"


MAX_RETRIES_OF_CHAT: Final = 10
MAX_RETRIES: Final = 1000
"""Questions of all chats that wait to be asked again."""


@dataclass(frozen=True, slots=True)
class Retry:
    """A question that is asked again at a time; the message that says so is edited with the answer."""

    chat_id: int
    message_id: int
    name: str  # a symbol or a name, as it was typed
    horizon: int  # sessions ahead
    at: datetime  # UTC
    tries: int = 0  # that were made since the question


@dataclass(frozen=True, slots=True)
class TrackedMessage:
    """A message that shows how a job is doing."""

    chat_id: int
    message_id: int
    job_id: int
    horizon: int | None = None  # sessions ahead that its fan chart shows; None for a message of words
