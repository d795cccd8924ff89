"""A chat, who is in it, what admins said about it, and the messages and charts that it was sent."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from storage.database import Row

ChatKind = Literal["private", "group", "supergroup", "channel"]
ChatState = Literal["active", "paused", "blocked"]
"""Paused by its people, or blocked because the bot cannot write there any more; both keep their settings."""
AccessStatus = Literal["allowed", "denied", "unknown"]
"""What admins said about a chat with /allow and /deny."""


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
class ExportedTable:
    """What one table keeps of a chat or a person, for /mydata."""

    table: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ChartKey:
    """What tells one chart from another; a file id is only good for the bot that sent the file."""

    bot_id: int
    symbol: str
    origin: date
    model: str  # SHA-256 of the artefact
    look: str  # what was drawn and how: "fan 5", "fan 20 dark", "evaluation"


@dataclass(frozen=True, slots=True)
class Watch:
    """A message that tells how a job goes."""

    chat_id: int
    message_id: int
    job_id: int
    horizon: int | None = None  # sessions ahead that its fan chart shows; None for a message of words
