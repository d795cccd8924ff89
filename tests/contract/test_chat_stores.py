"""What the chats' tables promise to handlers and sender, and so do the tests' own in memory."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chats.types import Chat, Member
from storage.chats import ChatStore
from storage.database import Database
from tests.factories import NOW
from tests.memory_chats import MemoryChats

GROUP, SUPERGROUP, ADA, BEN = -1, -100, 7, 8
Store = ChatStore | MemoryChats


@pytest.fixture(params=("memory", "sqlite"))
def chats(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryChats()
        return
    with Database(tmp_path / "fanchart.db") as database:
        yield ChatStore(database)


def group(title: str = "Investors", timezone: str = "UTC", *, age: int = 0) -> Chat:
    return Chat(GROUP, "group", title, timezone, "active", NOW - timedelta(days=age))


def test_a_chat_that_speaks_again_renews_its_name_and_keeps_its_settings(chats: Store) -> None:
    chats.meet(group(timezone="Asia/Tokyo", age=9), Member(ADA, "Ada"))
    chats.meet(group("Renamed 🦊"), Member(ADA, "Ada L."))
    assert chats.get(GROUP) == group("Renamed 🦊", "Asia/Tokyo", age=9)
    assert chats.members(GROUP) == (Member(ADA, "Ada L."),)
    assert chats.get(SUPERGROUP) is None


def test_a_state_is_kept_of_known_chats_alone(chats: Store) -> None:
    chats.meet(group(), Member(ADA, "Ada"))
    for one in (GROUP, SUPERGROUP):
        chats.set_state(one, "blocked")
    assert getattr(chats.get(GROUP), "state", "") == "blocked"
    assert chats.get(SUPERGROUP) is None


def test_what_admins_said_is_unknown_until_they_say_it(chats: Store) -> None:
    assert chats.standing(GROUP) == "unknown"
    for said in ("allowed", "denied"):
        chats.write(GROUP, said, ADA, NOW)
        assert chats.standing(GROUP) == said


def test_who_is_forgotten_is_gone_from_every_chat(chats: Store) -> None:
    for person in (ADA, BEN):
        chats.meet(group(), Member(person, "Somebody"))
        chats.meet(Chat(person, "private", "", "UTC", "active", NOW), Member(person, "Somebody"))
    assert chats.memberships(ADA) == (GROUP, ADA)
    chats.forget_member(ADA)
    assert chats.memberships(ADA) == ()
    assert chats.memberships(BEN) == (GROUP, BEN)


def test_a_forgotten_chat_leaves_nothing_but_what_admins_said(chats: Store) -> None:
    chats.meet(group(), Member(ADA, "Ada"))
    chats.forget(GROUP)
    assert (chats.get(GROUP), chats.members(GROUP), chats.export(GROUP)) == (None, (), ())
    chats.write(GROUP, "denied", ADA, NOW)
    chats.forget(GROUP)
    assert chats.standing(GROUP) == "denied"


def test_everything_kept_of_a_chat_is_exported_by_table(chats: Store) -> None:
    chats.meet(group("A & <b>"), Member(ADA, "Ada"))
    kept = {table.table: table.rows for table in chats.export(GROUP)}
    assert kept["chats"][0]["title"] == "A & <b>"
    assert [dict(row) for row in kept["members"]] == [{"chat_id": GROUP, "user_id": ADA, "name": "Ada"}]


def test_a_move_takes_settings_members_and_words_along_once(chats: Store) -> None:
    chats.meet(group(timezone="Asia/Tokyo", age=9), Member(ADA, "Ada"))
    chats.meet(Chat(SUPERGROUP, "supergroup", "New", "UTC", "active", NOW), Member(BEN, "Ben"))
    chats.write(GROUP, "allowed", ADA, NOW)
    for _ in range(2):
        chats.move(GROUP, SUPERGROUP)
    assert chats.get(SUPERGROUP) == Chat(
        SUPERGROUP, "supergroup", "New", "Asia/Tokyo", "active", NOW - timedelta(days=9)
    )
    assert chats.members(SUPERGROUP) == (Member(ADA, "Ada"), Member(BEN, "Ben"))
    assert (chats.standing(GROUP), chats.standing(SUPERGROUP)) == ("unknown", "allowed")
    assert chats.get(GROUP) is None


def test_that_the_old_group_was_left_is_no_news_of_the_new_one(chats: Store) -> None:
    chats.meet(group(age=9), Member(ADA, "Ada"))
    chats.set_state(GROUP, "blocked")
    chats.move(GROUP, SUPERGROUP)
    moved = chats.get(SUPERGROUP)
    assert moved is not None
    assert moved.state == "active"


def test_a_word_from_the_old_group_that_comes_after_its_move_takes_no_settings_away(chats: Store) -> None:
    chats.meet(group(timezone="Asia/Tokyo", age=9), Member(ADA, "Ada"))
    chats.set_state(GROUP, "paused")
    chats.move(GROUP, SUPERGROUP)
    chats.meet(group(timezone="UTC", age=0), Member(BEN, "Ben"))
    chats.move(GROUP, SUPERGROUP)
    moved = chats.get(SUPERGROUP)
    assert moved is not None
    assert (moved.timezone, moved.state, moved.created_at) == ("Asia/Tokyo", "paused", NOW - timedelta(days=9))
    assert chats.members(SUPERGROUP) == (Member(ADA, "Ada"), Member(BEN, "Ben"))
    assert chats.get(GROUP) is None
