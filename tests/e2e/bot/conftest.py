"""One running bot a test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl

from tests.e2e.bot.stage import Stage, stage
from tests.integration.prices.loopback_yahoo import LoopbackYahoo, loopback_yahoo


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The bot in the local chat, with workers that a test drives by hand."""
    async with stage(tmp_path) as running:
        yield running


@pytest.fixture
def yahoo() -> Iterator[LoopbackYahoo]:
    with loopback_yahoo() as server:
        yield server


@pytest.fixture
async def on_yahoo(tmp_path: Path, yahoo: LoopbackYahoo) -> AsyncIterator[Stage]:
    """A bot that asks the Yahoo of this machine by the real yfinance."""
    async with stage(tmp_path, price_sources="yahoo", yahoo_url=AnyHttpUrl(yahoo.url)) as running:
        yield running
