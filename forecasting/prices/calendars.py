"""Sessions of every exchange: which days trade, when they open and close, in UTC."""

import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import exchange_calendars
import numpy as np
import pandas as pd
from exchange_calendars.errors import CalendarError
from numpy.typing import NDArray

from forecasting.types.bars import SessionArray

Moments = NDArray[np.datetime64]

SETTLING: Final = timedelta(minutes=30)
"""Quotes of some exchanges arrive late; this long after a close its last price is settled everywhere."""
_DAY: Final = timedelta(days=1)
_BUILDING: Final = Lock()
_NO_CALENDAR: Final = (CalendarError, ValueError, NotImplementedError)
"""No such calendar; days outside its bounds; holidays whose rules the installed pandas cannot compute."""


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The sessions of one exchange in one decade, n of them."""

    sessions: SessionArray  # datetime64[D], ascending, shape (n,)
    opens: Moments  # datetime64[s] in UTC
    closes: Moments  # datetime64[s] in UTC


def is_known(exchange: str) -> bool:
    """Whether the exchange has a calendar; without one every weekday counts as a session that ends at 24:00 UTC."""
    return _calendar(exchange, 2020) is not None


def sessions_between(exchange: str, first: date, last: date) -> SessionArray:
    """Sessions from `first` to `last`, both included, as ascending datetime64[D]."""
    decades = range(first.year // 10 * 10, last.year + 1, 10)
    parts = [_schedule(exchange, decade).sessions for decade in decades]
    sessions = np.concatenate(parts) if parts else np.empty(0, "datetime64[D]")
    return sessions[(sessions >= np.datetime64(first)) & (sessions <= np.datetime64(last))]


def next_sessions(exchange: str, after: date, count: int) -> tuple[date, ...]:
    """The first `count` sessions after a day, that day not included."""
    found = np.empty(0, "datetime64[D]")
    reach = after
    while len(found) < count:
        reach += timedelta(days=2 * count + 15)  # the longest closures of an exchange are about two weeks
        found = sessions_between(exchange, after + _DAY, reach)
    return tuple(found[:count].tolist())


def last_closed_session(exchange: str, now: datetime) -> date:
    """The newest session whose close is at or before `now` (any timezone)."""
    moment = now.astimezone(UTC)
    day = moment.date() + _DAY  # east of Greenwich tomorrow's session may have closed already
    while True:
        sessions: list[date] = sessions_between(exchange, day - 15 * _DAY, day).tolist()
        closed = [session for session in sessions if session_close(exchange, session) <= moment]
        if closed:
            return closed[-1]
        day -= 15 * _DAY


def session_open(exchange: str, day: date) -> datetime:
    """When a session opens, in UTC; a day without a session counts from its midnight in UTC."""
    schedule = _schedule(exchange, day.year // 10 * 10)
    return _moment(schedule.opens, schedule.sessions, day) or datetime(day.year, day.month, day.day, tzinfo=UTC)


def session_close(exchange: str, day: date) -> datetime:
    """When a session closes, in UTC, early closes included; a day without a session counts to its end in UTC."""
    schedule = _schedule(exchange, day.year // 10 * 10)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _moment(schedule.closes, schedule.sessions, day) or midnight + _DAY


def session_closes(exchange: str, sessions: SessionArray) -> Moments:
    """`session_close` of many days at once: datetime64[s] in UTC, of the same shape."""
    closes = (sessions + 1).astype("datetime64[s]")
    decades = sessions.astype("datetime64[Y]").astype(int) // 10 * 10 + 1970  # years are counted from 1970
    for decade in np.unique(decades).tolist():
        schedule = _schedule(exchange, decade)
        place = np.minimum(np.searchsorted(schedule.sessions, sessions), len(schedule.sessions) - 1)
        known = schedule.sessions[place] == sessions
        closes[known] = schedule.closes[place[known]]
    return closes


def _moment(moments: Moments, sessions: SessionArray, day: date) -> datetime | None:
    """The moment that belongs to a session, or None for a day that is none."""
    row = int(np.searchsorted(sessions, np.datetime64(day)))
    if row == len(sessions) or sessions[row] != np.datetime64(day):
        return None
    moment: datetime = moments[row].item()
    return moment.replace(tzinfo=UTC)


@lru_cache(maxsize=256)
def _schedule(exchange: str, decade: int) -> _Sessions:
    """A decade's sessions: the calendar's where it knows them, weekdays where it does not."""
    calendar = _calendar(exchange, decade)
    first, last = np.datetime64(date(decade, 1, 1)), np.datetime64(date(decade + 9, 12, 31))
    if calendar is None:
        return _weekdays(first, last)
    known = _from(calendar)
    before = _weekdays(first, _known_from(calendar, first) - 1)
    after = _weekdays(_known_to(calendar, last) + 1, last)
    parts = (before, known, after)
    return _Sessions(
        np.concatenate([part.sessions for part in parts]),
        np.concatenate([part.opens for part in parts]),
        np.concatenate([part.closes for part in parts]),
    )


def _known_from(calendar: Any, first: np.datetime64) -> np.datetime64:  # noqa: ANN401 - exchange_calendars is untyped
    """The first day that the calendar covers, `first` or later."""
    bound = calendar.bound_min()
    return first if bound is None else max(first, np.datetime64(bound.date()))


def _known_to(calendar: Any, last: np.datetime64) -> np.datetime64:  # noqa: ANN401 - exchange_calendars is untyped
    """The last day that the calendar covers, `last` or earlier."""
    bound = calendar.bound_max()
    return last if bound is None else min(last, np.datetime64(bound.date()))


@lru_cache(maxsize=256)
def _calendar(exchange: str, decade: int) -> Any | None:  # noqa: ANN401 - exchange_calendars is untyped
    """A calendar cut to a decade and to its own bounds, or None where there is none."""
    first, last = pd.Timestamp(decade, 1, 1), pd.Timestamp(decade + 9, 12, 31)
    with _BUILDING, warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # raised within pandas
        with suppress(*_NO_CALENDAR):
            return exchange_calendars.get_calendar(exchange, start=first, end=last)
        with suppress(*_NO_CALENDAR):  # once more, within the years that the calendar knows
            kind = type(exchange_calendars.get_calendar(exchange))
            return kind(start=max(first, kind.bound_min() or first), end=min(last, kind.bound_max() or last))
    return None


def _from(calendar: Any) -> _Sessions:  # noqa: ANN401 - exchange_calendars is untyped
    return _Sessions(
        calendar.sessions.to_numpy().astype("datetime64[D]"),
        calendar.opens.dt.tz_convert(None).to_numpy().astype("datetime64[s]"),
        calendar.closes.dt.tz_convert(None).to_numpy().astype("datetime64[s]"),
    )


def _weekdays(first: np.datetime64, last: np.datetime64) -> _Sessions:
    """Monday to Friday, each a whole day of UTC."""
    days = np.arange(first, last + 1, dtype="datetime64[D]")
    sessions = days[np.is_busday(days)]
    return _Sessions(sessions, sessions.astype("datetime64[s]"), (sessions + 1).astype("datetime64[s]"))
