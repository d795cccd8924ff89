"""A year of clock time: what the ledger holds is what an independent list says was due."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import exchange_calendars
from dateutil.tz import resolve_imaginary
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.daily.due_check import DueCheck
from bot.push import PushTables
from storage.chats import Chat, ChatStore
from storage.database import Database
from storage.quiet import QuietHours
from storage.subscriptions import Subscription, When
from tests.fakes import ManualClock

START = datetime(2024, 1, 2, 12, tzinfo=UTC)
END = START + timedelta(days=366)
EXCHANGES = ("XNYS", "XLON", "XTKS", "XHKG", "XBOM", "24/7")
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Sydney", "UTC")
HOURS = (time(2, 30), time(7), time(8, 15), time(16), time(22, 30))
"""02:30 is skipped in spring and shown twice in autumn in New York and Berlin."""
QUIET = (None, None, QuietHours(time(22), time(7)), QuietHours(time(12), time(20)))

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


def draw(random: Random) -> tuple[list[Wanted], list[Downtime]]:
    """40 subscriptions in 16 chats, and 10 downtimes of minutes to days."""
    places = [(random.choice(ZONES), random.choice(QUIET)) for _ in range(16)]
    wanted = []
    for number in range(40):
        chat = random.randrange(16)
        when: When = random.choice(("close", "open", random.choice(HOURS), random.choice(HOURS)))
        wanted.append(Wanted(chat + 1, f"S{number}", random.choice(EXCHANGES), when, *places[chat]))
    downs = []
    for _ in range(10):
        begin = START + timedelta(minutes=random.randrange(1000, 365 * 1440))
        downs.append((begin, begin + timedelta(minutes=random.choice((7, 95, 600, 2000, 6000)))))
    return wanted, sorted(downs)


def ledger_of(wanted: list[Wanted], downs: list[Downtime]) -> list[Sent]:
    """What the real check books, its clock moved from one due time to the next."""
    clock = ManualClock(START)
    with Database(":memory:") as database:
        chats = ChatStore(database)
        push = PushTables.of(database, chats)
        for one in wanted:
            chats.remember(Chat(one.chat_id, "private", "", one.zone, "active", START))
            push.quiet.set(one.chat_id, one.quiet)
        first = [Subscription(one.chat_id, one.symbol, one.exchange, one.when, START) for one in wanted]
        push.subscriptions.save([push.wishes.plan(one, START) for one in first])
        check = DueCheck(
            database=database,
            subscriptions=push.subscriptions,
            deliveries=push.deliveries,
            wishes=push.wishes,
            clock=clock,
        )
        while (soonest := _soonest(database)) < END:
            clock.now = next((up for down, up in _merged(downs) if down <= soonest < up), soonest)
            check.run()
        rows = push.deliveries.every()
    return sorted((row.due_at, row.chat_id, row.symbols, row.session) for row in rows if row.due_at < END)


def _soonest(database: Database) -> datetime:
    row = database.row("select min(next_due_at) as soonest from subscriptions")
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


def due_list(wanted: list[Wanted], downs: list[Downtime]) -> list[Sent]:
    """The same, written down from the calendars alone, without any of the product's code."""
    digests: dict[tuple[datetime, int], list[tuple[str, date]]] = defaultdict(list)
    for one in wanted:
        for session, at, next_ready in moments(one):
            sent = next((up for down, up in _merged(downs) if down <= at < up), at)
            if START < at and sent < END and sent < next_ready:
                digests[sent, one.chat_id].append((one.symbol, session))
    return sorted(
        (at, chat, tuple(sorted(symbol for symbol, _ in own)), max(session for _, session in own))
        for (at, chat), own in digests.items()
    )


def moments(one: Wanted) -> Iterator[tuple[date, datetime, datetime]]:
    """Each session, when its forecast is wanted, and when the next session's prices are settled."""
    rows = schedule(one.exchange)
    for (session, _, close), (_, next_open, next_close) in zip(rows, rows[1:], strict=False):
        ready = close + timedelta(minutes=30)
        at = ready
        if one.when == "open":
            at = max(ready, next_open - timedelta(minutes=60))
        elif isinstance(one.when, time):
            at = next_clock(ready, one.when, ZoneInfo(one.zone))
        yield session, out_of_quiet(at, one), next_close + timedelta(minutes=30)


def next_clock(since: datetime, wanted: time, zone: ZoneInfo) -> datetime:
    days = (since.astimezone(zone).date() + timedelta(days=days) for days in range(3))
    return min(
        moment
        for day in days
        if (moment := resolve_imaginary(datetime.combine(day, wanted, zone)).astimezone(UTC)) >= since
    )


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
        str((START - timedelta(days=14)).date()) : str((END + timedelta(days=14)).date())  # type: ignore[misc]
    ]
    return [
        (day.date(), row["open"].to_pydatetime().astimezone(UTC), row["close"].to_pydatetime().astimezone(UTC))
        for day, row in table.iterrows()
    ]


@settings(max_examples=2)
@given(st.integers(0, 2**32))
def test_the_ledger_is_the_list_of_what_was_due(seed: int) -> None:
    wanted, downs = draw(Random(seed))
    booked = ledger_of(wanted, downs)
    due = due_list(wanted, downs)
    assert len(due) > 1000
    assert booked == due
