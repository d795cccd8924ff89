"""Where prices are kept: one row a symbol and session, and what is known of each symbol beside them."""

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
import sqlite_utils

from forecasting.types.bars import MAX_MATCHES, FloatArray, PriceHistory, StoredPrices, SymbolMatch
from storage.database import Database, Row
from storage.encoding import Json, to_moment, to_text
from storage.migrations import Migrations

NOTES: Final = Json(tuple[str, ...])
_NAME_SQL: Final = """
    insert into symbols values (?, ?, ?)
    on conflict (symbol) do update set name = excluded.name, exchange = excluded.exchange
"""
MIGRATIONS: Final = Migrations("prices")


@MIGRATIONS()
def create_prices(tables: sqlite_utils.Database) -> None:
    """Histories and their sessions, and the names of every symbol ever seen."""
    tables.executescript("""
        create table histories (
            symbol text primary key,
            currency text not null,
            exchange text not null,
            name text not null,
            source text not null,
            fetched_at text not null,
            notes text not null
        ) strict;
        create table prices (
            symbol text not null references histories (symbol) on delete cascade,
            session text not null,
            open real not null,
            high real not null,
            low real not null,
            close real not null,
            volume real not null,
            primary key (symbol, session)
        ) strict, without rowid;
        create table symbols (
            symbol text primary key,
            name text not null,
            exchange text not null
        ) strict;
    """)


@MIGRATIONS()
def create_searches(tables: sqlite_utils.Database) -> None:
    """What each search found, best match first."""
    tables.executescript("""
        create table searches (
            text text not null,
            place integer not null,
            symbol text not null references symbols (symbol) on delete cascade,
            primary key (text, place)
        ) strict, without rowid;
    """)


class SqlitePriceStore:
    """A `PriceStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        """Bring the tables up to date."""
        self._database = database
        database.migrate(MIGRATIONS)

    def load(self, symbol: str) -> PriceHistory | None:
        """All stored sessions of a symbol, or None."""
        with self._database.transaction():
            about = self._database.row("select * from histories where symbol = ?", [symbol])
            bars = self._database.rows("select * from prices where symbol = ? order by session", [symbol])
        return _history(about, bars) if about and bars else None

    def newest(self, symbol: str) -> StoredPrices | None:
        """How far a symbol's stored prices go, without reading them; None where there are none."""
        sql = """
            select symbol, exchange, source, fetched_at, max(session) as last_session
            from histories join prices using (symbol) where symbol = ? group by symbol
        """
        row = self._database.row(sql, [symbol])
        if row is None:
            return None
        days = {"last_session": date.fromisoformat(row["last_session"]), "fetched_at": to_moment(row["fetched_at"])}
        return StoredPrices(**{**row, **days})

    def save(self, history: PriceHistory) -> None:
        """Replace what is stored for the symbol, in one transaction."""
        with self._database.transaction():
            self._database.execute("delete from prices where symbol = ?", [history.symbol])
            self._write(history)

    def extend(self, history: PriceHistory) -> None:
        """Add newer sessions to what is stored, leaving stored ones as they are; renews everything else."""
        with self._database.transaction():
            sql = "select max(session) as last from prices where symbol = ?"
            last = (self._database.row(sql, [history.symbol]) or {})["last"]
            newer = history.sessions > np.datetime64(last) if last else slice(None)
            self._write(history, newer)

    def symbols(self) -> tuple[str, ...]:
        """Every symbol with stored prices, in alphabetical order."""
        return tuple(row["symbol"] for row in self._database.rows("select symbol from histories order by symbol"))

    def remember(self, matches: Iterable[SymbolMatch], text: str = "") -> None:
        """Keep names, and the search that found them (in their order), so that its repetition needs no network."""
        found, searched = tuple(matches), text.strip().lower()
        places = [{"text": searched, "place": place, "symbol": m.symbol} for place, m in enumerate(found)]
        with self._database.transaction():
            for match in found:
                self._database.execute(_NAME_SQL, [match.symbol, match.name, match.exchange])
            if searched:
                self._database.execute("delete from searches where text = ?", [searched])
                self._database.insert("searches", places)

    def searched(self, text: str) -> tuple[SymbolMatch, ...]:
        """What a search for this very text (in any case) found before; empty when it was never searched for."""
        sql = "select symbol, name, exchange from searches join symbols using (symbol) where text = ? order by place"
        return tuple(SymbolMatch(**row) for row in self._database.rows(sql, [text.strip().lower()]))

    def find(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 remembered symbols whose symbol or name holds the text; those that start with it come first."""
        wanted = text.strip().lower()
        sql = """
            select symbol, name, exchange, min(instr(lower(symbol), :wanted), instr(lower(name), :wanted)) as least,
                   max(instr(lower(symbol), :wanted), instr(lower(name), :wanted)) as most
            from symbols where :wanted != '' and most > 0
            order by least != 1 and most != 1, symbol limit :limit
        """
        rows = self._database.rows(sql, {"wanted": wanted, "limit": MAX_MATCHES})
        return tuple(SymbolMatch(row["symbol"], row["name"], row["exchange"]) for row in rows)

    def _write(
        self, history: PriceHistory, which: slice | np.ndarray[tuple[int], np.dtype[np.bool_]] = slice(None)
    ) -> None:
        """Write what is known of the symbol, and the chosen bars."""
        self._database.execute(
            """
            insert into histories values (:symbol, :currency, :exchange, :name, :source, :fetched_at, :notes)
            on conflict (symbol) do update set currency = excluded.currency, exchange = excluded.exchange,
                name = excluded.name, source = excluded.source, fetched_at = excluded.fetched_at, notes = excluded.notes
            """,
            {
                "symbol": history.symbol,
                "currency": history.currency,
                "exchange": history.exchange,
                "name": history.name,
                "source": history.source,
                "fetched_at": to_text(history.fetched_at),
                "notes": NOTES.dump(history.notes),
            },
        )
        columns = (history.open, history.high, history.low, history.close, history.volume)
        sessions = np.datetime_as_string(history.sessions[which], unit="D").tolist()
        values = zip(sessions, *(column[which].tolist() for column in columns), strict=True)
        names = ("session", "open", "high", "low", "close", "volume")
        rows = [{"symbol": history.symbol, **dict(zip(names, row, strict=True))} for row in values]
        self._database.insert("prices", rows)
        self.remember([SymbolMatch(history.symbol, history.name, history.exchange)])


def _history(about: Row, bars: list[Row]) -> PriceHistory:
    """A history from its rows."""
    return PriceHistory(
        symbol=about["symbol"],
        sessions=np.array([bar["session"] for bar in bars], dtype="datetime64[D]"),
        open=_column(bars, "open"),
        high=_column(bars, "high"),
        low=_column(bars, "low"),
        close=_column(bars, "close"),
        volume=_column(bars, "volume"),
        currency=about["currency"],
        exchange=about["exchange"],
        name=about["name"],
        source=about["source"],
        fetched_at=to_moment(about["fetched_at"]),
        notes=NOTES.load(about["notes"]),
    )


def _column(bars: list[Row], name: str) -> FloatArray:
    """One column of the bars, shape (n,)."""
    return np.array([bar[name] for bar in bars], dtype=np.float64)
