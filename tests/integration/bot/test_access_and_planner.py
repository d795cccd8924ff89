"""Which chats are pushed to, what moves with a group, and how schedules are put together of chats and subscriptions."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.access.chat_migration import move_chat
from bot.access.policy import Access, may_push_to
from bot.chats.ports import ChatStore
from bot.chats.types import Chat, Member, QuietHours
from bot.push.planner import SchedulePlanner
from bot.push.ports import SubscriptionStore
from bot.push.types import Subscription
from storage import Stores
from tests.factories import NOW

ADMIN, FRIEND, STRANGER, GROUP, SUPERGROUP = 1, 2, 3, -4, -1004
ACCESS = Access(admins=frozenset({ADMIN}), allowed=frozenset({FRIEND}))


@dataclass
class Stage:
    """The tables of chats and of the push."""

    chats: ChatStore
    subscriptions: SubscriptionStore
    planner: SchedulePlanner

    def join(self, chat_id: int, timezone: str = "UTC", member: int = STRANGER) -> None:
        kind = "private" if chat_id > 0 else "group"
        chat = Chat(chat_id, kind, "", timezone, "active", NOW)  # type: ignore[arg-type]  # one of two
        self.chats.upsert(chat, Member(member, "Somebody"))


@pytest.fixture
def stage(stores: Stores) -> Stage:
    return Stage(stores.chats, stores.subscriptions, SchedulePlanner(stores.chats, stores.subscriptions))


def test_admins_and_named_chats_are_served_and_strangers_are_not(stage: Stage) -> None:
    assert may_push_to(stage.chats, ACCESS, ADMIN)
    assert may_push_to(stage.chats, ACCESS, FRIEND)
    assert not may_push_to(stage.chats, ACCESS, STRANGER)
    assert not may_push_to(stage.chats, ACCESS, GROUP)


def test_what_admins_decided_counts(stage: Stage) -> None:
    stage.chats.set_access(STRANGER, "allowed", ADMIN, NOW)
    stage.chats.set_access(FRIEND, "denied", ADMIN, NOW)
    assert may_push_to(stage.chats, ACCESS, STRANGER)
    assert not may_push_to(stage.chats, ACCESS, FRIEND)


def test_a_group_that_an_admin_uses_is_served_until_it_is_denied(stage: Stage) -> None:
    stage.join(GROUP, member=STRANGER)
    assert not may_push_to(stage.chats, ACCESS, GROUP)
    stage.join(GROUP, member=ADMIN)
    assert may_push_to(stage.chats, ACCESS, GROUP)
    stage.chats.set_access(GROUP, "denied", ADMIN, NOW)
    assert not may_push_to(stage.chats, ACCESS, GROUP)


def test_the_right_to_talk_moves_with_a_group_that_the_settings_name(stage: Stage) -> None:
    stage.join(GROUP)
    named = Access(admins=frozenset({ADMIN}), allowed=frozenset({GROUP}))
    move_chat(stage.chats, named, GROUP, SUPERGROUP, NOW)
    assert stage.chats.access_status(SUPERGROUP) == "allowed"
    assert stage.chats.get(GROUP) is None
    assert may_push_to(stage.chats, named, SUPERGROUP)


def test_a_group_that_nobody_named_moves_without_a_right(stage: Stage) -> None:
    stage.join(GROUP)
    move_chat(stage.chats, ACCESS, GROUP, SUPERGROUP, NOW)
    assert stage.chats.access_status(SUPERGROUP) == "unknown"
    assert stage.chats.get(SUPERGROUP) is not None


def test_a_denial_moves_too_and_the_settings_do_not_undo_it(stage: Stage) -> None:
    stage.join(GROUP)
    stage.chats.set_access(GROUP, "denied", ADMIN, NOW)
    named = Access(admins=frozenset({ADMIN}), allowed=frozenset({GROUP}))
    move_chat(stage.chats, named, GROUP, SUPERGROUP, NOW)
    assert stage.chats.access_status(SUPERGROUP) == "denied"


def test_hours_are_the_chats_own_and_utc_where_it_is_not_known(stage: Stage) -> None:
    stage.join(FRIEND, "Asia/Kolkata")
    quiet = QuietHours(time(22), time(7))
    stage.chats.set_quiet(FRIEND, quiet)
    assert stage.planner.hours(FRIEND) == (ZoneInfo("Asia/Kolkata"), quiet)
    assert stage.planner.hours(STRANGER) == (ZoneInfo("UTC"), None)


def test_what_is_due_next_follows_the_chats_own_clock(stage: Stage) -> None:
    stage.join(FRIEND, "Asia/Kolkata")
    wanted = Subscription(FRIEND, "AAPL", "XNYS", time(8, 30), NOW)
    [planned] = stage.planner.plan(FRIEND, [wanted], NOW)
    assert planned.next_due_at == datetime(2024, 7, 4, 3, 0, tzinfo=UTC)
    stage.chats.set_quiet(FRIEND, QuietHours(time(8), time(9)))
    [planned] = stage.planner.plan(FRIEND, [wanted], NOW)
    assert planned.next_due_at == datetime(2024, 7, 4, 3, 30, tzinfo=UTC)


def test_a_chat_is_planned_anew_as_a_whole_and_others_are_left(stage: Stage) -> None:
    for chat in (FRIEND, ADMIN):
        stage.join(chat)
        one = Subscription(chat, "AAPL", "XNYS", time(23), NOW)
        stage.subscriptions.save([one, Subscription(chat, "KO", "XNYS", "close", NOW)])
    stage.chats.set_timezone(FRIEND, "Europe/Berlin")
    stage.planner.plan_chat(FRIEND, NOW)
    hour, close = stage.subscriptions.of_chat(FRIEND)
    assert hour.next_due_at == datetime(2024, 7, 5, 21, 0, tzinfo=UTC)  # 23:00 in Berlin, after the next session
    assert close.next_due_at > NOW + timedelta(days=1)  # Independence Day: no session tomorrow
    assert [one.next_due_at for one in stage.subscriptions.of_chat(ADMIN)] == [NOW, NOW]


def test_where_hours_play_no_part_all_chats_have_one_schedule(stage: Stage) -> None:
    """So that what is due is worked out once for a thousand chats."""
    stage.join(FRIEND, "Asia/Kolkata")
    stage.join(ADMIN, "America/New_York")
    closes = [Subscription(chat, "AAPL", "XNYS", "close", NOW) for chat in (FRIEND, ADMIN)]
    [one], [other] = (stage.planner.of_chat(each.chat_id, [each]) for each in closes)
    assert one == other
    hours = [Subscription(chat, "AAPL", "XNYS", time(8), NOW) for chat in (FRIEND, ADMIN)]
    [one], [other] = (stage.planner.of_chat(each.chat_id, [each]) for each in hours)
    assert one != other
