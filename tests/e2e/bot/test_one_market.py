"""The market around a symbol: the first after a close sees what the second sees, and Tokyo knows no later close."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from bot.localchat import BEN
from forecasting.prices.market_context import INDEX
from forecasting.types.bars import PriceHistory
from tests.e2e.bot.stage import price_folder, stage, write_csv
from tests.factories import price_history


def index(changed_after: date = date.max) -> PriceHistory:
    """New York's index up to 3 July; its closes after a day are other ones."""
    made = price_history(INDEX, seed=3)
    later = made.sessions > np.datetime64(changed_after)
    return replace(made, close=np.where(later, 1.1 * made.close, made.close))


def fill(folder: Path, market: PriceHistory) -> Path:
    """A folder of its own for a bot, with shares of New York, one of Tokyo, and the index."""
    folder.mkdir()
    for history in (market, price_history("7203.T", exchange="XTKS")):
        write_csv(price_folder(folder / "prices"), history)
    return folder


async def said_of_tokyo(folder: Path) -> tuple[str, bytes]:
    """The bot's caption for the share of Tokyo, and the forecast's bits."""
    async with stage(folder) as on_stage:
        answer = await on_stage.ask("/predict 7203.T")
        forecast = on_stage.app.services.forecasts.predict("7203.T").forecast
        assert forecast.market
        return answer.text, forecast.prices.tobytes()


async def test_the_first_and_the_second_who_ask_after_a_close_see_the_same(tmp_path: Path) -> None:
    async with stage(fill(tmp_path / "bot", index())) as on_stage:
        first, second = await on_stage.ask("/predict AAPL"), await on_stage.ask("/predict AAPL", BEN)
        assert first.photo
        assert second.photo == first.photo
        [(published, _)] = on_stage.app.stores.forecasts.unscored("AAPL")
        assert published.market


async def test_a_forecast_for_tokyo_does_not_move_when_new_york_changes_afterwards(tmp_path: Path) -> None:
    """Both ended on 3 July, New York eleven hours after Tokyo."""
    same, later, before = (
        fill(tmp_path / name, index(changed_after=day))
        for name, day in (("same", date.max), ("later", date(2024, 7, 2)), ("before", date(2024, 7, 1)))
    )
    said = await said_of_tokyo(same)
    assert await said_of_tokyo(later) == said
    assert (await said_of_tokyo(before))[1] != said[1]
