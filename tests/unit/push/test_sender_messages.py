"""What the sender makes of posts: such that wait, that cannot be written or drawn, that are refused or too long."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NoReturn

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages.chart_cache import Chart
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage
from tests.factories import NOW, sample_photo
from tests.recorded_telegram import BLOCKED, SERVER_ERROR, Answer, refusal
from tests.unit.push.memory_outbox import FAN, Outbox, memory_outbox, plain

LONG = "\n".join(f"<b>line {number}</b> &amp; “words” 🦊" for number in range(300))
BAD_PHOTO = refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")


@pytest.fixture
async def box() -> AsyncIterator[Outbox]:
    async with memory_outbox() as made:
        yield made


async def test_a_push_that_waits_for_its_prices_is_written_again_later(box: Outbox) -> None:
    later = NOW + timedelta(minutes=5)
    box.write = lambda delivery: plain(delivery) if box.clock() >= later else Deferred(later, "no prices yet")
    box.book([1])
    await box.drain()
    assert (box.row().not_before, box.row().error, box.row().attempts) == (later, "no prices yet", 0)
    await box.drain(timedelta(minutes=5))
    assert box.row().state == "sent"


async def test_what_cannot_be_written_is_tried_again_and_stops_nobody(
    box: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        if delivery.chat_id == 1 and box.clock() == NOW:
            raise ZeroDivisionError
        return plain(delivery)

    box.write = write
    box.book([1, 2])
    await box.drain()
    assert box.arrived() == [2]
    assert (box.row().error, box.row().attempts) == ("it could not be written", 1)
    assert "delivery 1 could not be written" in caplog.text
    await box.drain(timedelta(seconds=2))
    assert box.arrived() == [2, 1]


class Unreadable(InlineKeyboardButton):
    """A button that cannot be written down."""

    def to_dict(self, recursive: bool = True) -> NoReturn:  # noqa: FBT001, FBT002 - python-telegram-bot's own signature
        del recursive
        raise ZeroDivisionError


async def test_an_error_of_our_own_while_sending_stops_nobody(box: Outbox) -> None:
    broken = InlineKeyboardMarkup([[Unreadable("A", callback_data="a")]])
    box.write = lambda delivery: OutgoingMessage("fine", keyboard=broken if delivery.chat_id == 1 else None)
    box.book([1, 2])
    await box.drain()
    assert box.arrived() == [2]
    assert (box.row().state, box.row().error) == ("queued", "it could not be sent")
    assert box.row().not_before == NOW + timedelta(seconds=2)


async def test_a_picture_goes_up_once_and_then_by_its_id(box: Outbox) -> None:
    box.write = lambda _: OutgoingMessage("caption", Chart(FAN, sample_photo))
    box.book([1, 2])
    await box.drain()
    first, second = box.telegram.of("sendPhoto")
    assert len(first.files) == 1
    assert second.parameters["photo"] == "photo-100"
    assert {first.text, second.text} == {"caption"}


@pytest.mark.parametrize("id_is_known", [False, True])
async def test_a_picture_that_is_refused_leaves_the_words(box: Outbox, id_is_known: bool) -> None:  # noqa: FBT001
    if id_is_known:
        box.charts.keep(FAN, "stale")
        box.telegram.plan("sendPhoto", refusal(400, "Bad Request: wrong file identifier/HTTP URL specified"))
    box.telegram.plan("sendPhoto", BAD_PHOTO)
    box.write = lambda _: OutgoingMessage("the words", Chart(FAN, sample_photo))
    box.book([1])
    await box.drain()
    assert box.telegram.texts() == ["the words"]
    assert len(box.telegram.of("sendPhoto")) == 1 + id_is_known
    assert box.charts.find(FAN) is None
    assert box.row().state == "sent"


async def test_a_chart_that_cannot_be_drawn_leaves_the_words(box: Outbox, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError

    box.write = lambda _: OutgoingMessage("the words", Chart(FAN, broken))
    box.book([1])
    await box.drain()
    assert (box.telegram.texts(), box.arrived("sendPhoto")) == (["the words"], [])
    assert "the chart of AAPL could not be drawn" in caplog.text


async def test_a_refusal_that_is_not_about_the_picture_is_no_reason_for_words(box: Outbox) -> None:
    box.write = lambda _: OutgoingMessage("the words", Chart(FAN, sample_photo))
    box.telegram.plan("sendPhoto", BLOCKED)
    box.book([1])
    await box.drain()
    assert box.telegram.texts() == []
    assert box.row().state == "failed"


async def test_a_long_text_goes_in_parts_of_which_each_is_sent_once(box: Outbox) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="a")]])
    box.write = lambda _: OutgoingMessage(LONG, keyboard=keyboard)
    box.book([1])
    box.telegram.plan("sendMessage", Answer(200, {"ok": True, "result": _message(1)}), SERVER_ERROR)
    await box.drain()
    assert (box.row().chunks_sent, box.row().state) == (1, "queued")
    for _ in range(6):
        await box.drain(timedelta(seconds=3))
    assert box.row().state == "sent"
    said = box.telegram.texts()
    assert "\n".join([said[0], *said[2:]]) == LONG
    with_buttons = ["reply_markup" in call.parameters for call in box.telegram.of("sendMessage")]
    assert with_buttons == [False, True, True], "the last part has them, also where it is tried again"


def _message(number: int) -> dict[str, object]:
    return {"message_id": number, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "part"}
