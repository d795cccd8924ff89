"""What every `RetryStore` promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chats.ports import ChatStore, RetryStore
from bot.chats.types import MAX_RETRIES, MAX_RETRIES_OF_CHAT, Chat, Member, Retry
from storage import Stores
from tests.factories import NOW
from tests.memory_chats import MemoryChats, MemoryRetries

MINUTE = timedelta(minutes=1)
RETRY = Retry(7, 1, "AAPL", 5, NOW + MINUTE)


def know(chats: ChatStore, *ids: int) -> None:
    for chat_id in ids:
        chats.upsert(Chat(chat_id, "private", "Ada", "UTC", "active", NOW), Member(7, "Ada"))


@pytest.fixture(params=("memory", "sqlite"))
def retries(request: pytest.FixtureRequest, stores: Stores) -> RetryStore:
    """Chats 7 and 8 are known."""
    memory = MemoryChats()
    for chats in (memory, stores.chats):
        know(chats, 7, 8)
    return MemoryRetries(memory) if request.param == "memory" else stores.retries


def test_what_is_due_comes_in_order_and_stays_until_it_is_dropped(retries: RetryStore) -> None:
    later, sooner = replace(RETRY, message_id=2, at=NOW + 3 * MINUTE), replace(RETRY, chat_id=8, at=NOW)
    assert all(retries.keep(retry) for retry in (RETRY, later, sooner))
    assert retries.due(NOW - MINUTE, 9) == ()
    assert retries.due(NOW + MINUTE, 9) == (sooner, RETRY)
    assert retries.due(NOW + 3 * MINUTE, 2) == (sooner, RETRY)
    retries.drop(sooner)
    retries.drop(sooner)
    assert retries.due(NOW + 3 * MINUTE, 9) == (RETRY, later)
    retries.drop_message(7, 2)
    assert retries.due(NOW + 3 * MINUTE, 9) == (RETRY,)


def test_what_was_asked_takes_no_later_try_of_its_message_along(retries: RetryStore) -> None:
    again = replace(RETRY, at=RETRY.at + MINUTE, tries=1)
    assert retries.keep(RETRY)
    assert retries.keep(again)
    retries.drop(RETRY)
    assert retries.due(again.at, 9) == (again,)
    retries.drop(again)
    assert retries.due(again.at, 9) == ()


def test_a_message_waits_for_one_time_alone(retries: RetryStore) -> None:
    retries.keep(RETRY)
    again = replace(RETRY, name="MSFT", horizon=20, at=NOW + 9 * MINUTE, tries=2)
    assert retries.keep(again)
    assert retries.due(NOW + 9 * MINUTE, 9) == (again,)


def test_a_chat_has_room_for_a_few_and_an_unknown_one_for_none(retries: RetryStore) -> None:
    assert not retries.has_room(9)
    assert not retries.keep(replace(RETRY, chat_id=9))
    for number in range(MAX_RETRIES_OF_CHAT):
        assert retries.has_room(7)
        assert retries.keep(replace(RETRY, message_id=number))
    assert not retries.has_room(7)
    assert not retries.keep(replace(RETRY, message_id=99))
    assert retries.keep(replace(RETRY, message_id=0, tries=1)), "an earlier one makes room for itself"
    assert retries.has_room(8)


def test_all_chats_together_have_a_bound(stores: Stores) -> None:
    chats = range(100, 100 + MAX_RETRIES // MAX_RETRIES_OF_CHAT)
    know(stores.chats, *chats, 99)
    for chat_id in chats:
        for number in range(MAX_RETRIES_OF_CHAT):
            assert stores.retries.keep(replace(RETRY, chat_id=chat_id, message_id=number))
    assert not stores.retries.has_room(99)


def test_a_chats_questions_are_shown_moved_and_forgotten_with_it(stores: Stores) -> None:
    know(stores.chats, -5)
    stores.retries.keep(replace(RETRY, chat_id=-5))
    assert "retries" in {table.table for table in stores.chats.export(-5)}
    stores.chats.move(-5, -1005)
    assert stores.retries.due(NOW + MINUTE, 9) == (replace(RETRY, chat_id=-1005),)
    stores.chats.forget(-1005)
    assert stores.retries.due(NOW + MINUTE, 9) == ()
