"""The queue of updates: order, confirmation, kinds, and who is served."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.api_error import ApiError
from bot.localchat.updates import FIRST_UPDATE_ID, KEPT_UPDATES, Updates, Webhook
from tests.patience import PATIENCE_S
from tests.unit.localchat.worlds import call, world


def filled(count: int) -> Updates:
    updates = Updates()
    for number in range(count):
        updates.add("message", {"number": number})
    return updates


def numbers(updates: Updates) -> list[int]:
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
    updates = Updates()
    updates.add("chat_member", {})
    assert len(updates) == 0
    updates.allowed = ("chat_member",)
    updates.add("chat_member", {})
    updates.add("message", {})
    assert len(updates) == 1


def test_the_queue_is_bounded() -> None:
    updates = filled(KEPT_UPDATES + 5)
    assert len(updates) == KEPT_UPDATES
    assert numbers(updates)[0] == 5


async def test_a_poll_returns_as_soon_as_something_comes() -> None:
    updates = Updates()
    poll = asyncio.create_task(updates.wait_alone())
    await asyncio.sleep(0)
    updates.add("message", {})
    await asyncio.wait_for(poll, PATIENCE_S)


async def test_a_second_poll_ends_the_first_with_409() -> None:
    updates = Updates()
    first = asyncio.create_task(updates.wait_alone())
    await asyncio.sleep(0)
    second = asyncio.create_task(updates.wait_alone())
    with pytest.raises(ApiError, match="terminated by other getUpdates request") as refused:
        await asyncio.wait_for(first, PATIENCE_S)
    assert refused.value.code == 409
    updates.add("message", {})
    await asyncio.wait_for(second, PATIENCE_S)


async def test_polling_beside_a_webhook_is_a_conflict() -> None:
    stage = world()
    stage.updates.use(Webhook("http://127.0.0.1:1/"))
    with pytest.raises(ApiError, match="can't use getUpdates") as refused:
        await call(stage, "getUpdates", {})
    assert refused.value.code == 409


async def test_a_poll_without_a_timeout_answers_at_once() -> None:
    assert list(await call(world(), "getUpdates", {"limit": 5})) == []
