"""Questions that are asked again at a time: rows, so that a restarted bot keeps what it said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from bot.chats.types import MAX_RETRIES, MAX_RETRIES_OF_CHAT, Retry
from storage.database import Database
from storage.encoding import to_moment, to_text

_ROOM: Final = """
    (select count(*) from retries) < :most
    and (select count(*) from retries where chat_id = :chat_id) < :most_of_chat
    and exists (select 1 from chats where id = :chat_id)
"""
_KEEP: Final = f"""
    insert into retries (chat_id, message_id, name, horizon, at, tries)
    select :chat_id, :message_id, :name, :horizon, :at, :tries
        where {_ROOM} or exists (select 1 from retries where chat_id = :chat_id and message_id = :message_id)
    on conflict (chat_id, message_id) do update set
        name = excluded.name, horizon = excluded.horizon, at = excluded.at, tries = excluded.tries
"""  # noqa: S608 - made of constants


class SqliteRetryStore:
    """A `RetryStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def has_room(self, chat_id: int) -> bool:
        """Whether one more question of a known chat can be kept."""
        [row] = self._database.tuples(f"select {_ROOM}", _bounds(chat_id))
        return bool(row[0])

    def keep(self, retry: Retry) -> bool:
        """Keep when a message's question is asked again, in place of an earlier time; False where there is no room."""
        row = {
            "message_id": retry.message_id,
            "name": retry.name,
            "horizon": retry.horizon,
            "at": to_text(retry.at),
            "tries": retry.tries,
        }
        return self._database.execute(_KEEP, {**row, **_bounds(retry.chat_id)}) > 0

    def due(self, now: datetime, limit: int) -> tuple[Retry, ...]:
        """The first `limit` questions whose time has come (now, UTC), the longest waiting first."""
        sql = "select * from retries where at <= ? order by at, chat_id, message_id limit ?"
        return tuple(_retry(row) for row in self._database.rows(sql, [to_text(now), limit]))

    def drop(self, retry: Retry) -> None:
        """Forget a question that was asked; one that its message keeps for a later time stays."""
        sql = "delete from retries where chat_id = ? and message_id = ? and at <= ?"
        self._database.execute(sql, [retry.chat_id, retry.message_id, to_text(retry.at)])

    def drop_message(self, chat_id: int, message_id: int) -> None:
        """Ask the question of a message no more, whenever that was to be."""
        self._database.execute("delete from retries where chat_id = ? and message_id = ?", [chat_id, message_id])


def _bounds(chat_id: int) -> dict[str, int]:
    return {"chat_id": chat_id, "most": MAX_RETRIES, "most_of_chat": MAX_RETRIES_OF_CHAT}


def _retry(row: Mapping[str, Any]) -> Retry:
    return Retry(row["chat_id"], row["message_id"], row["name"], row["horizon"], to_moment(row["at"]), row["tries"])
