"""A symbol that is no longer traded: its new name, no forecast, no new subscription, and silence after one word."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from forecasting.errors import UnknownSymbol
from forecasting.types.bars import SymbolMatch
from tests.e2e.bot.sources import FailingSource
from tests.e2e.bot.stage import Stage, stage
from tests.factories import price_history

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


async def test_a_halt_of_some_days_keeps_the_fan_labelled(here: Stage) -> None:
    await here.ask("/predict FB")
    here.clock.now = FRIDAY
    answer = await here.ask("/predict FB")  # Yahoo knows it, and has nothing newer
    assert answer.photo
    assert "The newest price of FB is of 3 Jul 2024." in answer.text
