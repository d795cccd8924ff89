"""When forecasts are due: closes, opens, hours, quiet hours, clock changes, holidays, and what was missed."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.types import QuietHours
from bot.push.schedule import DeliverySchedule, after_quiet, due_now, look_again, newest_ready, next_due, superseded_at
from bot.push.types import When

BERLIN, NEW_YORK, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
NIGHT = QuietHours(time(22), time(7))


def at(text: str, zone: ZoneInfo = UTC_ZONE) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def due_times(schedule: DeliverySchedule, since: datetime, count: int) -> list[datetime]:
    times = []
    for _ in range(count):
        since = next_due(schedule, since).at
        times.append(since)
    return times


def test_after_the_close_follows_half_days_and_holidays() -> None:
    schedule = DeliverySchedule("XNYS", "close", UTC_ZONE)
    assert due_times(schedule, at("2024-07-02 12:00"), 3) == [
        at("2024-07-02 16:30", NEW_YORK),
        at("2024-07-03 13:30", NEW_YORK),  # closes at 13:00 before Independence Day
        at("2024-07-05 16:30", NEW_YORK),
    ]


def test_before_the_open_stands_on_the_session_before() -> None:
    due = next_due(DeliverySchedule("XNYS", "open", UTC_ZONE), at("2024-07-03 20:00"))
    assert due.at == at("2024-07-05 08:30", NEW_YORK)
    assert due.session == date(2024, 7, 3)


def test_a_market_that_never_closes_opens_when_it_closes() -> None:
    schedules = [DeliverySchedule("24/7", when, UTC_ZONE) for when in ("close", "open")]
    assert {next_due(schedule, at("2024-07-06 12:00")).at for schedule in schedules} == {at("2024-07-07 00:30")}


def test_crypto_comes_at_weekends_and_shares_do_not() -> None:
    hour: When = time(9)
    weekend = at("2024-07-05 12:00"), 3
    assert [due.day for due in due_times(DeliverySchedule("24/7", hour, UTC_ZONE), *weekend)] == [6, 7, 8]
    assert [due.day for due in due_times(DeliverySchedule("XNYS", hour, UTC_ZONE), *weekend)] == [6, 9, 10]


def test_my_hour_moves_with_my_clock() -> None:
    schedule = DeliverySchedule("XNYS", time(8), BERLIN)
    assert due_times(schedule, at("2024-03-29 12:00"), 2) == [
        at("2024-04-02 08:00", BERLIN),
        at("2024-04-03 08:00", BERLIN),
    ]
    assert next_due(schedule, at("2024-03-28 12:00")).at == at("2024-03-29 07:00")  # winter: 08:00 is 07:00 UTC
    assert next_due(schedule, at("2024-04-02 12:00")).at == at("2024-04-03 06:00")  # summer


@pytest.mark.parametrize(
    ("clock", "day", "expected"),
    [
        (time(2, 30), date(2024, 3, 10), "2024-03-10 07:30"),  # 02:30 is skipped: it counts as 03:30 EDT
        (time(2, 30), date(2024, 11, 3), "2024-11-03 07:30"),  # 02:30 EST, after the clocks went back
        (time(1, 30), date(2024, 11, 3), "2024-11-03 05:30"),  # 01:30 comes twice: the first counts
    ],
)
def test_a_skipped_or_doubled_hour_in_new_york(clock: time, day: date, expected: str) -> None:
    schedule = DeliverySchedule("24/7", clock, NEW_YORK)
    midnight = datetime.combine(day, time(0, 10), NEW_YORK).astimezone(UTC)
    assert next_due(schedule, midnight).at == at(expected)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-07-05 21:59", "2024-07-05 21:59"),
        ("2024-07-05 22:00", "2024-07-06 07:00"),
        ("2024-07-06 03:00", "2024-07-06 07:00"),
        ("2024-07-06 07:00", "2024-07-06 07:00"),
        ("2024-03-30 23:00", "2024-03-31 07:00"),  # the night in which an hour is skipped
        ("2024-10-27 01:00", "2024-10-27 07:00"),  # the night with an hour twice
    ],
)
def test_quiet_hours_hold_until_their_end(moment: str, expected: str) -> None:
    assert after_quiet(at(moment, BERLIN), BERLIN, NIGHT) == at(expected, BERLIN)


def test_quiet_hours_that_end_in_a_doubled_hour_end_once() -> None:
    quiet = QuietHours(time(22), time(1, 30))
    second = datetime(2024, 11, 3, 1, 15, fold=1, tzinfo=NEW_YORK).astimezone(UTC)
    assert after_quiet(second, NEW_YORK, quiet) == second


def test_quiet_hours_that_are_skipped_hold_nothing() -> None:
    quiet = QuietHours(time(2, 30), time(3))
    moment = at("2024-03-31 01:30")
    assert after_quiet(moment, BERLIN, quiet) == moment


def test_what_was_missed_is_caught_up_once_while_it_is_the_newest() -> None:
    schedule = DeliverySchedule("XNYS", "close", UTC_ZONE)
    assert due_now(schedule, at("2024-07-06 12:00")) == date(2024, 7, 5)
    assert due_now(schedule, at("2024-07-03 17:00")) == date(2024, 7, 2)  # the half day's prices are not settled yet
    assert (
        due_now(DeliverySchedule("XNYS", "close", UTC_ZONE, last_session=date(2024, 7, 5)), at("2024-07-06 12:00"))
        is None
    )


def test_what_was_missed_is_dropped_once_a_newer_session_is_there() -> None:
    schedule = DeliverySchedule("XNYS", time(8), BERLIN)
    assert due_now(schedule, at("2024-07-09 12:00", BERLIN)) == date(2024, 7, 8)
    assert due_now(schedule, at("2024-07-09 23:00", BERLIN)) is None  # Tuesday's is wanted on Wednesday at 8


def test_no_session_is_sent_twice_when_the_hour_is_changed() -> None:
    sent = DeliverySchedule("XNYS", time(9), BERLIN, last_session=date(2024, 7, 8))
    assert next_due(sent, at("2024-07-09 08:30", BERLIN)).session == date(2024, 7, 9)


def test_an_hour_inside_the_quiet_hours_is_moved_to_their_end_day_after_day() -> None:
    schedule = DeliverySchedule("24/7", time(10), UTC_ZONE, QuietHours(time(9), time(8)))
    assert due_times(schedule, at("2024-07-05 12:00"), 3) == [at(f"2024-07-0{day} 08:00") for day in (6, 7, 8)]


def test_nearly_always_quiet_before_the_open_still_comes() -> None:
    schedule = DeliverySchedule("XNYS", "open", UTC_ZONE, QuietHours(time(12), time(11)))
    assert due_times(schedule, at("2024-07-08 12:00"), 2) == [at(f"2024-07-{day} 11:00") for day in ("09", "10")]


moments = st.datetimes(datetime(2023, 1, 1), datetime(2025, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - given a timezone by the next argument
zones = st.sampled_from(("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")).map(
    ZoneInfo
)
clocks = st.times().map(lambda when: when.replace(second=0, microsecond=0))
quiets = st.none() | st.tuples(clocks, clocks).filter(lambda both: both[0] != both[1]).map(
    lambda both: QuietHours(*both)
)
exchanges = st.sampled_from(("XNYS", "XTKS", "24/7"))
whens = st.sampled_from(("close", "open")) | clocks


def test_late_prices_are_asked_for_less_and_less() -> None:
    friday, now = date(2024, 7, 5), at("2024-07-08 16:30", NEW_YORK)  # Monday's are settled
    waits = []
    for _ in range(40):
        again = look_again("XNYS", friday, now)
        waits.append((again - now).total_seconds() / 60)
        now = again
    assert waits[:4] == [10, 10, 10, 10]
    assert waits == sorted(waits)
    assert waits[-1] == 24 * 60


@given(exchanges, whens, zones, quiets, moments)
def test_what_is_due_next_is_new_in_time_and_outside_quiet_hours(
    exchange: str, when: When, zone: ZoneInfo, quiet: QuietHours | None, now: datetime
) -> None:
    schedule = DeliverySchedule(exchange, when, zone, quiet)
    due = next_due(schedule, now)
    assert due.at > now
    assert newest_ready(exchange, due.at) == due.session
    assert superseded_at(exchange, due.session) > due.at
    assert due_now(schedule, due.at) == due.session
    assert after_quiet(due.at, zone, quiet) == due.at
    assert next_due(schedule, due.at).session > due.session


@given(exchanges, whens, zones, quiets, moments)
def test_nothing_is_due_between_now_and_what_is_due_next(
    exchange: str, when: When, zone: ZoneInfo, quiet: QuietHours | None, now: datetime
) -> None:
    newest = due_now(DeliverySchedule(exchange, when, zone, quiet), now)
    schedule = DeliverySchedule(exchange, when, zone, quiet, last_session=newest)
    due = next_due(schedule, now)
    between = now + (due.at - now) * 0.999
    assert due_now(schedule, between) is None
