"""Pure: when a forecast is due, from the exchange's calendar and the chat's timezone, hour and quiet hours.

Every session has one moment at which its forecast is delivered. A session whose moment comes only when a newer one can
already be forecast is superseded and never due. All moments are UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.chats.types import QuietHours
from bot.push.types import When
from forecasting.prices.exchanges.calendars import (
    SETTLING,
    last_closed_session,
    next_sessions,
    session_close,
    session_open,
)

BEFORE_OPEN: Final = timedelta(minutes=60)
LOOK_AGAIN: Final = timedelta(minutes=10)
LOOK_AGAIN_AT_LEAST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeliverySchedule:
    """When one subscription's forecasts are delivered."""

    exchange: str  # a calendar name of `forecasting.prices.exchanges.calendars`
    when: When
    zone: ZoneInfo
    quiet: QuietHours | None = None
    last_session: date | None = None  # the newest session that was sent already


@dataclass(frozen=True, slots=True)
class Due:
    """The forecast of one session and the moment of its delivery."""

    at: datetime  # UTC
    session: date


def ready_at(exchange: str, session: date) -> datetime:
    """When a session's prices are settled, so that a forecast can stand on it (UTC)."""
    return session_close(exchange, session) + SETTLING


@lru_cache(maxsize=64)  # one look at what is due asks the same of many subscriptions
def newest_ready(exchange: str, now: datetime) -> date:
    """The newest session that a forecast can stand on at `now`."""
    return last_closed_session(exchange, now - SETTLING)


def superseded_at(exchange: str, session: date) -> datetime:
    """From when on a newer session can be forecast (UTC)."""
    return ready_at(exchange, next_sessions(exchange, session, 1)[0])


def look_again(exchange: str, last_session: date, now: datetime) -> datetime:
    """When to ask again for prices that end with a session, though the next one is settled (UTC).

    In 10 minutes, and the less often the later they are: a symbol that trades no more is asked for once a day.
    """
    late = now - superseded_at(exchange, last_session)
    return now + min(max(LOOK_AGAIN, late / 4), LOOK_AGAIN_AT_LEAST)


def next_due(schedule: DeliverySchedule, after: datetime) -> Due:
    """The first forecast that is due later than `after`, and was not sent before."""
    newest = newest_ready(schedule.exchange, after)
    dues = (Due(delivery_time(schedule, session), session) for session in _from(schedule.exchange, newest))
    return next(due for due in dues if due.at > after and _is_due(schedule, due))


def due_now(schedule: DeliverySchedule, now: datetime) -> date | None:
    """The session whose forecast should go out at `now`, or None.

    That is the newest session if its moment has come, however long ago: what was missed is caught up once, and only
    while it is the newest.
    """
    newest = newest_ready(schedule.exchange, now)
    return newest if _is_new(schedule, newest) and delivery_time(schedule, newest) <= now else None


def delivery_time(schedule: DeliverySchedule, session: date) -> datetime:
    """The moment at which the forecast that stands on `session` is delivered (UTC).

    That is the first of the schedule's moments, each moved out of the quiet hours, at which the session is settled.
    """
    ready = ready_at(schedule.exchange, session)
    moments = (after_quiet(moment, schedule.zone, schedule.quiet) for moment in _moments(schedule, session))
    return min(moment for moment in moments if moment >= ready)


def after_quiet(moment: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into (UTC)."""
    if quiet is None:
        return moment
    today = moment.astimezone(zone).date()
    spans = (_quiet_span(today + timedelta(days=days), zone, quiet) for days in (-1, 0))
    return next((ends for starts, ends in spans if starts <= moment < ends), moment)


def _moments(schedule: DeliverySchedule, session: date) -> Iterator[datetime]:
    """When the schedule would have a forecast around a session, quiet hours aside; some of it may be before (UTC)."""
    ready = ready_at(schedule.exchange, session)
    if isinstance(schedule.when, time):
        today = ready.astimezone(schedule.zone).date()
        yield from (_at(today + timedelta(days=days), schedule.when, schedule.zone) for days in range(-2, 3))
        return
    before = last_closed_session(schedule.exchange, ready - SETTLING - timedelta(seconds=1))
    for one in (before, session):
        settled = ready_at(schedule.exchange, one)
        before_open = _opening_after(schedule.exchange, one) - BEFORE_OPEN
        yield settled if schedule.when == "close" else max(settled, before_open)


def _opening_after(exchange: str, session: date) -> datetime:
    """When the session after a session opens (UTC)."""
    return session_open(exchange, next_sessions(exchange, session, 1)[0])


def _quiet_span(day: date, zone: ZoneInfo, quiet: QuietHours) -> tuple[datetime, datetime]:
    """The quiet hours that start on a local day (UTC)."""
    last_day = day + timedelta(days=quiet.over_midnight)
    return _at(day, quiet.starts, zone), _at(last_day, quiet.ends, zone)


def _at(day: date, clock_time: time, zone: ZoneInfo) -> datetime:
    """A local time of a day; `fold=0` reads a skipped one with the offset before, and a doubled one as its first."""
    return datetime.combine(day, clock_time.replace(fold=0), zone).astimezone(UTC)


def _from(exchange: str, session: date) -> Iterator[date]:
    """A session and all that follow."""
    while True:
        yield session
        session = next_sessions(exchange, session, 1)[0]


def _is_due(schedule: DeliverySchedule, due: Due) -> bool:
    """Whether the session is new, and still the newest when its moment comes."""
    return _is_new(schedule, due.session) and superseded_at(schedule.exchange, due.session) > due.at


def _is_new(schedule: DeliverySchedule, session: date) -> bool:
    """Whether the session was not sent before."""
    return schedule.last_session is None or session > schedule.last_session
