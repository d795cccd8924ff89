"""Sessions of every exchange: which days trade, when they open and close, in UTC."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from forecasting.prices.exchanges.schedules import Moments, is_known, known_until, schedule
from forecasting.types.bars import SessionArray

__all__ = [
    "SETTLING",
    "is_known",
    "known_until",
    "last_closed_session",
    "next_sessions",
    "session_close",
    "session_closes",
    "session_open",
    "sessions_between",
]

SETTLING: Final = timedelta(minutes=30)
"""Quotes of some exchanges arrive late; this long after a close its last price is settled everywhere."""
_DAY: Final = timedelta(days=1)


def sessions_between(exchange: str, first: date, last: date) -> SessionArray:
    """Sessions from `first` to `last`, both included, as ascending datetime64[D]."""
    decades = range(first.year // 10 * 10, last.year + 1, 10)
    parts = [schedule(exchange, decade).sessions for decade in decades]
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
    decade = schedule(exchange, day.year // 10 * 10)
    return _moment(decade.opens, decade.sessions, day) or datetime(day.year, day.month, day.day, tzinfo=UTC)


def session_close(exchange: str, day: date) -> datetime:
    """When a session closes, in UTC, early closes included; a day without a session counts to its end in UTC."""
    decade = schedule(exchange, day.year // 10 * 10)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return _moment(decade.closes, decade.sessions, day) or midnight + _DAY


def session_closes(exchange: str, sessions: SessionArray) -> Moments:
    """`session_close` of many days at once: datetime64[s] in UTC, of the same shape."""
    closes = (sessions + 1).astype("datetime64[s]")
    decades = sessions.astype("datetime64[Y]").astype(int) // 10 * 10 + 1970  # years are counted from 1970
    for first_year in np.unique(decades).tolist():
        decade = schedule(exchange, first_year)
        place = np.minimum(np.searchsorted(decade.sessions, sessions), len(decade.sessions) - 1)
        known = decade.sessions[place] == sessions
        closes[known] = decade.closes[place[known]]
    return closes


def _moment(moments: Moments, sessions: SessionArray, day: date) -> datetime | None:
    """The moment that belongs to a session, or None for a day that is none."""
    row = int(np.searchsorted(sessions, np.datetime64(day)))
    if row == len(sessions) or sessions[row] != np.datetime64(day):
        return None
    moment: datetime = moments[row].item()
    return moment.replace(tzinfo=UTC)
