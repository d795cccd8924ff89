"""Who follows which symbol, and what is due next."""

from collections.abc import Iterable
from datetime import date, datetime, time

from bot.push.types import Subscription, When
from forecasting.types.bars import Listing
from storage.database import Database, Row
from storage.encoding import to_moment, to_text


class SqliteSubscriptionStore:
    """A `SubscriptionStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, subscriptions: Iterable[Subscription]) -> None:
        """Keep subscriptions of known chats, in place of what a chat had for the same symbol."""
        self._database.upsert("subscriptions", map(_row, subscriptions), key=("chat_id", "symbol"))

    def remove(self, chat_id: int, symbol: str) -> bool:
        """Delete one subscription; False where there was none."""
        sql = "delete from subscriptions where chat_id = ? and symbol = ?"
        return self._database.execute(sql, [chat_id, symbol]) > 0

    def of_chat(self, chat_id: int) -> tuple[Subscription, ...]:
        """A chat's subscriptions by symbol."""
        sql = "select * from subscriptions where chat_id = ? order by symbol"
        return tuple(map(_subscription, self._database.rows(sql, [chat_id])))

    def due(self, now: datetime, chats: int) -> tuple[Subscription, ...]:
        """What has come due by `now` (UTC) in the first so many active chats that have anything due, chat by chat."""
        sql = """
            select * from subscriptions where next_due_at <= :now and not paused and chat_id in (
                select distinct chat_id from subscriptions join chats on chats.id = chat_id
                where next_due_at <= :now and not paused and state = 'active' order by chat_id limit :chats)
            order by chat_id, symbol
        """
        return tuple(map(_subscription, self._database.rows(sql, {"now": to_text(now), "chats": chats})))

    def advance(self, subscriptions: Iterable[Subscription]) -> None:
        """Keep what is due next; a subscription that was removed meanwhile stays removed."""
        sql = """
            update subscriptions set next_due_at = :next_due_at, last_session = :last_session
            where chat_id = :chat_id and symbol = :symbol
        """
        with self._database.transaction():
            self._database.execute_many(sql, map(_row, subscriptions))

    def pause(self, chat_id: int, symbol: str) -> None:
        """Send nothing about a symbol to a chat until it is saved again."""
        self._database.execute(
            "update subscriptions set paused = 1 where chat_id = ? and symbol = ?", [chat_id, symbol]
        )

    def listings(self) -> tuple[Listing, ...]:
        """Every symbol that an active chat follows and that is not paused, the one that is due next first."""
        sql = """
            select symbol, exchange from subscriptions join chats on chats.id = chat_id
            where state = 'active' and not paused group by symbol order by min(next_due_at), symbol
        """
        return tuple(Listing(**row) for row in self._database.rows(sql))


def to_column(when: When) -> str:
    """The text that is stored: "close", "open" or "07:30"."""
    return when if isinstance(when, str) else f"{when:%H:%M}"


def from_column(text: str) -> When:
    """Read what `to_column` wrote."""
    if text == "close":
        return "close"
    return "open" if text == "open" else time.fromisoformat(text)


def _row(one: Subscription) -> dict[str, object]:
    """A subscription's columns."""
    return {
        "chat_id": one.chat_id,
        "symbol": one.symbol,
        "exchange": one.exchange,
        "delivery_time": to_column(one.when),
        "topic": one.topic,
        "next_due_at": to_text(one.next_due_at),
        "last_session": one.last_session.isoformat() if one.last_session else None,
        "paused": one.paused,
    }


def _subscription(row: Row) -> Subscription:
    """A subscription of its columns."""
    return Subscription(
        chat_id=row["chat_id"],
        symbol=row["symbol"],
        exchange=row["exchange"],
        when=from_column(row["delivery_time"]),
        next_due_at=to_moment(row["next_due_at"]),
        topic=row["topic"],
        last_session=date.fromisoformat(row["last_session"]) if row["last_session"] else None,
        paused=bool(row["paused"]),
    )
