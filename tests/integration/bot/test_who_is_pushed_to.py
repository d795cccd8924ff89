"""Which chats are pushed to, what moves with a group, and how wishes are put together of chats and subscriptions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from bot.push_tables import PushTables

from bot.access.chat_migration import move_chat
from bot.access.policy import Access, may_push_to
from bot.chats.types import Chat, Member, QuietHours
from bot.push.types import Subscription
from storage.chats import ChatStore
from storage.database import Database
from tests.factories import NOW

ADMIN, FRIEND, STRANGER, GROUP, SUPERGROUP = 1, 2, 3, -4, -1004
ACCESS = Access(admins=frozenset({ADMIN}), allowed=frozenset({FRIEND}))


@dataclass
class House:
    """The tables of chats and of the push."""

    chats: ChatStore
    push: PushTables

    def meet(self, chat_id: int, timezone: str = "UTC") -> None:
        kind = "private" if chat_id > 0 else "group"
        self.chats.upsert(Chat(chat_id, kind, "", timezone, "active", NOW), Member(chat_id, "Somebody"))  # type: ignore[arg-type]  # one of two


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Database(tmp_path / "fanchart.db") as database:
        chats = ChatStore(database)
        yield House(chats, PushTables.of(database, chats))


def test_admins_and_named_chats_are_served_and_strangers_are_not(house: House) -> None:
    assert may_push_to(house.chats, ACCESS, ADMIN)
    assert may_push_to(house.chats, ACCESS, FRIEND)
    assert not may_push_to(house.chats, ACCESS, STRANGER)
    assert not may_push_to(house.chats, ACCESS, GROUP)


def test_what_admins_said_counts(house: House) -> None:
    house.chats.set_access(STRANGER, "allowed", ADMIN, NOW)
    house.chats.set_access(FRIEND, "denied", ADMIN, NOW)
    assert may_push_to(house.chats, ACCESS, STRANGER)
    assert not may_push_to(house.chats, ACCESS, FRIEND)


def test_a_group_that_an_admin_uses_is_served_until_it_is_denied(house: House) -> None:
    house.meet(GROUP)
    house.chats.join(GROUP, Member(STRANGER, "Eve"))
    assert not may_push_to(house.chats, ACCESS, GROUP)
    house.chats.join(GROUP, Member(ADMIN, "Ada"))
    assert may_push_to(house.chats, ACCESS, GROUP)
    house.chats.set_access(GROUP, "denied", ADMIN, NOW)
    assert not may_push_to(house.chats, ACCESS, GROUP)


def test_the_right_to_talk_moves_with_a_group_that_the_settings_name(house: House) -> None:
    house.meet(GROUP)
    named = Access(admins=frozenset({ADMIN}), allowed=frozenset({GROUP}))
    move_chat(house.chats, named, GROUP, SUPERGROUP, NOW)
    assert house.chats.access_status(SUPERGROUP) == "allowed"
    assert house.chats.get(GROUP) is None
    assert may_push_to(house.chats, named, SUPERGROUP)


def test_a_group_that_nobody_named_moves_without_a_right(house: House) -> None:
    house.meet(GROUP)
    move_chat(house.chats, ACCESS, GROUP, SUPERGROUP, NOW)
    assert house.chats.access_status(SUPERGROUP) == "unknown"
    assert house.chats.get(SUPERGROUP) is not None


def test_a_no_that_was_said_moves_too_and_the_settings_do_not_undo_it(house: House) -> None:
    house.meet(GROUP)
    house.chats.set_access(GROUP, "denied", ADMIN, NOW)
    named = Access(admins=frozenset({ADMIN}), allowed=frozenset({GROUP}))
    move_chat(house.chats, named, GROUP, SUPERGROUP, NOW)
    assert house.chats.access_status(SUPERGROUP) == "denied"


def test_hours_are_the_chats_own_and_utc_where_it_is_not_known(house: House) -> None:
    house.meet(FRIEND, "Asia/Kolkata")
    quiet = QuietHours(time(22), time(7))
    house.push.quiet.set(FRIEND, quiet)
    assert house.push.wishes.hours(FRIEND) == (ZoneInfo("Asia/Kolkata"), quiet)
    assert house.push.wishes.hours(STRANGER) == (ZoneInfo("UTC"), None)


def test_what_is_due_next_follows_the_chats_own_clock(house: House) -> None:
    house.meet(FRIEND, "Asia/Kolkata")
    wanted = Subscription(FRIEND, "AAPL", "XNYS", time(8, 30), NOW)
    planned = house.push.wishes.plan(wanted, NOW)
    assert planned.next_due_at == datetime(2024, 7, 4, 3, 0, tzinfo=UTC)
    house.push.quiet.set(FRIEND, QuietHours(time(8), time(9)))
    assert house.push.wishes.plan(wanted, NOW).next_due_at == datetime(2024, 7, 4, 3, 30, tzinfo=UTC)


def test_a_chat_is_planned_anew_as_a_whole_and_others_are_left(house: House) -> None:
    for chat in (FRIEND, ADMIN):
        house.meet(chat)
        one = Subscription(chat, "AAPL", "XNYS", time(23), NOW)
        house.push.subscriptions.save([one, Subscription(chat, "KO", "XNYS", "close", NOW)])
    house.chats.set_timezone(FRIEND, "Europe/Berlin")
    house.push.wishes.plan_chat(FRIEND, NOW)
    hour, close = house.push.subscriptions.of_chat(FRIEND)
    assert hour.next_due_at == datetime(2024, 7, 5, 21, 0, tzinfo=UTC)  # 23:00 in Berlin, after the next session
    assert close.next_due_at > NOW + timedelta(days=1)  # Independence Day: no session tomorrow
    assert [one.next_due_at for one in house.push.subscriptions.of_chat(ADMIN)] == [NOW, NOW]


def test_where_hours_play_no_part_wishes_of_all_chats_are_one(house: House) -> None:
    """So that what is due is worked out once for a thousand chats."""
    house.meet(FRIEND, "Asia/Kolkata")
    house.meet(ADMIN, "America/New_York")
    closes = [Subscription(chat, "AAPL", "XNYS", "close", NOW) for chat in (FRIEND, ADMIN)]
    [one], [other] = (house.push.wishes.of_chat(each.chat_id, [each]) for each in closes)
    assert one == other
    hours = [Subscription(chat, "AAPL", "XNYS", time(8), NOW) for chat in (FRIEND, ADMIN)]
    [one], [other] = (house.push.wishes.of_chat(each.chat_id, [each]) for each in hours)
    assert one != other
