"""The ledger of pushes in memory, with the promises that tests/contract/test_delivery_stores.py asks of both."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from bot.push.types import Delivery
from forecasting.errors import StorageError
from tests.memory_chats import MemoryChats


class MemoryDeliveries:
    """A `DeliveryStore` in memory; `trouble` makes the database fail."""

    def __init__(self, chats: MemoryChats) -> None:
        self.trouble = False
        self._chats = chats
        self._rows: dict[int, Delivery] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        rows = dict(self._rows)
        try:
            yield
        except BaseException:
            self._rows = rows
            raise

    def add(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            if _about(delivery) not in map(_about, self._rows.values()):
                number = max(self._rows, default=0) + 1
                self._rows[number] = replace(delivery, id=number)

    def get(self, delivery_id: int) -> Delivery | None:
        self._ask()
        return self._rows.get(delivery_id)

    def waiting(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        self._ask()
        ready = [row for row in self._may_go() if row.not_before <= now]
        return tuple(sorted(ready, key=lambda row: (row.not_before, row.id))[:limit])

    def next_at(self) -> datetime | None:
        self._ask()
        return min((row.not_before for row in self._may_go()), default=None)

    def save(self, delivery: Delivery) -> None:
        self._ask()
        if delivery.id in self._rows:
            self._rows[delivery.id] = replace(delivery, chat_id=self._rows[delivery.id].chat_id)

    def resume(self) -> int:
        return self._change("queued", [row for row in self._rows.values() if row.state == "sending"])

    def expire(self, now: datetime) -> int:
        return self._change("expired", [row for row in self._rows.values() if _waits(row) and row.expires_at <= now])

    def prune(self, before: datetime) -> int:
        ended = {"sent", "failed", "expired"}
        old = [row.id for row in self._rows.values() if row.due_at < before and row.state in ended]
        for number in old:
            del self._rows[number]
        return len(old)

    def fail_chat(self, chat_id: int, error: str) -> None:
        for row in list(self._rows.values()):
            if row.chat_id == chat_id and row.state in {"queued", "sending"}:
                self.save(replace(row, state="failed", error=error))

    def move(self, old_id: int, new_id: int) -> None:
        """What SQLite's foreign keys do when a chat moves: what both have is kept once."""
        known = [_about(row) for row in self._rows.values()]
        for row in [row for row in self._rows.values() if row.chat_id == old_id]:
            moved = replace(row, chat_id=new_id)
            if _about(moved) in known:
                del self._rows[row.id]
            else:
                self._rows[row.id] = moved

    def forget(self, chat_id: int) -> None:
        """What they do when a chat is forgotten."""
        self._rows = {number: row for number, row in self._rows.items() if row.chat_id != chat_id}

    def replace(self, row: Delivery) -> None:
        """Give a number to another delivery, as SQLite does with that of one that was deleted."""
        self._rows[row.id] = row

    def _may_go(self) -> list[Delivery]:
        states = {row.chat_id: chat.state for row in self._rows.values() if (chat := self._chats.get(row.chat_id))}
        return [row for row in self._rows.values() if _waits(row) and states.get(row.chat_id) == "active"]

    def _change(self, state: str, rows: Iterable[Delivery]) -> int:
        self._ask()
        changed = {row.id: replace(row, state=state) for row in rows}  # type: ignore[arg-type]  # one of its states
        self._rows |= changed
        return len(changed)

    def _ask(self) -> None:
        if self.trouble:
            raise StorageError("The database failed (database is locked).", "Try again in a moment.")


def _waits(row: Delivery) -> bool:
    return row.state == "queued"


def _about(row: Delivery) -> tuple[object, ...]:
    return row.chat_id, row.kind, row.symbols, row.session
