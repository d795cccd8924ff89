"""What every `ChatStore` promises."""

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chats.ports import ChatStore
from bot.chats.types import Chat, ChatProfile, Member, QuietHours
from storage import Stores
from tests.factories import NOW
from tests.memory_chats import MemoryChats

GROUP, SUPERGROUP, ADA, BEN = -1, -100, 7, 8
NIGHT = QuietHours(time(22), time(7))


@pytest.fixture(params=("memory", "sqlite"))
def chats(request: pytest.FixtureRequest, stores: Stores) -> ChatStore:
    return MemoryChats() if request.param == "memory" else stores.chats


def group(title: str = "Investors", timezone: str = "UTC", *, age: int = 0) -> Chat:
    return Chat(GROUP, "group", title, timezone, "active", NOW - timedelta(days=age))


def test_a_chat_that_is_kept_again_renews_its_name_and_keeps_its_settings(chats: ChatStore) -> None:
    chats.upsert(group(timezone="Asia/Tokyo", age=9), Member(ADA, "Ada"))
    chats.upsert(group("Renamed 🦊"), Member(ADA, "Ada L."))
    assert chats.get(GROUP) == group("Renamed 🦊", "Asia/Tokyo", age=9)
    assert chats.members(GROUP) == (Member(ADA, "Ada L."),)
    assert chats.get(SUPERGROUP) is None


def test_settings_are_kept_of_known_chats_alone(chats: ChatStore) -> None:
    chats.upsert(group(), Member(ADA, "Ada"))
    for one in (GROUP, SUPERGROUP):
        chats.set_state(one, "blocked")
        chats.set_timezone(one, "Asia/Tokyo")
    assert chats.get(GROUP) == replace(group(timezone="Asia/Tokyo"), state="blocked")
    assert chats.get(SUPERGROUP) is None


def test_a_profile_of_a_stranger_in_an_unknown_chat_is_empty(chats: ChatStore) -> None:
    profile = chats.profile(GROUP, ADA)
    assert profile == ChatProfile(None, None, "unknown", None)
    assert (profile.is_paused, profile.zone("Europe/Berlin")) == (False, ZoneInfo("Europe/Berlin"))


def test_a_profile_holds_everything_of_a_chat_and_one_person_in_it(chats: ChatStore) -> None:
    chats.upsert(group(timezone="Asia/Tokyo"), Member(ADA, "Ada"))
    chats.set_access(GROUP, "allowed", ADA, NOW)
    chats.set_quiet(GROUP, NIGHT)
    chats.set_state(GROUP, "paused")
    paused = replace(group(timezone="Asia/Tokyo"), state="paused")
    profile = chats.profile(GROUP, ADA)
    assert profile == ChatProfile(paused, Member(ADA, "Ada"), "allowed", NIGHT)
    assert (profile.is_paused, profile.zone("Europe/Berlin")) == (True, ZoneInfo("Asia/Tokyo"))
    for nobody in (BEN, None):
        assert chats.profile(GROUP, nobody) == replace(profile, member=None)


def test_a_profile_tells_what_admins_decided_about_a_chat_that_is_not_known(chats: ChatStore) -> None:
    chats.set_access(GROUP, "denied", ADA, NOW)
    assert chats.profile(GROUP, ADA) == ChatProfile(None, None, "denied", None)


def test_quiet_hours_are_set_changed_and_deleted(chats: ChatStore) -> None:
    chats.upsert(group(), Member(ADA, "Ada"))
    for quiet in (NIGHT, QuietHours(time(12), time(13, 30)), None):
        chats.set_quiet(GROUP, quiet)
        assert chats.profile(GROUP).quiet == quiet


def test_access_is_unknown_until_an_admin_decides(chats: ChatStore) -> None:
    assert chats.access_status(GROUP) == "unknown"
    for status in ("allowed", "denied"):
        chats.set_access(GROUP, status, ADA, NOW)
        assert chats.access_status(GROUP) == status


def test_who_is_forgotten_is_gone_from_every_chat(chats: ChatStore) -> None:
    for person in (ADA, BEN):
        chats.upsert(group(), Member(person, "Somebody"))
        chats.upsert(Chat(person, "private", "", "UTC", "active", NOW), Member(person, "Somebody"))
    assert chats.memberships(ADA) == (GROUP, ADA)
    chats.forget_member(ADA)
    assert chats.memberships(ADA) == ()
    assert chats.memberships(BEN) == (GROUP, BEN)


def test_a_forgotten_chat_leaves_nothing_but_what_admins_decided(chats: ChatStore) -> None:
    chats.upsert(group(), Member(ADA, "Ada"))
    chats.forget(GROUP)
    assert (chats.get(GROUP), chats.members(GROUP), chats.export(GROUP)) == (None, (), ())
    chats.set_access(GROUP, "denied", ADA, NOW)
    chats.forget(GROUP)
    assert chats.access_status(GROUP) == "denied"


def test_everything_kept_of_a_chat_is_exported_by_table(chats: ChatStore) -> None:
    chats.upsert(group("A & <b>"), Member(ADA, "Ada"))
    kept = {table.table: table.rows for table in chats.export(GROUP)}
    assert kept["chats"][0]["title"] == "A & <b>"
    assert [dict(row) for row in kept["members"]] == [{"chat_id": GROUP, "user_id": ADA, "name": "Ada"}]


def test_a_move_takes_settings_members_and_access_along_once(chats: ChatStore) -> None:
    chats.upsert(group(timezone="Asia/Tokyo", age=9), Member(ADA, "Ada"))
    chats.upsert(Chat(SUPERGROUP, "supergroup", "New", "UTC", "active", NOW), Member(BEN, "Ben"))
    chats.set_access(GROUP, "allowed", ADA, NOW)
    chats.set_quiet(GROUP, NIGHT)
    for _ in range(2):
        chats.move(GROUP, SUPERGROUP)
    assert (chats.profile(GROUP).quiet, chats.profile(SUPERGROUP).quiet) == (None, NIGHT)
    assert chats.get(SUPERGROUP) == Chat(
        SUPERGROUP, "supergroup", "New", "Asia/Tokyo", "active", NOW - timedelta(days=9)
    )
    assert chats.members(SUPERGROUP) == (Member(ADA, "Ada"), Member(BEN, "Ben"))
    assert (chats.access_status(GROUP), chats.access_status(SUPERGROUP)) == ("unknown", "allowed")
    assert chats.get(GROUP) is None


def test_that_the_old_group_was_left_says_nothing_about_the_new_one(chats: ChatStore) -> None:
    chats.upsert(group(age=9), Member(ADA, "Ada"))
    chats.set_state(GROUP, "blocked")
    chats.move(GROUP, SUPERGROUP)
    moved = chats.get(SUPERGROUP)
    assert moved is not None
    assert moved.state == "active"


def test_a_late_update_of_the_old_group_takes_no_settings_away(chats: ChatStore) -> None:
    chats.upsert(group(timezone="Asia/Tokyo", age=9), Member(ADA, "Ada"))
    chats.set_state(GROUP, "paused")
    chats.move(GROUP, SUPERGROUP)
    chats.upsert(group(timezone="UTC", age=0), Member(BEN, "Ben"))
    chats.move(GROUP, SUPERGROUP)
    moved = chats.get(SUPERGROUP)
    assert moved is not None
    assert (moved.timezone, moved.state, moved.created_at) == ("Asia/Tokyo", "paused", NOW - timedelta(days=9))
    assert chats.members(SUPERGROUP) == (Member(ADA, "Ada"), Member(BEN, "Ben"))
    assert chats.get(GROUP) is None
