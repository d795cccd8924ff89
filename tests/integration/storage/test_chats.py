"""Chats, what admins said about them, and that moving, exporting and forgetting takes everything along."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlite_utils
from storage.migrations import Migrations

from bot.chats.types import Chat, ChatState, ExportedTable, Member
from forecasting.errors import StorageError
from storage.chats import ChatStore
from storage.database import Database
from tests.factories import NOW

ADA = Chat(7, "private", "Ada", "Europe/Berlin", "active", NOW)
CLUB = Chat(-5, "group", "The Club", "America/New_York", "active", NOW)
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
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "fanchart.db") as made:
        made.migrate(SOMEBODY_ELSES)
        yield made


@pytest.fixture
def chats(database: Database) -> ChatStore:
    return ChatStore(database)


def follow(database: Database, chat: int, *symbols: str) -> None:
    database.insert("follows", [{"chat": chat, "symbol": symbol, "picture": b"123"} for symbol in symbols])


def followed(database: Database, chat: int) -> list[str]:
    rows = database.rows("select symbol from follows where chat = ? order by symbol", [chat])
    return [row["symbol"] for row in rows]


def test_a_chat_that_spoke_is_known(chats: ChatStore) -> None:
    assert chats.remember(ADA) == ADA
    assert chats.get(7) == ADA
    assert chats.get(8) is None


def test_a_known_chat_keeps_its_settings_and_renews_its_title(chats: ChatStore) -> None:
    chats.remember(CLUB)
    chats.set_timezone(-5, "Asia/Tokyo")
    chats.set_state(-5, "paused")
    again = replace(CLUB, title="The Old Club", created_at=NOW + timedelta(days=1))
    expected = replace(CLUB, title="The Old Club", timezone="Asia/Tokyo", state="paused")
    assert chats.remember(again) == expected
    assert chats.get(-5) == expected


@pytest.mark.parametrize("state", ["active", "paused", "blocked"])
def test_a_chat_has_one_of_three_states(chats: ChatStore, state: ChatState) -> None:
    chats.remember(ADA)
    chats.set_state(7, state)
    assert chats.get(7) == replace(ADA, state=state)


def test_members_are_kept_once_with_their_newest_name(chats: ChatStore) -> None:
    chats.remember(CLUB)
    for member in (Member(9, "Bob"), Member(7, "Ada"), Member(9, "Robert")):
        chats.join(-5, member)
    assert chats.members(-5) == (Member(7, "Ada"), Member(9, "Robert"))
    assert chats.memberships(9) == (-5,)


def test_a_chat_may_be_forgotten_while_somebody_speaks_in_it(chats: ChatStore) -> None:
    def speak() -> None:
        for number in range(200):
            chats.meet(CLUB, Member(7, f"Ada {number}"))

    with ThreadPoolExecutor(1) as somebody:
        speaking = somebody.submit(speak)
        while not speaking.done():
            chats.forget(-5)
    speaking.result()


def test_nobody_joins_an_unknown_chat(chats: ChatStore) -> None:
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        chats.join(-5, Member(7, "Ada"))


def test_a_person_can_be_forgotten_in_every_chat(chats: ChatStore) -> None:
    chats.remember(CLUB)
    for member in (Member(7, "Ada"), Member(9, "Bob")):
        chats.join(-5, member)
    chats.forget_member(7)
    assert chats.members(-5) == (Member(9, "Bob"),)


def test_what_admins_say_counts_also_before_a_chat_has_spoken(chats: ChatStore) -> None:
    assert chats.standing(7) == "unknown"
    chats.write(7, "allowed", 1, NOW)
    chats.write(8, "allowed", 1, NOW)
    chats.write(8, "denied", 1, NOW)
    assert (chats.standing(7), chats.standing(8)) == ("allowed", "denied")


def test_a_group_that_becomes_a_supergroup_keeps_everything(chats: ChatStore, database: Database) -> None:
    chats.remember(CLUB)
    chats.set_state(-5, "paused")
    chats.join(-5, Member(7, "Ada"))
    chats.write(-5, "allowed", 1, NOW)
    follow(database, -5, "AAPL", "MSFT")
    chats.move(-5, NEW_ID)
    assert chats.get(-5) is None
    assert chats.get(NEW_ID) == replace(CLUB, id=NEW_ID, kind="supergroup", state="paused")
    assert chats.members(NEW_ID) == (Member(7, "Ada"),)
    assert (chats.standing(NEW_ID), chats.standing(-5)) == ("allowed", "unknown")
    assert (followed(database, NEW_ID), followed(database, -5)) == (["AAPL", "MSFT"], [])


def test_a_supergroup_that_spoke_before_it_was_announced_loses_nothing(chats: ChatStore, database: Database) -> None:
    chats.remember(CLUB)
    follow(database, -5, "AAPL", "MSFT")
    chats.write(-5, "allowed", 1, NOW)
    chats.remember(replace(CLUB, id=NEW_ID, kind="supergroup", timezone="UTC", title="The Club 2"))
    chats.write(NEW_ID, "denied", 1, NOW)
    follow(database, NEW_ID, "AAPL", "NVDA")
    chats.move(-5, NEW_ID)
    moved = chats.get(NEW_ID)
    assert moved is not None
    assert (moved.timezone, moved.title) == ("America/New_York", "The Club 2")
    assert followed(database, NEW_ID) == ["AAPL", "MSFT", "NVDA"]
    assert (chats.standing(NEW_ID), chats.standing(-5)) == ("denied", "unknown")


def test_a_move_that_is_told_twice_or_of_an_unknown_chat_changes_nothing(chats: ChatStore, database: Database) -> None:
    chats.remember(CLUB)
    follow(database, -5, "AAPL")
    for old, new in ((-5, NEW_ID), (-5, NEW_ID), (99, 100), (NEW_ID, NEW_ID)):
        chats.move(old, new)
    assert followed(database, NEW_ID) == ["AAPL"]
    assert chats.get(100) is None


def test_an_export_holds_the_rows_of_every_table(chats: ChatStore, database: Database) -> None:
    for chat in (ADA, CLUB):
        chats.remember(chat)
        follow(database, chat.id, "AAPL")
    chats.write(7, "allowed", 1, NOW)
    kept = chats.export(7)
    assert [part.table for part in kept] == ["chats", "standings", "follows"]
    assert kept[0].rows[0]["title"] == "Ada"
    assert kept[2] == ExportedTable("follows", ({"chat": 7, "symbol": "AAPL", "picture": "3 bytes"},))
    assert chats.export(99) == ()


def test_forgetting_deletes_the_rows_of_every_table_and_of_nobody_else(chats: ChatStore, database: Database) -> None:
    for chat in (ADA, CLUB):
        chats.remember(chat)
        chats.join(chat.id, Member(7, "Ada"))
        follow(database, chat.id, "AAPL")
    chats.write(7, "denied", 1, NOW)
    chats.forget(7)
    assert [part.table for part in chats.export(7)] == ["standings"]
    assert (followed(database, 7), followed(database, -5)) == ([], ["AAPL"])
    assert chats.get(-5) == CLUB
