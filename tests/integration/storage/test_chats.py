"""Chats, what admins said about them, and that moving, exporting and forgetting takes everything along."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlite_utils
from sqlite_utils import Migrations

from bot.chats.ports import ChatStore
from bot.chats.types import Chat, ChatState, ExportedTable, Member
from forecasting.errors import StorageError
from storage import Stores
from storage.database import Database
from tests.factories import NOW

ADA = Chat(7, "private", "Ada", "Europe/Berlin", "active", NOW)
CLUB = Chat(-5, "group", "The Club", "America/New_York", "active", NOW)
MEMBER = Member(7, "Ada")
NEW_ID = -100500

SOMEBODY_ELSES = Migrations("somebody else's")


@SOMEBODY_ELSES()
def create_follows(tables: sqlite_utils.Database) -> None:
    """A table of another concern, as the subscriptions are."""
    tables.executescript("""
        create table follows (
            chat integer not null references chats (id) on delete cascade,
            symbol text not null,
            picture blob,
            unique (chat, symbol)
        ) strict;
    """)


@pytest.fixture
def database(stores: Stores) -> Database:
    stores.database.migrate(SOMEBODY_ELSES)
    return stores.database


@pytest.fixture
def chats(stores: Stores, database: Database) -> ChatStore:
    del database  # with its other table
    return stores.chats


def subscribe(database: Database, chat: int, *symbols: str) -> None:
    database.insert("follows", [{"chat": chat, "symbol": symbol, "picture": b"123"} for symbol in symbols])


def followed(database: Database, chat: int) -> list[str]:
    rows = database.rows("select symbol from follows where chat = ? order by symbol", [chat])
    return [row["symbol"] for row in rows]


def test_a_chat_that_spoke_is_known(chats: ChatStore) -> None:
    chats.upsert(ADA, MEMBER)
    assert chats.get(7) == ADA
    assert chats.get(8) is None


def test_a_known_chat_keeps_its_settings_and_renews_its_title(chats: ChatStore) -> None:
    chats.upsert(CLUB, MEMBER)
    chats.set_timezone(-5, "Asia/Tokyo")
    chats.set_state(-5, "paused")
    again = replace(CLUB, title="The Old Club", created_at=NOW + timedelta(days=1))
    expected = replace(CLUB, title="The Old Club", timezone="Asia/Tokyo", state="paused")
    chats.upsert(again, MEMBER)
    assert chats.get(-5) == expected


@pytest.mark.parametrize("state", ["active", "paused", "blocked"])
def test_a_chat_has_one_of_three_states(chats: ChatStore, state: ChatState) -> None:
    chats.upsert(ADA, MEMBER)
    chats.set_state(7, state)
    assert chats.get(7) == replace(ADA, state=state)


def test_members_are_kept_once_with_their_newest_name(chats: ChatStore) -> None:
    chats.upsert(CLUB, MEMBER)
    for member in (Member(9, "Bob"), Member(7, "Ada"), Member(9, "Robert")):
        chats.upsert(CLUB, member)
    assert chats.members(-5) == (Member(7, "Ada"), Member(9, "Robert"))
    assert chats.memberships(9) == (-5,)


def test_a_chat_may_be_forgotten_while_somebody_speaks_in_it(chats: ChatStore) -> None:
    def speak() -> None:
        for number in range(200):
            chats.upsert(CLUB, Member(7, f"Ada {number}"))

    with ThreadPoolExecutor(1) as somebody:
        speaking = somebody.submit(speak)
        while not speaking.done():
            chats.forget(-5)
    speaking.result()


def test_nobody_is_a_member_of_an_unknown_chat(database: Database) -> None:
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        database.insert("members", [{"chat_id": -5, "user_id": 7, "name": "Ada"}])


def test_a_person_can_be_forgotten_in_every_chat(chats: ChatStore) -> None:
    chats.upsert(CLUB, MEMBER)
    for member in (Member(7, "Ada"), Member(9, "Bob")):
        chats.upsert(CLUB, member)
    chats.forget_member(7)
    assert chats.members(-5) == (Member(9, "Bob"),)


def test_what_admins_decide_counts_also_before_a_chat_is_known(chats: ChatStore) -> None:
    assert chats.access_status(7) == "unknown"
    chats.set_access(7, "allowed", 1, NOW)
    chats.set_access(8, "allowed", 1, NOW)
    chats.set_access(8, "denied", 1, NOW)
    assert (chats.access_status(7), chats.access_status(8)) == ("allowed", "denied")


def test_a_group_that_becomes_a_supergroup_keeps_everything(chats: ChatStore, database: Database) -> None:
    chats.upsert(CLUB, MEMBER)
    chats.set_state(-5, "paused")
    chats.set_access(-5, "allowed", 1, NOW)
    subscribe(database, -5, "AAPL", "MSFT")
    chats.move(-5, NEW_ID)
    assert chats.get(-5) is None
    assert chats.get(NEW_ID) == replace(CLUB, id=NEW_ID, kind="supergroup", state="paused")
    assert chats.members(NEW_ID) == (Member(7, "Ada"),)
    assert (chats.access_status(NEW_ID), chats.access_status(-5)) == ("allowed", "unknown")
    assert (followed(database, NEW_ID), followed(database, -5)) == (["AAPL", "MSFT"], [])


def test_a_supergroup_that_spoke_before_it_was_announced_loses_nothing(chats: ChatStore, database: Database) -> None:
    chats.upsert(CLUB, MEMBER)
    subscribe(database, -5, "AAPL", "MSFT")
    chats.set_access(-5, "allowed", 1, NOW)
    chats.upsert(replace(CLUB, id=NEW_ID, kind="supergroup", timezone="UTC", title="The Club 2"), MEMBER)
    chats.set_access(NEW_ID, "denied", 1, NOW)
    subscribe(database, NEW_ID, "AAPL", "NVDA")
    chats.move(-5, NEW_ID)
    moved = chats.get(NEW_ID)
    assert moved is not None
    assert (moved.timezone, moved.title) == ("America/New_York", "The Club 2")
    assert followed(database, NEW_ID) == ["AAPL", "MSFT", "NVDA"]
    assert (chats.access_status(NEW_ID), chats.access_status(-5)) == ("denied", "unknown")


def test_a_move_that_is_told_twice_or_of_an_unknown_chat_changes_nothing(chats: ChatStore, database: Database) -> None:
    chats.upsert(CLUB, MEMBER)
    subscribe(database, -5, "AAPL")
    for old, new in ((-5, NEW_ID), (-5, NEW_ID), (99, 100), (NEW_ID, NEW_ID)):
        chats.move(old, new)
    assert followed(database, NEW_ID) == ["AAPL"]
    assert chats.get(100) is None


def test_an_export_holds_the_rows_of_every_table(chats: ChatStore, database: Database) -> None:
    for chat in (ADA, CLUB):
        chats.upsert(chat, MEMBER)
        subscribe(database, chat.id, "AAPL")
    chats.set_access(7, "allowed", 1, NOW)
    kept = chats.export(7)
    assert [part.table for part in kept] == ["chats", "access", "follows", "members"]
    assert kept[0].rows[0]["title"] == "Ada"
    assert kept[2] == ExportedTable("follows", ({"chat": 7, "symbol": "AAPL", "picture": "3 bytes"},))
    assert chats.export(99) == ()


def test_forgetting_deletes_the_rows_of_every_table_and_of_nobody_else(chats: ChatStore, database: Database) -> None:
    for chat in (ADA, CLUB):
        chats.upsert(chat, MEMBER)
        subscribe(database, chat.id, "AAPL")
    chats.set_access(7, "denied", 1, NOW)
    chats.forget(7)
    assert [part.table for part in chats.export(7)] == ["access"]
    assert (followed(database, 7), followed(database, -5)) == ([], ["AAPL"])
    assert chats.get(-5) == CLUB
