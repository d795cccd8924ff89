"""The queue of updates: order, confirmation, kinds, and who is served."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.update_queue import FIRST_UPDATE_ID, MAX_UPDATES, UpdateQueue, Webhook
from tests.unit.localchat.server_states import call, new_server_state
from tests.waiting import PATIENCE_S


def filled(count: int) -> UpdateQueue:
    updates = UpdateQueue()
    for number in range(count):
        updates.add("message", {"number": number})
    return updates


def numbers(updates: UpdateQueue) -> list[int]:
    return [update["message"]["number"] for update in updates.first(100)]


@given(st.integers(0, 30), st.integers(-40, 40))
def test_an_offset_forgets_what_is_below_it(count: int, step: int) -> None:
    updates = filled(count)
    updates.confirm_before(FIRST_UPDATE_ID + step if step > 0 else step)
    assert numbers(updates) == (list(range(count))[step:] if step else list(range(count)))


def test_updates_stay_until_they_are_confirmed() -> None:
    updates = filled(3)
    assert numbers(updates) == numbers(updates) == [0, 1, 2]
    assert len(updates.first(2)) == 2


def test_only_allowed_kinds_are_queued() -> None:
    updates = UpdateQueue()
    updates.add("chat_member", {})
    assert len(updates) == 0
    updates.allowed = ("chat_member",)
    updates.add("chat_member", {})
    updates.add("message", {})
    assert len(updates) == 1


def test_the_queue_is_bounded() -> None:
    updates = filled(MAX_UPDATES + 5)
    assert len(updates) == MAX_UPDATES
    assert numbers(updates)[0] == 5


async def test_a_poll_returns_as_soon_as_something_comes() -> None:
    updates = UpdateQueue()
    poll = asyncio.create_task(updates.wait_for_poll())
    await asyncio.sleep(0)
    updates.add("message", {})
    await asyncio.wait_for(poll, PATIENCE_S)


async def test_a_second_poll_ends_the_first_with_409() -> None:
    updates = UpdateQueue()
    first = asyncio.create_task(updates.wait_for_poll())
    await asyncio.sleep(0)
    second = asyncio.create_task(updates.wait_for_poll())
    with pytest.raises(ApiError, match="terminated by other getUpdates request") as refused:
        await asyncio.wait_for(first, PATIENCE_S)
    assert refused.value.code == 409
    updates.add("message", {})
    await asyncio.wait_for(second, PATIENCE_S)


async def test_polling_beside_a_webhook_is_a_conflict() -> None:
    state = new_server_state()
    state.updates.set_webhook(Webhook("http://127.0.0.1:1/"))
    with pytest.raises(ApiError, match="can't use getUpdates") as refused:
        await call(state, "getUpdates", {})
    assert refused.value.code == 409


async def test_a_poll_without_a_timeout_answers_at_once() -> None:
    assert list(await call(new_server_state(), "getUpdates", {"limit": 5})) == []
