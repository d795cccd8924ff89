"""What the sender makes of each answer of Telegram's: nothing is lost or doubled, the others are on time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from telegram.error import NetworkError, TimedOut

from bot.chats.types import Chat, Member
from tests.factories import NOW
from tests.recorded_telegram import BLOCKED, SERVER_ERROR, Answer, Call, flood, migrated, refusal
from tests.unit.push.memory_outbox import Outbox, memory_outbox

GROUP, SUPERGROUP = -400, -100400


@pytest.fixture
async def box() -> AsyncIterator[Outbox]:
    async with memory_outbox() as made:
        yield made


async def test_what_waits_goes_out_oldest_first_one_at_a_time(box: Outbox) -> None:
    under_way: list[int] = []
    most: list[int] = []

    async def watch(call: Call) -> None:
        under_way.append(call.parameters["chat_id"])
        most.append(len(under_way))
        await asyncio.sleep(0)
        under_way.remove(call.parameters["chat_id"])

    box.book([3], not_before=NOW - timedelta(seconds=2))
    box.book([1, 2])
    box.telegram.meanwhile = watch
    await box.drain()
    assert sorted(box.arrived()) == [1, 2, 3]
    assert set(most) == {1}
    assert [box.row(number).state for number in (1, 2, 3)] == ["sent"] * 3
    assert box.row().message_id == 100
    assert box.telegram.texts()[0] == "<b>AAPL</b> 🦊"
    await box.drain()
    assert len(box.arrived()) == 3


async def test_an_empty_ledger_is_no_trouble(box: Outbox) -> None:
    await box.drain()
    assert box.telegram.calls == []


async def test_who_blocked_the_bot_is_asked_once_and_closed(box: Outbox) -> None:
    box.book([1])
    box.book([1, 2], "KO")
    box.telegram.plan("sendMessage", BLOCKED)
    await box.drain()
    assert box.arrived() == [1, 2]
    assert getattr(box.chats.get(1), "state", "") == "blocked"
    assert [(box.row(number).state, box.row(number).error) for number in (1, 2)] == [
        ("failed", "Forbidden: bot was blocked by the user")
    ] * 2


@pytest.mark.parametrize(
    "words", ["Bad Request: chat not found", "Bad Request: not enough rights to send text messages to the chat"]
)
async def test_a_chat_that_is_gone_or_muted_is_closed_too(box: Outbox, words: str) -> None:
    box.book([1])
    box.telegram.plan("sendMessage", refusal(400, words))
    await box.drain()
    assert box.row().state == "failed"
    assert getattr(box.chats.get(1), "state", "") == "blocked"


async def test_one_chat_told_to_wait_waits_alone_and_so_long(box: Outbox) -> None:
    box.book([1, 2])
    box.telegram.plan("sendMessage", flood(5))
    await box.drain()
    assert box.arrived() == [1, 2]
    assert box.row().not_before == NOW + timedelta(seconds=5.1)
    await box.drain(timedelta(seconds=5))
    assert box.arrived() == [1, 2]
    await box.drain(timedelta(seconds=0.2))
    assert box.arrived() == [1, 2, 1]
    assert box.row().state == "sent"


@pytest.mark.parametrize("trouble", [SERVER_ERROR, TimedOut(), NetworkError("down"), ConnectionError()])
async def test_a_broken_connection_is_tried_again_after_twice_as_long_each_time(
    box: Outbox, trouble: Answer | Exception
) -> None:
    box.book([1])
    box.telegram.plan("sendMessage", trouble, trouble, trouble)
    for pause_s in (2, 4, 8):
        await box.drain()
        assert box.row().not_before - box.clock() == timedelta(seconds=pause_s)
        assert (box.row().state, box.row().error == "") == ("queued", False)
        await box.drain(timedelta(seconds=pause_s))
    assert box.row().state == "sent"
    assert (box.row().attempts, box.row().error) == (4, "")


async def test_a_message_that_telegram_does_not_understand_fails_alone(
    box: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    box.book([1, 2])
    box.telegram.plan("sendMessage", refusal(400, "Bad Request: can't parse entities"))
    await box.drain()
    assert [box.row(number).state for number in (1, 2)] == ["failed", "sent"]
    assert getattr(box.chats.get(1), "state", "") == "active"
    assert "delivery 1 was refused" in caplog.text


async def test_a_closed_topic_sends_it_to_the_group_itself_and_without_one_it_fails(box: Outbox) -> None:
    closed = refusal(400, "Bad Request: message thread not found")
    box.book([GROUP], topic=9)
    box.telegram.plan("sendMessage", closed)
    await box.drain()
    first, second = box.telegram.of("sendMessage")
    assert (first.parameters["message_thread_id"], "message_thread_id" in second.parameters) == (9, False)
    assert box.row().state == "sent"
    box.book([1])
    box.telegram.plan("sendMessage", closed)
    await box.drain()
    assert (box.row(2).state, box.row(2).not_before) == ("queued", NOW + timedelta(seconds=2))


async def test_a_group_that_moved_gets_everything_where_it_is_now(box: Outbox) -> None:
    box.book([GROUP])
    box.book([GROUP], "KO")
    box.telegram.plan("sendMessage", migrated(SUPERGROUP))
    await box.drain()
    assert box.arrived() == [GROUP, SUPERGROUP, SUPERGROUP]
    assert [(box.row(number).chat_id, box.row(number).state) for number in (1, 2)] == [(SUPERGROUP, "sent")] * 2
    assert box.chats.moves == 1


async def test_a_move_that_takes_the_row_away_is_the_end_of_it(box: Outbox) -> None:
    """Both chats had the same push: the one of the new chat is kept."""
    box.book([GROUP])
    box.telegram.plan("sendMessage", migrated(SUPERGROUP))
    box.chats.upsert(Chat(SUPERGROUP, "supergroup", "", "UTC", "active", NOW), Member(1, "Somebody"))
    box.book([SUPERGROUP])
    box.rows.save(replace(box.row(2), state="sent"))
    await box.drain()
    assert box.rows.get(1) is None
    assert box.arrived() == [GROUP]
