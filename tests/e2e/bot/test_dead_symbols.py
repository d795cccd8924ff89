"""A symbol that is no longer traded: its new name, no forecast, no new subscription, and silence after one word."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecasting.errors import RateLimited, UnknownSymbol
from forecasting.types.bars import SymbolMatch
from tests.e2e.bot.sources import FailingSource
from tests.e2e.bot.stage import Stage, stage
from tests.factories import price_history
from tests.waiting import until

FRIDAY = datetime(2024, 7, 12, 20, 31, tzinfo=UTC)
"""Six sessions after the last price."""
GONE = "FB (FB Inc.) is no longer traded at Yahoo. Its last price is $57.29 of 3 Jul 2024. Was it renamed?"


@pytest.fixture
def yahoo() -> FailingSource:
    return FailingSource(price_history("FB"))


@pytest.fixture
async def here(tmp_path: Path, yahoo: FailingSource) -> AsyncIterator[Stage]:
    async with stage(tmp_path, sources=(yahoo,)) as running:
        yield running


def rename(yahoo: FailingSource) -> None:
    """Yahoo forgets the symbol, and knows the company by another."""
    yahoo.trouble = UnknownSymbol("FB")
    yahoo.matches = (SymbolMatch("META", "FB Inc."),)


async def push(here: Stage, at: datetime) -> None:
    here.clock.now = at
    await here.app.scheduler.book_digests()
    await here.app.scheduler.book_alerts()


async def test_a_renamed_symbol_is_not_forecast_and_its_new_name_is_offered(here: Stage, yahoo: FailingSource) -> None:
    await here.ask("/predict FB")
    rename(yahoo)
    here.clock.now = FRIDAY
    answer = await here.ask("/predict FB")
    assert (answer.text, answer.photo) == (GONE, None)
    assert [button.text for button in answer.buttons] == ["META · FB Inc."]
    assert (await here.ask("/subscribe FB")).text == GONE
    assert (await here.ask("/subscriptions")).text.startswith("Nothing is sent")


async def test_its_subscription_and_its_alerts_are_paused_and_that_is_told_once(
    here: Stage, yahoo: FailingSource
) -> None:
    await here.ask("/subscribe FB")
    await here.ask("/alert FB 80%")
    rename(yahoo)
    await push(here, FRIDAY)
    told = [(await here.next()).text, (await here.next()).text]
    assert any(GONE in text and "Its subscription is paused" in text for text in told)
    assert any("FB is no longer traded; its last close was $57.29. Its alerts here are paused" in text for text in told)
    await push(here, FRIDAY + timedelta(days=3))
    assert "FB paused: no longer traded" in (await here.ask("/subscriptions")).text
    assert "paused: no longer traded" in (await here.ask("/alerts")).text


async def test_after_a_halt_of_some_days_there_is_only_the_fan_that_reaches_ahead(here: Stage) -> None:
    await here.ask("/predict FB")
    here.clock.now = FRIDAY
    answer = await here.ask("/predict FB")  # Yahoo knows it, and has nothing newer
    assert not answer.photo
    assert answer.text == (
        "The newest price of FB (FB Inc.) is $57.29 of 3 Jul 2024. Nothing newer came from Yahoo, and 5 sessions after "
        "it have passed. I can still look further ahead: /predict FB 20"
    )
    assert (await here.ask("/subscribe FB")).text == answer.text
    further = await here.ask("/predict FB 20")
    assert further.photo
    assert "The newest price of FB is of 3 Jul 2024." in further.text


async def test_a_day_that_has_passed_is_not_forecast_and_the_new_name_is_offered(
    here: Stage, yahoo: FailingSource
) -> None:
    await here.ask("/predict FB")
    rename(yahoo)
    here.clock.now = FRIDAY - timedelta(days=3)  # three sessions later: it may be a halt
    answer = await here.ask("/predict FB 2")
    assert answer.text.startswith("No price source knows FB. The newest price of FB (FB Inc.) is $57.29 of 3 Jul 2024.")
    assert answer.text.endswith("2 sessions after it have passed. Was it renamed?")
    assert [button.text for button in answer.buttons] == ["META · FB Inc."]
    assert (await here.ask("/predict FB")).photo


async def test_where_yahoo_is_limiting_us_the_answer_comes_later(here: Stage, yahoo: FailingSource) -> None:
    await here.ask("/predict FB")
    here.clock.now = FRIDAY
    yahoo.trouble = RateLimited("Yahoo", FRIDAY + timedelta(minutes=4))
    told = await here.ask("/predict FB")
    assert told.text.startswith("Yahoo is limiting us. The newest price of FB (FB Inc.) is $57.29 of 3 Jul 2024.")
    assert told.text.endswith("Next try in 4 min (12 Jul 20:35 UTC); the answer will be here.")
    await until(lambda: here.app.services.retries.due(FRIDAY + timedelta(days=1), 9))
    yahoo.trouble = None
    yahoo.become(price_history("FB", last=FRIDAY.date()))
    here.clock.advance(timedelta(minutes=5))
    await here.app.scheduler.ask_due()
    assert here.now(told).photo
