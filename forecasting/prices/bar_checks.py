"""From a source's bars to a price history that can be trusted, with a note of whatever was dropped."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, TooLittleHistory
from forecasting.prices.bars import Mask, RawBars, SourceListing
from forecasting.prices.exchanges.calendars import is_known, last_closed_session, next_sessions, sessions_between
from forecasting.types.bars import MIN_SESSIONS, IndexArray, PriceHistory, SessionArray, StoredPrices

MAX_FLAT_SESSIONS: Final = 60
"""A close that did not move for this many sessions is no market price."""
NOTED_FLAT_SESSIONS: Final = 10
MAX_BEHIND: Final = 5
"""Prices that end more sessions ago than this are stale."""
UNIT_JUMP: Final = 50.0
"""A price this many times its surroundings, or this small a part, is in another unit (pence for pounds)."""
NOTED_DAYS: Final = np.timedelta64(11 * 366, "D")
"""Faults are noted for so long: the model reads ten to eleven years."""
MEDIAN_WINDOW: Final = 41
"""Sessions whose median a bar is compared with."""
ROUNDING: Final = 1e-4
"""How far, relatively, rounding may put a high below a low."""
_YEAR: Final = timedelta(days=365)
_NEXT_STEP: Final = "Try another symbol, or another price source."


def checked(bars: RawBars, listing: SourceListing, now: datetime) -> PriceHistory:
    """Make a price history of a source's bars, dropping those that are no prices and saying so in its notes.

    `now` decides which session is still open.

    Raises:
        TooLittleHistory: fewer sessions are left than a forecast needs.
        BadPrices: the prices changed their unit for good, or have not moved for 60 sessions.
    """
    cleaner = _Cleaner(_ascending(bars))
    cleaner.drop("undated row", undated)
    cleaner.drop("duplicate session", repeated)
    cleaner.bars = cleaner.bars.take(~still_open(cleaner.bars, listing.exchange, now))  # no fault: it is not over
    cleaner.drop("zero price", not_positive)
    cleaner.drop("incomplete bar", incomplete)
    cleaner.drop("bar with high below low", upside_down)
    cleaner.drop("bar outside of sessions", lambda bars: outside_sessions(bars, listing.exchange))
    cleaner.drop("bar in another unit", other_unit)
    cleaner.drop("bar before a change of unit", before_old_jump)
    _require_usable(cleaner.bars, listing.symbol)
    notes = (
        cleaner.note,
        missing_note(cleaner.bars.sessions, listing.exchange),
        _flat(cleaner.bars),
        _weekdays_only(listing.exchange),
    )
    return _history(cleaner.bars, listing, now, tuple(note for note in notes if note))


def sessions_behind(history: PriceHistory | StoredPrices, newest: date) -> int:
    """How many sessions the history's last one is behind another, counted up to `MAX_BEHIND` + 1."""
    ahead = next_sessions(history.exchange, history.last_session, MAX_BEHIND + 1)
    return sum(session <= newest for session in ahead)


class _Cleaner:
    """Bars in the course of the checks, with what was dropped so far."""

    def __init__(self, bars: RawBars) -> None:
        self.bars = bars
        self._dropped: list[str] = []

    def drop(self, name: str, fault: Callable[[RawBars], Mask]) -> None:
        """Drop the bars that have a fault, and remember how many there were in the years that count."""
        bad = fault(self.bars)
        count = int((bad & ~(self.bars.sessions < _noted_from(self.bars))).sum())
        if count:
            self._dropped.append(f"{count} {_counted(name, count)}")
        self.bars = self.bars.take(~bad)

    @property
    def note(self) -> str:
        """Everything that was dropped, in one phrase; empty when nothing was."""
        return f"dropped {', '.join(self._dropped)}" if self._dropped else ""


def _noted_from(bars: RawBars) -> np.datetime64:
    """The first day whose faults are worth a note: what is older is read by no forecast."""
    dated = bars.sessions[~np.isnat(bars.sessions)]
    return (dated[-1] - NOTED_DAYS) if len(dated) else np.datetime64("NaT", "D")


def _counted(name: str, count: int) -> str:
    """The plural where it is one: the first noun takes the s ("2 bars in another unit")."""
    if count == 1:
        return name
    head, joint, tail = next(
        (name.partition(word) for word in (" with ", " outside ", " in ", " before ") if word in name), (name, "", "")
    )
    return f"{head}s{joint}{tail}"


def _ascending(bars: RawBars) -> RawBars:
    """The bars by date, equal dates in the order they came (NaT last)."""
    return bars.take(np.argsort(bars.sessions, kind="stable"))


def _require_usable(bars: RawBars, symbol: str) -> None:
    """Refuse prices that no dropping of bars can repair.

    Raises:
        TooLittleHistory: fewer sessions than a forecast needs.
        BadPrices: a 50-fold jump from one to the next, or 60 closes that are all the same.
    """
    if len(bars) < MIN_SESSIONS:
        raise TooLittleHistory(symbol, len(bars), MIN_SESSIONS)
    jumps = _unit_jumps(bars)
    if len(jumps):
        day = bars.sessions[jumps[-1] + 1].item()
        what = f"The prices of {symbol} change more than {UNIT_JUMP:.0f}-fold on {day:%-d %b %Y}."
        raise BadPrices(what, _NEXT_STEP)
    if _flat_tail(bars) >= MAX_FLAT_SESSIONS:
        what = f"The price of {symbol} has not moved for {MAX_FLAT_SESSIONS} sessions."
        raise BadPrices(what, _NEXT_STEP)


def _unit_jumps(bars: RawBars) -> IndexArray:
    """The rows before a 50-fold jump that stays."""
    return np.flatnonzero(np.abs(np.diff(np.log(bars.close))) > np.log(UNIT_JUMP))


def _flat_tail(bars: RawBars) -> int:
    """For how many sessions the last close has stood."""
    moved = np.flatnonzero(bars.close != bars.close[-1])
    return len(bars) - 1 - int(moved[-1]) if len(moved) else len(bars)


def _flat(bars: RawBars) -> str:
    """For how long the last close has stood, where that is unusual; else empty."""
    count = _flat_tail(bars)
    return f"no move for {count} sessions" if count >= NOTED_FLAT_SESSIONS else ""


def missing_note(held: SessionArray, exchange: str) -> str:
    """How many sessions of a known calendar have no bar in the last year; empty when none is missing."""
    if not is_known(exchange):
        return ""
    last = held[-1].item()
    first = max(held[0].item(), last - _YEAR)
    count = int((~np.isin(sessions_between(exchange, first, last), held)).sum())
    return f"{count} session{'s' if count > 1 else ''} missing in the last year" if count else ""


def _weekdays_only(exchange: str) -> str:
    """A note where sessions had to be assumed; else empty."""
    return "" if is_known(exchange) else f"no calendar for {exchange}: weekdays assumed"


def _history(bars: RawBars, listing: SourceListing, now: datetime, notes: tuple[str, ...]) -> PriceHistory:
    """The history, with highs and lows that hold open and close, and volumes that are numbers."""
    return PriceHistory(
        symbol=listing.symbol,
        sessions=bars.sessions,
        open=bars.prices[:, 0].copy(),
        high=bars.prices.max(axis=1),
        low=bars.prices.min(axis=1),
        close=bars.prices[:, 3].copy(),
        volume=np.where(np.isfinite(bars.volume) & (bars.volume > 0), bars.volume, 0.0),
        currency=listing.currency,
        exchange=listing.exchange,
        name=listing.name,
        source=listing.source,
        fetched_at=now,
        notes=notes,
    )


def undated(bars: RawBars) -> Mask:
    """Bars without a date."""
    return np.isnat(bars.sessions)


def repeated(bars: RawBars) -> Mask:
    """Bars, in ascending order, whose session comes again later: the last bar of a day counts."""
    return np.append(bars.sessions[1:] == bars.sessions[:-1], False) if len(bars) else np.zeros(0, np.bool_)


def still_open(bars: RawBars, exchange: str, now: datetime) -> Mask:
    """Bars of sessions that had not closed at `now`."""
    closed = np.datetime64(last_closed_session(exchange, now))
    return np.greater(bars.sessions, closed)


def incomplete(bars: RawBars) -> Mask:
    """Bars that lack one of the four prices."""
    bad: Mask = np.any(~np.isfinite(bars.prices), axis=1)
    return bad


def not_positive(bars: RawBars) -> Mask:
    """Bars with a price of zero or below, whatever the others are."""
    bad: Mask = np.any(bars.prices <= 0, axis=1)
    return bad


def upside_down(bars: RawBars) -> Mask:
    """Bars whose high is below their low by more than rounding."""
    return np.less(bars.prices[:, 1], bars.prices[:, 2] * (1 - ROUNDING))


def outside_sessions(bars: RawBars, exchange: str) -> Mask:
    """Bars without volume on days when a known exchange was closed."""
    if not len(bars) or not is_known(exchange):
        return np.zeros(len(bars), np.bool_)
    known = sessions_between(exchange, bars.sessions[0].item(), bars.sessions[-1].item())
    return ~np.isin(bars.sessions, known) & ~(bars.volume > 0)


def other_unit(bars: RawBars) -> Mask:
    """Bars with a price 50-fold away from the median of the 41 closes around them, which later bars take back."""
    closes = pd.Series(np.log(bars.close))
    usual = closes.rolling(MEDIAN_WINDOW, center=True, min_periods=1).median().to_numpy()
    bad: Mask = np.any(np.abs(np.log(bars.prices) - usual[:, None]) > np.log(UNIT_JUMP), axis=1)
    return bad


def before_old_jump(bars: RawBars) -> Mask:
    """Bars before a jump of the unit that is so old that nobody asks for what was before it (a new currency)."""
    jumps = _unit_jumps(bars)
    old = jumps[bars.sessions[jumps] < _noted_from(bars)]
    return np.arange(len(bars)) <= (old[-1] if len(old) else -1)
