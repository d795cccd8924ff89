"""A year of clock time: what the ledger holds is what an independent list says was due."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import exchange_calendars
import pytest
from dateutil.tz import resolve_imaginary
from hypothesis import given, settings
from hypothesis import strategies as st

import storage
from bot.chats.types import Chat, Member, QuietHours
from bot.push.digests import DigestBooking
from bot.push.planner import SchedulePlanner
from bot.push.types import Subscription, When
from storage import Stores
from tests.database import all_deliveries
from tests.fakes import ManualClock


@dataclass(frozen=True)
class Span:
    start: datetime
    days: int

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)


YEAR = Span(datetime(2024, 1, 2, 12, tzinfo=UTC), 366)
EXCHANGES = ("XNYS", "XLON", "XTKS", "XHKG", "XBOM", "24/7")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney", "UTC")
HOURS = (time(2, 30), time(7), time(8, 15), time(16), time(22, 30))
"""02:30 is skipped in spring and shown twice in autumn in New York and Berlin."""
QUIET = (None, None, QuietHours(time(22), time(7)), QuietHours(time(12), time(20)))

SETTLED = timedelta(minutes=30)

Sent = tuple[datetime, int, tuple[str, ...], date]
"""When, to which chat, of which symbols, on which newest session."""
Downtime = tuple[datetime, datetime]


@dataclass(frozen=True)
class Wanted:
    chat_id: int
    symbol: str
    exchange: str
    when: When
    zone: str
    quiet: QuietHours | None


def draw(random: Random, subscriptions: int, span: Span) -> tuple[list[Wanted], list[Downtime]]:
    """Subscriptions in 16 chats, and 10 downtimes of minutes to days."""
    places = [(random.choice(ZONES), random.choice(QUIET)) for _ in range(16)]
    wanted = []
    for number in range(subscriptions):
        chat = random.randrange(16)
        when: When = random.choice(("close", "open", random.choice(HOURS), random.choice(HOURS)))
        wanted.append(Wanted(chat + 1, f"S{number}", random.choice(EXCHANGES), when, *places[chat]))
    downs = []
    for _ in range(10):
        begin = span.start + timedelta(minutes=random.randrange(1000, span.days * 1440))
        downs.append((begin, begin + timedelta(minutes=random.choice((7, 95, 600, 2000, 6000)))))
    return wanted, sorted(downs)


def ledger_of(wanted: list[Wanted], downs: list[Downtime], span: Span) -> list[Sent]:
    """What the real booking books, its clock moved from one due time to the next."""
    clock = ManualClock(span.start)
    with closing(storage.open(":memory:")) as stores:
        subscriptions, planner = stores.subscriptions, SchedulePlanner(stores.chats, stores.subscriptions)
        for one in wanted:
            chat = Chat(one.chat_id, "private", "", one.zone, "active", span.start)
            stores.chats.upsert(chat, Member(9, "Somebody"))
            stores.chats.set_quiet(one.chat_id, one.quiet)
        first = [Subscription(one.chat_id, one.symbol, one.exchange, one.when, span.start) for one in wanted]
        subscriptions.save([planned for one in first for planned in planner.plan(one.chat_id, [one], span.start)])
        booking = DigestBooking(subscriptions=subscriptions, deliveries=stores.deliveries, planner=planner, clock=clock)
        while (soonest := _soonest(stores)) < span.end:
            clock.now = next((up for down, up in _merged(downs) if down <= soonest < up), soonest)
            booking.run()
        rows = all_deliveries(stores)
    return sorted((row.due_at, row.chat_id, row.symbols, row.session) for row in rows if row.due_at < span.end)


def _soonest(stores: Stores) -> datetime:
    row = stores.database.row("select min(next_due_at) as soonest from subscriptions")
    assert row is not None
    return datetime.fromisoformat(row["soonest"])


def _merged(downs: list[Downtime]) -> list[Downtime]:
    """Downtimes without overlaps."""
    merged: list[Downtime] = []
    for down, up in downs:
        if merged and down <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(up, merged[-1][1]))
        else:
            merged.append((down, up))
    return merged


def due_list(wanted: list[Wanted], downs: list[Downtime], span: Span) -> list[Sent]:
    """The same, written down from the calendars alone, without any of the product's code."""
    digests: dict[tuple[datetime, int], list[tuple[str, date]]] = defaultdict(list)
    for one in wanted:
        for session, at, next_ready in moments(one):
            sent = next((up for down, up in _merged(downs) if down <= at < up), at)
            if at > span.start and sent < span.end and sent < next_ready:
                digests[sent, one.chat_id].append((one.symbol, session))
    return sorted(
        (at, chat, tuple(sorted(symbol for symbol, _ in own)), max(session for _, session in own))
        for (at, chat), own in digests.items()
    )


def moments(one: Wanted) -> Iterator[tuple[date, datetime, datetime]]:
    """Each session, when its forecast is wanted, and when the next session's prices are settled.

    A chat's own moments come first (after each close, before each open, or each day's hour), moved out of the quiet
    hours; each session then takes the first of them at which its prices are settled.
    """
    rows = schedule(one.exchange)
    settled = [close + SETTLED for _, _, close in rows]
    opens = [opening - timedelta(minutes=60) for _, opening, _ in rows[1:]]
    if one.when == "close":
        own = settled
    elif one.when == "open":
        own = [max(ready, opening) for ready, opening in zip(settled, opens, strict=False)]
    else:
        own = list(daily(one.when, ZoneInfo(one.zone)))
    own = sorted(out_of_quiet(moment, one) for moment in own)
    for (session, _, _), ready, next_ready in zip(rows, settled, settled[1:], strict=False):
        place = bisect_left(own, ready)
        if place < len(own):
            yield session, own[place], next_ready


def daily(clock: Any, zone: ZoneInfo) -> Iterator[datetime]:  # noqa: ANN401 - a time of day, as the caller has seen
    """Every day's hour, with the time that clocks skip moved on by what they skip."""
    day = YEAR.start.date() - timedelta(days=14)
    while day < YEAR.end.date() + timedelta(days=14):
        yield resolve_imaginary(datetime.combine(day, clock, zone)).astimezone(UTC)
        day += timedelta(days=1)


def out_of_quiet(at: datetime, one: Wanted) -> datetime:
    """Minute by minute."""
    while one.quiet and is_quiet(at.astimezone(ZoneInfo(one.zone)).time(), one.quiet):
        at += timedelta(minutes=1)
    return at


def is_quiet(clock: time, quiet: QuietHours) -> bool:
    if quiet.starts < quiet.ends:
        return quiet.starts <= clock < quiet.ends
    return clock >= quiet.starts or clock < quiet.ends


@cache
def schedule(exchange: str) -> list[tuple[date, datetime, datetime]]:
    """Sessions with open and close in UTC, from two weeks before the year to two weeks after."""
    calendar = exchange_calendars.get_calendar(exchange)
    table = calendar.schedule.loc[
        str((YEAR.start - timedelta(days=14)).date()) : str((YEAR.end + timedelta(days=14)).date())
    ]
    return [
        (day.date(), row["open"].to_pydatetime().astimezone(UTC), row["close"].to_pydatetime().astimezone(UTC))
        for day, row in table.iterrows()
    ]


pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # exchange_calendars on new pandas


LONG = pytest.param(1, 40, 5000, marks=(pytest.mark.soak, pytest.mark.timeout(1800)))


@pytest.mark.parametrize(("seed", "subscriptions", "digests"), [(178, 10, 2500), LONG])
def test_a_year_of_subscriptions_is_the_list_of_what_was_due(seed: int, subscriptions: int, digests: int) -> None:
    wanted, downs = draw(Random(seed), subscriptions, YEAR)
    every = {"exchange": EXCHANGES, "zone": ZONES, "quiet": QUIET, "when": ("close", "open", *HOURS)}
    for name, choices in every.items():
        assert {getattr(one, name) for one in wanted} == set(choices)
    due = due_list(wanted, downs, YEAR)
    assert len(due) > digests
    assert ledger_of(wanted, downs, YEAR) == due


@settings(max_examples=8)
@given(st.integers(0, 2**32), st.sampled_from((date(2024, 3, 5), date(2024, 10, 22), date(2024, 12, 12))))
def test_whatever_is_wished_the_ledger_is_the_list_of_what_was_due(seed: int, begin: date) -> None:
    span = Span(datetime.combine(begin, time(12), UTC), 20)  # both clock changes, and the half days around holidays
    wanted, downs = draw(Random(seed), 12, span)
    assert ledger_of(wanted, downs, span) == due_list(wanted, downs, span)
