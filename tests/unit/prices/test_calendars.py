"""Calendars: the last closed session is right at any minute, in any timezone, on half days and across clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.prices.exchanges.calendars import (
    is_known,
    known_until,
    last_closed_session,
    next_sessions,
    session_close,
    session_open,
    sessions_between,
)

NEW_YORK = ZoneInfo("America/New_York")
EXCHANGES = ("XNYS", "XLON", "24/7", "24/5", "FUND", "ASEX", "XTAE", "XSHG", "nowhere")


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


def weekdays_off(exchange: str, year: int) -> list[str]:
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    closed = np.setdiff1d(days[np.is_busday(days)], sessions_between(exchange, date(year, 1, 1), date(year, 12, 31)))
    return [str(day)[5:] for day in closed]


@pytest.mark.parametrize(
    ("exchange", "year", "closed"),
    [  # the exchanges' own lists: the Orthodox Easter was on 5 May 2024 and on 20 April 2025
        ("ASEX", 2024, "01-01 03-18 03-25 03-29 04-01 05-01 05-03 05-06 06-24 08-15 10-28 12-24 12-25 12-26"),
        ("XBSE", 2025, "01-01 01-02 01-06 01-07 01-24 04-18 04-21 05-01 06-09 08-15 12-01 12-25 12-26"),
        ("XTAE", 2027, "03-23 04-21 04-22 04-27 04-28 05-11 05-12 06-10 06-11 08-12 10-01 10-08 10-11 10-15 10-22"),
    ],
)
def test_calendars_that_exchange_calendars_cannot_build(exchange: str, year: int, closed: str) -> None:
    assert weekdays_off(exchange, year) == closed.split()
    assert is_known(exchange)


def test_tel_aviv_traded_on_sundays_until_2026() -> None:
    week = sessions_between("XTAE", date(2025, 6, 8), date(2025, 6, 14)).tolist()
    assert [day.isoweekday() for day in week] == [7, 1, 2, 3, 4]
    week = sessions_between("XTAE", date(2026, 6, 7), date(2026, 6, 13)).tolist()
    assert [day.isoweekday() for day in week] == [1, 2, 3, 4, 5]


def test_shanghai_has_the_expected_holidays_beyond_the_published_ones() -> None:
    assert known_until("XSHG") == date(2026, 12, 31)
    assert next_sessions("XSHG", date(2027, 9, 30), 1) == (date(2027, 10, 8),)


def test_a_fund_closes_in_the_evening_on_half_days_too() -> None:
    for day in (date(2024, 7, 2), date(2024, 7, 3), date(2024, 12, 2)):
        assert session_close("FUND", day).astimezone(NEW_YORK).hour == 20
    assert sessions_between("FUND", date(2024, 1, 1), date(2024, 12, 31)).tolist() == (
        sessions_between("XNYS", date(2024, 1, 1), date(2024, 12, 31)).tolist()
    )
