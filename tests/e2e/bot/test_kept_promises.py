"""“Next try at 14:05” is kept: the question is asked again then, and its message holds the answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chats.types import MAX_RETRIES_OF_CHAT, Chat, Member, Retry
from bot.handlers.retries import MAX_TRIES
from bot.localchat import ADA, LocalChat
from forecasting.errors import RateLimited, UnknownSymbol
from tests.e2e.bot.sources import FailingSource, HangingSource
from tests.e2e.bot.stage import Stage, playing, price_folder, settings_for, stage
from tests.factories import NOW, price_history
from tests.waiting import PATIENCE_S, until

FOUR_MINUTES = timedelta(minutes=4)


@pytest.fixture
def yahoo() -> FailingSource:
    return FailingSource(price_history("AAPL"))


@pytest.fixture
async def troubled(tmp_path: Path, yahoo: FailingSource) -> AsyncIterator[Stage]:
    async with stage(tmp_path, sources=(yahoo,)) as running:
        running.app.services.chats.upsert(Chat(ADA.id, "private", "Ada", "UTC", "active", NOW), Member(ADA.id, "Ada"))
        yield running


async def kept(running: Stage, count: int = 1) -> None:
    """So many questions are going to be asked again."""
    retries = running.app.services.retries
    await until(lambda: len(retries.due(NOW + timedelta(days=9), 99)) == count)


async def at_the_next_try(running: Stage) -> None:
    """The clock reaches the time that the source named, and the scheduler looks."""
    running.clock.advance(timedelta(minutes=40))
    await running.app.scheduler.ask_due()


async def test_a_first_answer_comes_at_the_time_that_was_named(troubled: Stage, yahoo: FailingSource) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
    told = await troubled.ask("/predict AAPL 10")
    assert "Yahoo is limiting us. Next try in 4 min (3 Jul 21:34 UTC); the answer will be here." in told.text
    await kept(troubled)
    yahoo.trouble = None
    troubled.clock.advance(FOUR_MINUTES - timedelta(seconds=1))
    await troubled.app.scheduler.ask_due()
    assert not troubled.now(told).photo
    troubled.clock.advance(timedelta(seconds=1))
    await troubled.app.scheduler.ask_due()
    answered = troubled.now(told)
    assert answered.photo
    assert "In 10 sessions" in answered.text
    assert "Its own model" not in answered.text


async def test_a_forecast_on_older_prices_becomes_one_on_newer_ones(troubled: Stage, yahoo: FailingSource) -> None:
    await troubled.ask("/predict AAPL")
    troubled.clock.advance(timedelta(days=2))
    yahoo.trouble = RateLimited("Yahoo", troubled.clock() + FOUR_MINUTES)
    told = await troubled.ask("/predict AAPL")
    assert "Next try at 5 Jul 21:34 UTC." in told.text
    await kept(troubled)
    yahoo.trouble = None
    await at_the_next_try(troubled)
    assert "limiting us" not in troubled.now(told).text


async def test_after_a_few_tries_it_is_given_up_in_words(troubled: Stage, yahoo: FailingSource) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
    told = await troubled.ask("/predict AAPL")
    for _ in range(MAX_TRIES - 1):
        await kept(troubled)
        await at_the_next_try(troubled)
        assert "; the answer will be here." in troubled.now(told).text
    await at_the_next_try(troubled)
    assert "I have stopped trying; ask again later with /predict AAPL." in troubled.now(told).text
    yahoo.trouble = None
    await at_the_next_try(troubled)
    assert not troubled.now(told).photo


async def test_where_nothing_can_be_kept_nothing_is_promised(troubled: Stage, yahoo: FailingSource) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
    for number in range(MAX_RETRIES_OF_CHAT):
        troubled.app.services.retries.keep(Retry(ADA.id, number, "AAPL", 5, NOW + FOUR_MINUTES))
    assert (await troubled.ask("/predict AAPL")).text == "Yahoo is limiting us. Try again in 4 min (3 Jul 21:34 UTC)."
    assert "Next try" not in (await troubled.ask("/evaluate AAPL")).text


async def test_a_deleted_message_and_a_chat_without_access_are_let_go(troubled: Stage, yahoo: FailingSource) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
    deleted = await troubled.ask("/predict AAPL")
    denied = await troubled.ask("/predict AAPL")
    await kept(troubled, 2)
    del troubled.chat.state.chat(ADA.id).messages[deleted.message_id]
    yahoo.trouble = None
    troubled.app.services.chats.set_access(ADA.id, "denied", ADA.id, NOW)
    await at_the_next_try(troubled)
    assert "Next try" in troubled.now(denied).text
    troubled.app.services.chats.set_access(ADA.id, "allowed", ADA.id, NOW)
    assert troubled.app.services.retries.due(troubled.clock(), 9) == ()


async def test_a_deleted_message_alone_is_let_go(troubled: Stage, yahoo: FailingSource) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
    deleted = await troubled.ask("/predict AAPL")
    await kept(troubled)
    del troubled.chat.state.chat(ADA.id).messages[deleted.message_id]
    yahoo.trouble = None
    await at_the_next_try(troubled)
    assert troubled.app.services.retries.due(troubled.clock(), 9) == ()


async def test_a_restart_keeps_the_promise(tmp_path: Path, yahoo: FailingSource) -> None:
    price_folder(tmp_path / "prices")
    async with LocalChat((ADA,), ()) as chat:
        settings = settings_for(chat, tmp_path)
        yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
        async with playing(chat, settings, (yahoo,)) as first:
            told = await first.ask("/predict AAPL")
            assert "the answer will be here" in told.text
            await kept(first)
        yahoo.trouble = None
        async with playing(chat, settings, (yahoo,)) as second:
            await at_the_next_try(second)
            assert second.now(told).photo


async def test_a_bot_that_is_stopped_while_it_asks_again_keeps_the_promise(tmp_path: Path) -> None:
    price_folder(tmp_path / "prices")
    yahoo = HangingSource("AAPL", price_history("AAPL"), name="yahoo")
    async with LocalChat((ADA,), ()) as chat:
        settings = settings_for(chat, tmp_path)
        yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
        async with playing(chat, settings, (yahoo,)) as first:
            told = await first.ask("/predict AAPL")
            await kept(first)
            yahoo.trouble = None
            asking = asyncio.create_task(at_the_next_try(first))
            assert await asyncio.to_thread(yahoo.asked.wait, PATIENCE_S)
            asking.cancel()
            await asyncio.wait([asking])
            yahoo.release.set()
            await until(lambda: first.app.services.prices.fresh("AAPL") is not None)
        async with playing(chat, settings, (yahoo,)) as second:
            await at_the_next_try(second)
            assert second.now(told).photo


async def test_a_question_that_fails_in_an_unforeseen_way_holds_up_no_other(
    troubled: Stage, yahoo: FailingSource, caplog: pytest.LogCaptureFixture
) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + FOUR_MINUTES)
    await troubled.ask("/predict BUG")
    told = await troubled.ask("/predict AAPL")
    await kept(troubled, 2)
    yahoo.trouble, yahoo.bug = None, "BUG"
    await at_the_next_try(troubled)
    assert troubled.now(told).photo
    await kept(troubled, 1)
    assert "is a bug" in caplog.text


async def test_where_a_chart_becomes_words_they_stand_below_it(troubled: Stage, yahoo: FailingSource) -> None:
    await troubled.ask("/predict AAPL")
    troubled.clock.advance(timedelta(days=2))
    yahoo.trouble = RateLimited("Yahoo", troubled.clock() + FOUR_MINUTES)
    told = await troubled.ask("/predict AAPL")
    await kept(troubled)
    troubled.clock.advance(timedelta(days=20))
    yahoo.trouble = UnknownSymbol("AAPL")
    await at_the_next_try(troubled)
    assert "no longer traded" in troubled.now(told).text


async def test_a_day_that_passes_meanwhile_is_told_below_the_chart_and_a_press_breaks_no_promise(
    troubled: Stage, yahoo: FailingSource
) -> None:
    await troubled.ask("/predict AAPL")
    troubled.clock.advance(timedelta(days=2, hours=6))
    yahoo.trouble = RateLimited("Yahoo", troubled.clock() + timedelta(hours=6))
    told = await troubled.ask("/predict AAPL 1")
    assert "Next try at 6 Jul 09:30 UTC." in told.text
    await kept(troubled)
    troubled.clock.advance(timedelta(hours=5))
    await troubled.press(told, "Refresh")  # there is no fan any more
    assert "Next try at 6 Jul 09:30 UTC." in troubled.now(told).text
    await kept(troubled)
    troubled.clock.advance(timedelta(hours=2))
    await troubled.app.scheduler.ask_due()
    assert "the session after it has passed. Next try in " in troubled.now(told).text
    await kept(troubled)
