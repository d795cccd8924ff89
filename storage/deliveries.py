"""The ledger of pushes: a delivery is a row before it is a message, so none is lost and none is sent twice."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Final

from bot.push.types import AlertFact, Delivery
from storage.database import Database, Row
from storage.encoding import Json, to_moment, to_text

ALERTS: Final = Json(tuple[AlertFact, ...])


class SqliteDeliveryStore:
    """A `DeliveryStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def transaction(self) -> AbstractContextManager[None]:
        """Make one transaction of whatever the block writes into stores of this file: all of it, or nothing."""
        return self._database.transaction()

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Put new rows into the ledger; one of the same chat, kind, symbols and session stays as it is."""
        self._database.insert("deliveries", [_row(delivery) for delivery in deliveries], on_conflict="ignore")

    def get(self, delivery_id: int) -> Delivery | None:
        """One row, or None."""
        row = self._database.row("select * from deliveries where id = ?", [delivery_id])
        return _delivery(row) if row else None

    def waiting(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """The first `limit` queued rows of active chats that may go now (UTC), in the order they should."""
        return self._all(f"where {_MAY_GO} and not_before <= ? order by not_before, id limit ?", to_text(now), limit)

    def next_at(self) -> datetime | None:
        """When the next queued row may go (UTC), or None when none waits."""
        row = self._database.row(f"select min(not_before) as soonest from deliveries where {_MAY_GO}")  # noqa: S608 - a constant
        return to_moment(row["soonest"]) if row and row["soonest"] else None

    def save(self, delivery: Delivery) -> None:
        """Keep a row's new state."""
        sql = """
            update deliveries set state = :state, not_before = :not_before, topic = :topic, attempts = :attempts,
                chunks_sent = :chunks_sent, message_id = :message_id, error = :error
            where id = :id
        """
        columns = ("state", "not_before", "topic", "attempts", "chunks_sent", "message_id", "error", "id")
        row = _row(delivery) | {"id": delivery.id}
        self._database.execute(sql, {column: row[column] for column in columns})

    def resume(self) -> int:
        """Queue again what was being sent when the process ended; return how many rows that were."""
        return self._database.execute("update deliveries set state = 'queued' where state = 'sending'")

    def expire(self, now: datetime) -> int:
        """Give up what waited until a newer session took over (now, UTC); return how many rows that were."""
        sql = "update deliveries set state = 'expired' where state = 'queued' and expires_at <= ?"
        return self._database.execute(sql, [to_text(now)])

    def prune(self, before: datetime) -> int:
        """Delete what was due before that time (UTC) and is at its end; return how many rows that were."""
        sql = "delete from deliveries where due_at < ? and state in ('sent', 'failed', 'expired')"
        return self._database.execute(sql, [to_text(before)])

    def fail_chat(self, chat_id: int, error: str) -> None:
        """Give up everything that waits for a chat that cannot be written to."""
        sql = "update deliveries set state = 'failed', error = ? where chat_id = ? and state in ('queued', 'sending')"
        self._database.execute(sql, [error, chat_id])

    def _all(self, rest: str, *parameters: object) -> tuple[Delivery, ...]:
        """Rows by the rest of a SELECT, which is one of this file's own."""
        return tuple(map(_delivery, self._database.rows(f"select * from deliveries {rest}", parameters)))  # noqa: S608


_MAY_GO: Final = "state = 'queued' and exists (select 1 from chats where id = chat_id and chats.state = 'active')"


def _row(delivery: Delivery) -> dict[str, object]:
    """A delivery's columns, but for its id."""
    return {
        "chat_id": delivery.chat_id,
        "kind": delivery.kind,
        "symbols": ",".join(delivery.symbols),
        "session": delivery.session.isoformat(),
        "topic": delivery.topic,
        "alerts": ALERTS.dump(delivery.alerts),
        "older_body": delivery.older_body,
        "due_at": to_text(delivery.due_at),
        "expires_at": to_text(delivery.expires_at),
        "not_before": to_text(delivery.not_before),
        "state": delivery.state,
        "attempts": delivery.attempts,
        "chunks_sent": delivery.chunks_sent,
        "message_id": delivery.message_id,
        "error": delivery.error,
    }


def _delivery(row: Row) -> Delivery:
    """A delivery of its columns."""
    symbols, alerts = tuple(row["symbols"].split(",")), ALERTS.load(row["alerts"])
    moments = {name: to_moment(row[name]) for name in ("due_at", "expires_at", "not_before")}
    session = date.fromisoformat(row["session"])
    return Delivery(**{**row, **moments, "symbols": symbols, "alerts": alerts, "session": session})
