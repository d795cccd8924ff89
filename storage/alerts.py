"""What chats want a message about besides their digests, and how far each alert has been checked."""

from collections.abc import Iterable
from datetime import date, datetime

from bot.push.types import Alert
from forecasting.types.bars import Listing
from storage.database import Database, Row
from storage.encoding import to_moment, to_text


class SqliteAlertStore:
    """An `AlertStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, alert: Alert) -> None:
        """Keep an alert of a known chat; one of the same symbol, kind and level is renewed and keeps its id."""
        self._database.upsert("alerts", [_row(alert)], key=("chat_id", "symbol", "kind", "level"))

    def remove(self, chat_id: int, alert_id: int) -> bool:
        """Delete one alert of a chat; False where there was none."""
        return self._database.execute("delete from alerts where chat_id = ? and id = ?", [chat_id, alert_id]) > 0

    def of_chat(self, chat_id: int) -> tuple[Alert, ...]:
        """A chat's alerts by symbol, kind and level."""
        sql = "select * from alerts where chat_id = ? order by symbol, kind, level"
        return tuple(map(_alert, self._database.rows(sql, [chat_id])))

    def due(self, now: datetime) -> tuple[Alert, ...]:
        """Every alert of an active chat that should be checked by `now` (UTC) and is not paused, by symbol."""
        sql = """
            select alerts.* from alerts join chats on chats.id = chat_id
            where next_check_at <= ? and state = 'active' and not paused order by symbol, chat_id, alerts.id
        """
        return tuple(map(_alert, self._database.rows(sql, [to_text(now)])))

    def advance(self, alerts: Iterable[Alert]) -> None:
        """Keep how far alerts have been checked; one that was removed meanwhile stays removed."""
        sql = """
            update alerts set next_check_at = :next_check_at, last_session = :last_session, last_value = :last_value,
                cooldown_until = :cooldown_until, paused = :paused
            where id = :id
        """
        with self._database.transaction():
            self._database.execute_many(sql, ({**_row(alert), "id": alert.id} for alert in alerts))

    def listings(self) -> tuple[Listing, ...]:
        """Every symbol that an active chat has an alert for that is not paused, the one that is checked next first."""
        sql = """
            select symbol, exchange from alerts join chats on chats.id = chat_id
            where state = 'active' and not paused group by symbol order by min(next_check_at), symbol
        """
        return tuple(Listing(**row) for row in self._database.rows(sql))


def _row(alert: Alert) -> dict[str, object]:
    """An alert's columns, but for its id."""
    return {
        "chat_id": alert.chat_id,
        "symbol": alert.symbol,
        "exchange": alert.exchange,
        "kind": alert.kind,
        "level": alert.level,
        "topic": alert.topic,
        "next_check_at": to_text(alert.next_check_at),
        "last_session": alert.last_session.isoformat(),
        "last_value": alert.last_value,
        "cooldown_until": alert.cooldown_until.isoformat() if alert.cooldown_until else None,
        "paused": alert.paused,
    }


def _alert(row: Row) -> Alert:
    """An alert of its columns."""
    cooldown_until = date.fromisoformat(row["cooldown_until"]) if row["cooldown_until"] else None
    days = {"last_session": date.fromisoformat(row["last_session"]), "cooldown_until": cooldown_until}
    moment, paused = to_moment(row["next_check_at"]), bool(row["paused"])
    return Alert(**{**row, **days, "next_check_at": moment, "paused": paused})
