"""From a source's bars to a price history that can be trusted, with a note of whatever was dropped."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, TooLittleHistory
from forecasting.prices.bars import Mask, RawBars, SourceListing
from forecasting.prices.calendars import is_known, last_closed_session, next_sessions, sessions_between
from forecasting.types.bars import MIN_SESSIONS, PriceHistory, StoredPrices

FLAT_SESSIONS: Final = 60
"""A close that did not move for this many sessions is no market price."""
UNUSUALLY_FLAT: Final = 10
MAX_BEHIND: Final = 5
"""Prices that end more sessions ago than this are called old."""
_NEXT: Final = "Try another symbol, or another price source."


def checked(rows: RawBars, listing: SourceListing, now: datetime, *, whole: bool = True) -> PriceHistory:
    """Make a price history of a source's bars, dropping those that are no prices and saying so in its notes.

    `now` decides which session is still open; `whole` asks for the 250 sessions that a forecast needs, and is False
    for the few newest ones that extend a stored history.

    Raises:
        TooLittleHistory: fewer sessions are left than a forecast needs.
        BadPrices: no session is left, the prices changed their unit for good, or have not moved for 60 sessions.
    """
    clean = _Cleaning(_ascending(rows))
    clean.drop("undated row", undated)
    clean.drop("duplicate session", repeated)
    clean.drop("open bar", lambda r: still_open(r, listing.exchange, now))
    clean.drop("zero price", not_positive)
    clean.drop("incomplete bar", incomplete)
    clean.drop("bar with high below low", upside_down)
    clean.drop("bar outside of sessions", lambda r: outside_sessions(r, listing.exchange))
    clean.drop("bar in another unit", other_unit)
    _refuse(clean.rows, listing.symbol, whole=whole)
    notes = (
        clean.note,
        _missing(clean.rows, listing.exchange),
        _flat(clean.rows),
        _weekdays_only(listing.exchange),
    )
    return _history(clean.rows, listing, now, tuple(note for note in notes if note))


def sessions_behind(history: PriceHistory | StoredPrices, newest: date) -> int:
    """How many sessions the history's last one is behind another, counted up to one more than is called old."""
    ahead = next_sessions(history.exchange, history.last_session, MAX_BEHIND + 1)
    return sum(session <= newest for session in ahead)


class _Cleaning:
    """Bars on their way through the checks, with what was dropped so far."""

    def __init__(self, rows: RawBars) -> None:
        self.rows = rows
        self._dropped: list[str] = []

    def drop(self, name: str, fault: Callable[[RawBars], Mask]) -> None:
        """Drop the bars that have a fault, and remember how many there were."""
        bad = fault(self.rows)
        count = int(bad.sum())
        if count:
            self._dropped.append(f"{count} {_counted(name, count)}")
            self.rows = self.rows.take(~bad)

    @property
    def note(self) -> str:
        """Everything that was dropped, in one phrase; empty when nothing was."""
        return f"dropped {', '.join(self._dropped)}" if self._dropped else ""


def _counted(name: str, count: int) -> str:
    """The plural where it is one: the first noun takes the s ("2 bars in another unit")."""
    if count == 1:
        return name
    head, joint, tail = next(
        (name.partition(word) for word in (" with ", " outside ", " in ") if word in name), (name, "", "")
    )
    return f"{head}s{joint}{tail}"


def _ascending(rows: RawBars) -> RawBars:
    """The bars by date, equal dates in the order they came (NaT last)."""
    return rows.take(np.argsort(rows.sessions, kind="stable"))


def _refuse(rows: RawBars, symbol: str, *, whole: bool) -> None:
    """Refuse what no dropping can mend.

    Raises:
        TooLittleHistory: fewer sessions than a forecast needs, where the whole history was asked for.
        BadPrices: no session, a 50-fold jump from one to the next, or 60 closes that are all the same.
    """
    if whole and len(rows) < MIN_SESSIONS:
        raise TooLittleHistory(symbol, len(rows), MIN_SESSIONS)
    if not len(rows):
        what = f"There is no newer price of {symbol}."
        raise BadPrices(what, "It may no longer trade.")
    jumps = np.flatnonzero(np.abs(np.diff(np.log(rows.close))) > np.log(UNIT_JUMP))
    if len(jumps):
        day = rows.sessions[jumps[-1] + 1].item()
        what = f"The prices of {symbol} change more than {UNIT_JUMP:.0f}-fold on {day:%-d %b %Y}."
        raise BadPrices(what, _NEXT)
    if _flat_tail(rows) >= FLAT_SESSIONS:
        what = f"The price of {symbol} has not moved for {FLAT_SESSIONS} sessions."
        raise BadPrices(what, _NEXT)


def _flat_tail(rows: RawBars) -> int:
    """For how many sessions the last close has stood."""
    moved = np.flatnonzero(rows.close != rows.close[-1])
    return len(rows) - 1 - int(moved[-1]) if len(moved) else len(rows)


def _flat(rows: RawBars) -> str:
    """Says for how long the last close has stood, where that is unusual."""
    count = _flat_tail(rows)
    return f"no move for {count} sessions" if count >= UNUSUALLY_FLAT else ""


def _missing(rows: RawBars, exchange: str) -> str:
    """How many sessions of a known calendar have no bar; empty when none is missing."""
    if not is_known(exchange):
        return ""
    known = sessions_between(exchange, rows.sessions[0].item(), rows.sessions[-1].item())
    count = int((~np.isin(known, rows.sessions)).sum())
    return f"{count} session{'s' if count > 1 else ''} missing" if count else ""


def _weekdays_only(exchange: str) -> str:
    """Says so where sessions had to be guessed."""
    return "" if is_known(exchange) else f"no calendar for {exchange}: weekdays assumed"


def _history(rows: RawBars, listing: SourceListing, now: datetime, notes: tuple[str, ...]) -> PriceHistory:
    """The history, with highs and lows that hold open and close, and volumes that are numbers."""
    return PriceHistory(
        symbol=listing.symbol,
        sessions=rows.sessions,
        open=rows.prices[:, 0].copy(),
        high=rows.prices.max(axis=1),
        low=rows.prices.min(axis=1),
        close=rows.prices[:, 3].copy(),
        volume=np.where(np.isfinite(rows.volume) & (rows.volume > 0), rows.volume, 0.0),
        currency=listing.currency,
        exchange=listing.exchange,
        name=listing.name,
        source=listing.source,
        fetched_at=now,
        notes=notes,
    )


UNIT_JUMP: Final = 50.0
"""A price this many times its surroundings, or this small a part, is in another unit (pence for pounds)."""
SURROUNDINGS: Final = 41
"""Sessions whose median a bar is compared with."""
ROUNDING: Final = 1e-4
"""How far, relatively, rounding may put a high below a low."""


def undated(rows: RawBars) -> Mask:
    """Bars without a date."""
    return np.isnat(rows.sessions)


def repeated(rows: RawBars) -> Mask:
    """Bars, in ascending order, whose session comes again later: the source's last word on a day counts."""
    return np.append(rows.sessions[1:] == rows.sessions[:-1], False) if len(rows) else np.zeros(0, np.bool_)


def still_open(rows: RawBars, exchange: str, now: datetime) -> Mask:
    """Bars of sessions that had not closed at `now`."""
    closed = np.datetime64(last_closed_session(exchange, now))
    return np.greater(rows.sessions, closed)


def incomplete(rows: RawBars) -> Mask:
    """Bars that lack one of the four prices."""
    bad: Mask = np.any(~np.isfinite(rows.prices), axis=1)
    return bad


def not_positive(rows: RawBars) -> Mask:
    """Bars with a price of zero or below, whatever the others are."""
    bad: Mask = np.any(rows.prices <= 0, axis=1)
    return bad


def upside_down(rows: RawBars) -> Mask:
    """Bars whose high is below their low by more than rounding."""
    return np.less(rows.prices[:, 1], rows.prices[:, 2] * (1 - ROUNDING))


def outside_sessions(rows: RawBars, exchange: str) -> Mask:
    """Bars without volume on days when a known exchange was closed."""
    if not len(rows) or not is_known(exchange):
        return np.zeros(len(rows), np.bool_)
    known = sessions_between(exchange, rows.sessions[0].item(), rows.sessions[-1].item())
    return ~np.isin(rows.sessions, known) & ~(rows.volume > 0)


def other_unit(rows: RawBars) -> Mask:
    """Bars with a price 50-fold away from the median of the 41 closes around them, which later bars take back."""
    closes = pd.Series(np.log(rows.close))
    usual = closes.rolling(SURROUNDINGS, center=True, min_periods=1).median().to_numpy()
    bad: Mask = np.any(np.abs(np.log(rows.prices) - usual[:, None]) > np.log(UNIT_JUMP), axis=1)
    return bad
