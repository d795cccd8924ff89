"""What changes while the sender is at work: rows, chats, the database, and the bot that stops and starts."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages.chart_cache import Chart
from bot.push.types import Delivery
from bot.sending.outgoing import OutgoingMessage
from forecasting.errors import StorageError
from tests.factories import NOW, sample_photo
from tests.recorded_telegram import Call
from tests.unit.push.memory_outbox import FAN, Outbox, at_work, memory_outbox, plain


@pytest.fixture
async def box() -> AsyncIterator[Outbox]:
    async with memory_outbox() as made:
        yield made


async def test_who_is_no_longer_served_gets_nothing(box: Outbox) -> None:
    box.unserved = {1}
    box.book([1, 2])
    await box.drain()
    assert box.arrived() == [2]
    assert (box.row().state, box.row().error) == ("failed", "this chat is no longer served")


async def test_what_is_too_old_is_given_up_also_where_it_grows_old_while_it_is_written(box: Outbox) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        box.clock.advance(timedelta(days=1))
        return plain(delivery)

    box.write = write
    box.book([1])
    await box.drain()
    box.book([2])
    await box.drain(timedelta(days=1))
    assert box.arrived() == []
    assert [box.row(number).state for number in (1, 2)] == ["expired", "expired"]


@pytest.mark.parametrize("state", ["failed", "sent", "expired", "sending"])
async def test_what_came_to_an_end_while_it_was_written_is_not_sent(box: Outbox, state: str) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        box.rows.save(replace(delivery, state=state))  # type: ignore[arg-type]  # one of its states
        return plain(delivery)

    box.write = write
    box.book([1])
    await box.drain()
    assert box.arrived() == []
    assert box.row().state == state


async def test_a_number_that_stands_for_something_else_meanwhile_sends_no_others_words(box: Outbox) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        if delivery.symbols == ("AAPL",):
            box.rows.replace(replace(delivery, symbols=("KO",)))
        return plain(delivery)

    box.write = write
    box.book([1])
    await box.drain()
    assert box.telegram.texts() == ["<b>KO</b> 🦊"]


async def test_a_chat_that_is_forgotten_while_its_push_is_written_gets_nothing(box: Outbox) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        box.chats.forget(1)
        box.rows.forget(1)
        return plain(delivery)

    box.write = write
    box.book([1, 2])
    await box.drain()
    assert box.arrived() == [2]


async def test_a_database_that_says_no_stops_the_sender_and_not_silently(box: Outbox) -> None:
    async def breaks(_call: Call) -> None:
        box.rows.trouble = True

    box.book([1, 2])
    box.telegram.meanwhile = breaks
    with pytest.raises(StorageError):
        await box.drain()
    assert box.arrived() == [1], "what cannot be noted is not sent"
    box.rows.trouble, box.telegram.meanwhile = False, None
    assert box.row().state == "sending", "nobody knows whether it arrived: the next start repeats it"


async def test_a_chart_store_that_says_no_stops_the_sender_too(box: Outbox) -> None:
    box.charts.trouble = True
    box.write = lambda _: OutgoingMessage("caption", Chart(FAN, sample_photo))
    box.book([1])
    with pytest.raises(StorageError):
        await box.drain()


async def test_what_is_under_way_when_the_bot_stops_ends_and_is_noted(box: Outbox) -> None:
    box.book([1, 2])
    sending = asyncio.create_task(box.sender.run(box.bot))

    async def stop(_call: Call) -> None:
        sending.cancel()
        await asyncio.sleep(0)

    box.telegram.meanwhile = stop
    await asyncio.wait([sending])
    assert sending.cancelled()
    assert box.arrived() == [1]
    assert [box.row(number).state for number in (1, 2)] == ["sent", "queued"]


async def test_what_was_cut_off_is_sent_again_at_the_start_and_news_at_once(
    box: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    box.book([1])
    box.rows.save(replace(box.row(), state="sending"))
    async with at_work(box) as until_sent:
        await until_sent(1)
        assert "1 deliveries were cut off and are sent again" in caplog.text
        box.book([2])
        box.sender.wake()
        await until_sent(2)
    assert box.arrived() == [1, 2]


async def test_what_may_go_later_goes_then_though_nobody_wakes_the_sender(box: Outbox) -> None:
    box.book([1], not_before=NOW + timedelta(milliseconds=10))
    async with at_work(box) as until_sent:
        for _ in range(3):
            await asyncio.to_thread(box.rows.next_at)  # the sender looks as often, or more, and sends nothing
        assert box.arrived() == []
        box.clock.advance(timedelta(seconds=1))
        await until_sent(1)
