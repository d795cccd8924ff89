"""Calendars: the last closed session is right at any minute, in any timezone, on half days and across clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.prices.calendars import (
    is_known,
    last_closed_session,
    next_sessions,
    session_close,
    session_open,
    sessions_between,
)

NEW_YORK = ZoneInfo("America/New_York")
EXCHANGES = ("XNYS", "XLON", "24/7", "24/5", "nowhere")


def moment(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("exchange", "now", "session"),
    [
        # an ordinary Wednesday in New York, to the second
        ("XNYS", moment("2024-06-12T15:59:59", "America/New_York"), date(2024, 6, 11)),
        ("XNYS", moment("2024-06-12T16:00:00", "America/New_York"), date(2024, 6, 12)),
        # the day before Independence Day closes at 13:00, the holiday itself has none
        ("XNYS", moment("2024-07-03T12:59:59", "America/New_York"), date(2024, 7, 2)),
        ("XNYS", moment("2024-07-03T13:00:00", "America/New_York"), date(2024, 7, 3)),
        ("XNYS", moment("2024-07-04T23:00:00", "America/New_York"), date(2024, 7, 3)),
        # a weekend, seen from Tokyo
        ("XNYS", moment("2024-06-17T09:00:00", "Asia/Tokyo"), date(2024, 6, 14)),
        # the closure after the attacks of 2001
        ("XNYS", moment("2001-09-16T12:00:00"), date(2001, 9, 10)),
        # both sides of New York's change to summer time: 21:00 UTC, then 20:00 UTC
        ("XNYS", moment("2024-03-08T20:30:00"), date(2024, 3, 7)),
        ("XNYS", moment("2024-03-11T20:30:00"), date(2024, 3, 11)),
        # London changes three weeks later
        ("XLON", moment("2024-03-28T16:29:00"), date(2024, 3, 27)),
        ("XLON", moment("2024-04-02T15:31:00"), date(2024, 4, 2)),
        # Tokyo's session closes before New York's day begins
        ("XTKS", moment("2024-06-12T02:30:00", "America/New_York"), date(2024, 6, 12)),
        ("XTKS", moment("2024-06-12T01:59:00", "America/New_York"), date(2024, 6, 11)),
        # crypto: every day of UTC, to midnight
        ("24/7", moment("2024-06-15T23:59:59"), date(2024, 6, 14)),
        ("24/7", moment("2024-06-16T00:00:00"), date(2024, 6, 15)),
        # currencies rest at the weekend
        ("24/5", moment("2024-06-16T12:00:00"), date(2024, 6, 14)),
        # an unknown exchange: weekdays, to midnight
        ("nowhere", moment("2024-06-14T23:59:59"), date(2024, 6, 13)),
        ("nowhere", moment("2024-06-15T00:00:00"), date(2024, 6, 14)),
    ],
)
def test_last_closed_session(exchange: str, now: datetime, session: date) -> None:
    assert last_closed_session(exchange, now) == session


@given(
    exchange=st.sampled_from(EXCHANGES),
    now=st.datetimes(datetime(1995, 1, 1), datetime(2034, 12, 31)),  # noqa: DTZ001 - the timezone is the next one
    hours=st.integers(-12, 14),
)
def test_at_any_minute_the_last_closed_session_has_closed_and_the_next_has_not(
    exchange: str, now: datetime, hours: int
) -> None:
    there = now.replace(tzinfo=UTC).astimezone(ZoneInfo(f"Etc/GMT{-hours:+d}"))
    last = last_closed_session(exchange, there)
    (following,) = next_sessions(exchange, last, 1)
    assert session_close(exchange, last) <= there < session_close(exchange, following)
    assert session_open(exchange, last) < session_close(exchange, last) <= session_open(exchange, following)


@given(
    exchange=st.sampled_from(EXCHANGES),
    after=st.dates(date(1990, 1, 1), date(2038, 12, 31)),
    count=st.integers(1, 40),
)
def test_next_sessions_are_the_sessions_between(exchange: str, after: date, count: int) -> None:
    ahead = next_sessions(exchange, after, count)
    assert len(ahead) == count
    assert all(earlier < later for earlier, later in pairwise((after, *ahead)))
    assert sessions_between(exchange, after + timedelta(days=1), ahead[-1]).tolist() == list(ahead)


def test_old_origins_get_the_sessions_of_their_time() -> None:
    # Friday 30 December 2016; Monday 2 January 2017 was a holiday, and so was Martin Luther King Day
    ahead = next_sessions("XNYS", date(2016, 12, 30), 11)
    assert ahead[:4] == (date(2017, 1, 3), date(2017, 1, 4), date(2017, 1, 5), date(2017, 1, 6))
    assert ahead[-1] == date(2017, 1, 18)


def test_a_decade_ends_without_a_seam() -> None:
    sessions = sessions_between("XNYS", date(2019, 12, 27), date(2020, 1, 6)).tolist()
    assert [day.day for day in sessions] == [27, 30, 31, 2, 3, 6]


def test_years_that_a_calendar_does_not_know_are_weekdays() -> None:
    # Tokyo's calendar begins in 1997
    assert next_sessions("XTKS", date(1989, 12, 29), 2) == (date(1990, 1, 1), date(1990, 1, 2))
    assert next_sessions("XTKS", date(2023, 12, 29), 1) == (date(2024, 1, 4),)


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert len(sessions_between("XNYS", date(2024, 6, 12), date(2024, 6, 11))) == 0


def test_early_closes_and_ordinary_ones() -> None:
    assert session_close("XNYS", date(2024, 11, 29)) == datetime(2024, 11, 29, 18, tzinfo=UTC)
    assert session_close("XNYS", date(2024, 12, 2)).astimezone(NEW_YORK).hour == 16
    assert session_open("XNYS", date(2024, 12, 2)).astimezone(NEW_YORK).minute == 30


def test_an_unknown_exchange_says_so() -> None:
    assert is_known("XNYS")
    assert is_known("24/7")
    assert not is_known("nowhere")


def test_sessions_are_days() -> None:
    assert sessions_between("XNYS", date(2024, 6, 10), date(2024, 6, 12)).dtype == np.dtype("datetime64[D]")
