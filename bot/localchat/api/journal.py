"""The journal of every request that the bot made."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

MAX_ENTRIES = 200_000


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request: when it was answered (UTC), its method and chat (0 for none), and its outcome.

    `code` is the HTTP status, or 0 where no answer was given; `outcome` is Telegram's description or "ok".
    """

    at: datetime
    method: str
    chat_id: int
    code: int
    outcome: str

    @property
    def is_sent(self) -> bool:
        """Whether it sent a new message."""
        return self.code == HTTPStatus.OK and self.method.lower().startswith("send") and self.method != "sendChatAction"


@dataclass(slots=True)
class Journal:
    """The last 200,000 requests, oldest first."""

    on_entry: Callable[[], None]
    _entries: deque[JournalEntry] = field(default_factory=lambda: deque(maxlen=MAX_ENTRIES))

    def add(self, entry: JournalEntry) -> None:
        """Add an entry and call `on_entry`."""
        self._entries.append(entry)
        self.on_entry()

    def __iter__(self) -> Iterator[JournalEntry]:
        """Yield the entries, oldest first."""
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self._entries)

    def of(self, method: str, chat_id: int = 0) -> tuple[JournalEntry, ...]:
        """Return the entries of one method, in one chat where it is named."""
        return tuple(e for e in self if e.method.lower() == method.lower() and chat_id in (0, e.chat_id))

    def refused(self, code: int) -> tuple[JournalEntry, ...]:
        """Return the entries that ended with an HTTP status, such as 429."""
        return tuple(entry for entry in self if entry.code == code)
