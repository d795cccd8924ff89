"""Where prices are kept: one row a symbol and session, and what is known of each symbol beside them."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import numpy as np

from forecasting.types.bars import MAX_MATCHES, Dividend, PriceHistory, Split, StoredPrices, SymbolMatch
from storage.database import Database
from storage.encoding import Json, to_moment, to_text

Action = tuple[str, date, float]
"""Of a symbol: its kind, its first session, and its ratio or amount."""
NOTES: Final = Json(tuple[str, ...])
ACTIONS: Final = Json(list[Action])
_ACTIONS_SQL: Final = """
    (select json_group_array(json_array(kind, session, printf('%!.17g', value)))
     from (select * from corporate_actions where symbol = histories.symbol order by session, kind))
"""
"""Splits and dividends of a symbol; 17 digits are a number to its last bit, JSON's own are not."""
_LOAD_SQL: Final = f"""
    select '' as session, currency, exchange, name, source, fetched_at, notes, revision, {_ACTIONS_SQL}
    from histories where symbol = :symbol
    union all
    select session, open, high, low, close, volume, null, null, null from prices where symbol = :symbol
    order by session
"""  # noqa: S608 - a constant
"""What is known of the symbol first, then its bars: one read, which nobody can write between the parts of."""
_ABOUT_SQL: Final = f"""
    insert into histories values (:symbol, :currency, :exchange, :name, :source, :fetched_at, :notes, :revision)
    on conflict (symbol) do update set currency = excluded.currency, exchange = excluded.exchange,
        name = excluded.name, source = excluded.source, fetched_at = excluded.fetched_at, notes = excluded.notes,
        revision = excluded.revision
    returning exists (select * from prices where prices.symbol = histories.symbol), {_ACTIONS_SQL}
"""  # noqa: S608 - a constant
_BAR_SQL: Final = """
    insert into prices values (?, ?, ?, ?, ?, ?, ?)
    on conflict (symbol, session) do update set open = excluded.open, high = excluded.high, low = excluded.low,
        close = excluded.close, volume = excluded.volume
    where (open, high, low, close, volume)
        is not (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
"""
"""A row that is the same is not written again: most of a long history is."""
_GONE_SQL: Final = """
    delete from prices where symbol = :symbol and session not in (select value from json_each(:sessions))
"""
_NAME_SQL: Final = """
    insert into symbols values (?, ?, ?)
    on conflict (symbol) do update set name = excluded.name, exchange = excluded.exchange
"""


class SqlitePriceStore:
    """A `PriceStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, symbol: str) -> PriceHistory | None:
        """All stored sessions of a symbol, or None."""
        about, *bars = self._database.tuples(_LOAD_SQL, {"symbol": symbol}) or [()]
        return _history(symbol, about, bars) if bars else None

    def newest(self, symbol: str) -> StoredPrices | None:
        """How far a symbol's stored prices go, without reading them; None where there are none."""
        sql = """
            select symbol, exchange, source, fetched_at, revision, notes,
                (select max(session) from prices where prices.symbol = histories.symbol) as last_session
            from histories where symbol = ? and last_session is not null
        """
        row = self._database.row(sql, [symbol])
        if row is None:
            return None
        read = {
            "last_session": date.fromisoformat(row["last_session"]),
            "fetched_at": to_moment(row["fetched_at"]),
            "notes": NOTES.load(row["notes"]),
        }
        return StoredPrices(**{**row, **read})

    def save(self, history: PriceHistory) -> None:
        """Make what is stored for the symbol equal to this, in one transaction; writes only the rows that differ."""
        sessions = np.datetime_as_string(history.sessions, unit="D").tolist()
        columns = (history.open, history.high, history.low, history.close, history.volume)
        bars = zip([history.symbol] * len(sessions), sessions, *(column.tolist() for column in columns), strict=True)
        with self._database.transaction():
            stored, actions = self._write_about(history)
            if stored:
                self._database.execute(_GONE_SQL, {"symbol": history.symbol, "sessions": json.dumps(sessions)})
            self._database.execute_many(_BAR_SQL, bars)
            if actions != _actions(history):
                self._write_actions(history)

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

    def _write_about(self, history: PriceHistory) -> tuple[bool, list[Action]]:
        """Write what is known of the symbol; return whether bars of it are stored, and which splits and dividends."""
        self._database.execute(_NAME_SQL, [history.symbol, history.name, history.exchange])
        about = {
            "symbol": history.symbol,
            "currency": history.currency,
            "exchange": history.exchange,
            "name": history.name,
            "source": history.source,
            "fetched_at": to_text(history.fetched_at),
            "notes": NOTES.dump(history.notes),
            "revision": history.revision,
        }
        [(stored, actions)] = self._database.tuples(_ABOUT_SQL, about)
        return bool(stored), ACTIONS.load(actions)

    def _write_actions(self, history: PriceHistory) -> None:
        """Write all splits and dividends in the place of those that are stored."""
        self._database.execute("delete from corporate_actions where symbol = ?", [history.symbol])
        rows = [(history.symbol, kind, day.isoformat(), value) for kind, day, value in _actions(history)]
        self._database.execute_many("insert or replace into corporate_actions values (?, ?, ?, ?)", rows)


def _history(symbol: str, about: tuple[Any, ...], bars: list[tuple[Any, ...]]) -> PriceHistory:
    """A history from the rows of `_LOAD_SQL`."""
    _, currency, exchange, name, source, fetched_at, notes, revision, stored_actions = about
    sessions, *columns, _, _, _ = zip(*bars, strict=True)
    actions = ACTIONS.load(stored_actions)
    opened, high, low, close, volume = (np.array(column, dtype=np.float64) for column in columns)
    return PriceHistory(
        symbol=symbol,
        sessions=np.array(sessions, dtype="datetime64[D]"),
        open=opened,
        high=high,
        low=low,
        close=close,
        volume=volume,
        currency=currency,
        exchange=exchange,
        name=name,
        source=source,
        fetched_at=to_moment(fetched_at),
        notes=NOTES.load(notes),
        splits=tuple(Split(day, value) for kind, day, value in actions if kind == "split"),
        dividends=tuple(Dividend(day, value) for kind, day, value in actions if kind == "dividend"),
        revision=revision,
    )


def _actions(history: PriceHistory) -> list[Action]:
    """Splits and dividends as they are stored, by session."""
    splits = [("split", split.session, split.ratio) for split in history.splits]
    dividends = [("dividend", dividend.session, dividend.amount) for dividend in history.dividends]
    return sorted((*splits, *dividends), key=lambda action: (action[1], action[0]))
