"""What the sender stands on: states, pauses, Telegram's errors, cutting long texts, prefetching."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.push import delivery_states
from bot.push.types import Delivery
from bot.sending.outgoing import CAPTION_LENGTH, TEXT_LENGTH, chunks, units
from bot.sending.prefetch import prefetch
from bot.telegram.api_errors import is_bad_message, is_chat_closed, is_topic_gone
from tests.factories import NOW

QUEUED = Delivery(1, "digest", ("AAPL",), date(2024, 7, 3), NOW, NOW + timedelta(days=1), NOW, id=7)


def test_a_delivery_that_goes_well() -> None:
    sending = delivery_states.begun(QUEUED)
    assert (sending.state, sending.attempts) == ("sending", 1)
    sent = delivery_states.delivered(sending, 55, 1, NOW)
    assert (sent.state, sent.message_id, sent.chunks_sent) == ("sent", 55, 1)


def test_a_delivery_in_chunks_waits_for_its_next_chunk_and_keeps_what_was_sent() -> None:
    first = delivery_states.delivered(delivery_states.begun(QUEUED), 55, 2, NOW)
    assert (first.state, first.chunks_sent, first.attempts) == ("queued", 1, 0)
    assert first.not_before > NOW
    assert delivery_states.delivered(delivery_states.begun(first), 56, 2, NOW).state == "sent"


def test_a_delivery_that_is_put_off_failed_or_too_old() -> None:
    later = NOW + timedelta(minutes=3)
    put_off = delivery_states.postponed(delivery_states.begun(QUEUED), later, "Bad Gateway")
    assert (put_off.state, put_off.not_before, put_off.error) == ("queued", later, "Bad Gateway")
    assert delivery_states.begun(put_off).error == ""
    assert delivery_states.failed(QUEUED, "no").state == "failed"
    assert delivery_states.expired(QUEUED) == replace(QUEUED, state="expired")


def test_pauses_double_up_to_five_minutes() -> None:
    seconds = [delivery_states.pause(attempts).total_seconds() for attempts in (1, 2, 3, 8, 9, 500)]
    assert seconds == [2, 4, 8, 256, 300, 300]


@pytest.mark.parametrize(
    ("error", "closed", "topic", "message"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), True, False, False),
        (BadRequest("Bad Request: chat not found"), True, False, False),
        (BadRequest("Not enough rights to send text messages to the chat"), True, False, False),
        (BadRequest("Bad Request: message thread not found"), False, True, False),
        (BadRequest("Bad Request: PHOTO_INVALID_DIMENSIONS"), False, False, True),
        (BadRequest("Not enough rights to send photos to the chat"), False, False, True),
        (NetworkError("Bad Gateway"), False, False, False),
    ],
)
def test_refusals_are_told_apart(error: NetworkError, *, closed: bool, topic: bool, message: bool) -> None:
    assert (is_chat_closed(error), is_topic_gone(error), is_bad_message(error)) == (closed, topic, message)


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=40)


@given(st.lists(words, min_size=1, max_size=300), st.sampled_from([CAPTION_LENGTH, TEXT_LENGTH]))
def test_a_text_is_cut_at_its_lines_and_nothing_is_lost(lines: list[str], first: int) -> None:
    text = "\n".join(f"<b>{line.replace('&', '&amp;').replace('<', '&lt;')}</b>" for line in lines)
    pieces = chunks(text, first)
    assert units(pieces[0]) <= first
    assert all(units(piece) <= TEXT_LENGTH for piece in pieces)
    assert "\n".join(pieces) == text
    assert len(pieces) == 1 or units(text) > first


@given(st.integers(1, 9000))
def test_a_line_without_end_is_cut_anywhere_without_its_tags(length: int) -> None:
    pieces = chunks(f"<b>{'&amp;' * length}</b>", CAPTION_LENGTH)
    assert sum(piece.count("&amp;") for piece in pieces) == length
    assert all(units(piece) <= TEXT_LENGTH for piece in pieces)


async def test_work_is_done_ahead_but_not_too_far() -> None:
    running, most = 0, 0

    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001 * (number % 4))
        running -= 1
        return number

    results = [result async for result in prefetch(work, range(20), 3)]
    assert sorted(results) == list(range(20))
    assert most == 3


async def test_work_ahead_is_stopped_with_whoever_waited_for_it() -> None:
    stopped = []

    async def work(number: int) -> int:
        try:
            await asyncio.sleep(0 if number == 0 else 3600)
        except asyncio.CancelledError:
            stopped.append(number)
            raise
        return number

    results = prefetch(work, range(4), 4)
    assert await anext(results) == 0
    await results.aclose()
    await asyncio.sleep(0)
    assert sorted(stopped) == [1, 2, 3]


async def at_once(item: int) -> int:
    return item


async def test_what_is_ready_at_once_comes_in_order() -> None:
    assert [result async for result in prefetch(at_once, range(40), 6)] == list(range(40))
