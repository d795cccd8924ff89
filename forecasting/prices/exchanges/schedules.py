"""A decade's sessions of an exchange: of `exchange_calendars`, else `pandas_market_calendars`, else weekdays."""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Any, Final

import exchange_calendars
import numpy as np
import pandas as pd
import pandas_market_calendars
from exchange_calendars.errors import CalendarError
from numpy.typing import NDArray

from forecasting.prices.exchanges.codes import FUND, NEW_YORK
from forecasting.prices.exchanges.orthodox_calendars import ATHENS_AND_BUCHAREST
from forecasting.types.bars import SessionArray

Moments = NDArray[np.datetime64]
Days = tuple[np.datetime64, np.datetime64]
"""A first and a last day, both included."""

NET_ASSET_VALUE_AT: Final = time(20)
"""When funds have named the day's value, in New York: most do from 18:00 on."""
_BUILDING: Final = Lock()
_NO_CALENDAR: Final = (CalendarError, ValueError, NotImplementedError)
"""No such calendar; days outside its bounds; holidays whose rules the installed pandas cannot compute."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """n sessions of one exchange."""

    sessions: SessionArray  # datetime64[D], ascending, shape (n,)
    opens: Moments  # datetime64[s] in UTC
    closes: Moments  # datetime64[s] in UTC


@dataclass(frozen=True, slots=True)
class _StandIn:
    """A calendar of `pandas_market_calendars`, and the days for which it knows more than `exchange_calendars`."""

    name: str
    days: Days
    closes_at: time


_STAND_INS: Final = MappingProxyType(
    {
        # the holidays that China is expected to name for 2027 and later
        "XSHG": _StandIn("SSE", (np.datetime64("2027-01-01"), np.datetime64("2049-12-31")), time(15)),
        # Sunday to Thursday until 2025, then Monday to Friday; the closing auction is over at 17:25
        "XTAE": _StandIn("TASE", (np.datetime64("2019-01-01"), np.datetime64("2027-12-31")), time(17, 25)),
    }
)
_KNOWN_UNTIL: Final = MappingProxyType(
    {
        "XBKK": date(2029, 12, 31),
        "XIDX": date(2025, 12, 31),
        "XKLS": date(2029, 12, 31),
        "XPHS": date(2027, 12, 31),
        "XTAE": date(2027, 12, 31),
    }
)
"""Where lists of moving holidays end though their calendar names no bound."""


@lru_cache(maxsize=256)
def schedule(exchange: str, decade: int) -> Schedule:
    """The sessions of ten years that begin with `decade`; weekdays where no calendar knows better."""
    if exchange == FUND:
        return _closing_in_the_evening(schedule(NEW_YORK, decade))
    whole = np.datetime64(date(decade, 1, 1)), np.datetime64(date(decade + 9, 12, 31))
    made = _weekdays(whole)
    stand_in = _STAND_INS.get(exchange)
    if stand_in is not None and (days := _common(stand_in.days, whole)):
        made = _overlaid(made, _of_stand_in(stand_in, days), days)
    calendar = library_calendar(exchange, decade)
    if calendar is not None and (days := _common(_bounds(calendar, whole), whole)):
        made = _overlaid(made, _of_library(calendar), days)
    return made


def is_known(exchange: str) -> bool:
    """Whether the exchange has a calendar; without one every weekday counts as a session that ends at 24:00 UTC."""
    return exchange == FUND or exchange in _STAND_INS or library_calendar(exchange, 2020) is not None


def known_until(exchange: str) -> date | None:
    """The last day whose holidays are known; None where they follow rules without an end, or there is no calendar."""
    calendar = library_calendar(NEW_YORK if exchange == FUND else exchange, 2020)
    bound = calendar.bound_max() if calendar is not None else None
    ends = [end for end in (_KNOWN_UNTIL.get(exchange), bound.date() if bound is not None else None) if end]
    return min(ends, default=None)


@lru_cache(maxsize=256)
def library_calendar(exchange: str, decade: int) -> Any | None:  # noqa: ANN401 - exchange_calendars is untyped
    """A calendar cut to a decade and to its own bounds, or None where there is none."""
    first, last = pd.Timestamp(decade, 1, 1), pd.Timestamp(decade + 9, 12, 31)
    with _BUILDING, warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # raised within pandas
        with suppress(*_NO_CALENDAR):
            ours = ATHENS_AND_BUCHAREST.get(exchange)
            return ours(first, last) if ours else exchange_calendars.get_calendar(exchange, start=first, end=last)
        with suppress(*_NO_CALENDAR):  # once more, within the years that the calendar knows
            kind = type(exchange_calendars.get_calendar(exchange))
            return kind(start=max(first, kind.bound_min() or first), end=min(last, kind.bound_max() or last))
    return None


def _of_library(calendar: Any) -> Schedule:  # noqa: ANN401 - exchange_calendars is untyped
    return _schedule_of(calendar.sessions, calendar.opens, calendar.closes)


def _of_stand_in(stand_in: _StandIn, days: Days) -> Schedule:
    with _BUILDING, warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # raised within pandas
        calendar = pandas_market_calendars.get_calendar(stand_in.name, close_time=stand_in.closes_at)
        table = calendar.schedule(*(str(day) for day in days))
    return _schedule_of(table.index, table["market_open"], table["market_close"])


def _schedule_of(sessions: pd.DatetimeIndex, opens: "pd.Series[Any]", closes: "pd.Series[Any]") -> Schedule:
    return Schedule(
        sessions.to_numpy().astype("datetime64[D]"),
        opens.dt.tz_convert(None).to_numpy().astype("datetime64[s]"),
        closes.dt.tz_convert(None).to_numpy().astype("datetime64[s]"),
    )


def _closing_in_the_evening(market: Schedule) -> Schedule:
    """The market's sessions, each of which ends when funds have named their value."""
    evenings = pd.DatetimeIndex(market.sessions) + pd.Timedelta(hours=NET_ASSET_VALUE_AT.hour)
    closes = evenings.tz_localize("America/New_York").tz_convert(None).to_numpy().astype("datetime64[s]")
    return Schedule(market.sessions, market.opens, closes)


def _weekdays(days: Days) -> Schedule:
    """Monday to Friday, each a whole day of UTC."""
    every = np.arange(days[0], days[1] + 1, dtype="datetime64[D]")
    sessions = every[np.is_busday(every)]
    return Schedule(sessions, sessions.astype("datetime64[s]"), (sessions + 1).astype("datetime64[s]"))


def _overlaid(below: Schedule, above: Schedule, days: Days) -> Schedule:
    """`above` within the days, `below` before and after them."""
    before, after = below.sessions < days[0], below.sessions > days[1]
    return Schedule(
        np.concatenate([below.sessions[before], above.sessions, below.sessions[after]]),
        np.concatenate([below.opens[before], above.opens, below.opens[after]]),
        np.concatenate([below.closes[before], above.closes, below.closes[after]]),
    )


def _bounds(calendar: Any, whole: Days) -> Days:  # noqa: ANN401 - exchange_calendars is untyped
    """The days that a calendar covers, as far as it names them."""
    first, last = calendar.bound_min(), calendar.bound_max()
    return (
        whole[0] if first is None else np.datetime64(first.date()),
        whole[1] if last is None else np.datetime64(last.date()),
    )


def _common(some: Days, others: Days) -> Days | None:
    """The days that lie in both, if any."""
    first, last = max(some[0], others[0]), min(some[1], others[1])
    return (first, last) if first <= last else None
