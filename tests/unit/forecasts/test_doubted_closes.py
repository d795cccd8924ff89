"""A forecast on a close that looks wrong: marked, no wider, and no outcome until the next session has confirmed it."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecasting.active_models import ActiveModels
from forecasting.forecasts import ForecastService
from forecasting.memory_stores import MemoryForecastStore, MemoryModelStore, MemoryScorecardStore
from forecasting.model.artefact import base_artefact
from forecasting.prices.exchanges import calendars
from forecasting.prices.market_context import NoMarket
from forecasting.types.bars import PriceHistory
from forecasting.types.quantile_forecast import Forecast
from tests.factories import NOW, price_history, with_closes
from tests.unit.forecasts.test_computed_once import FixedPrices

LONG = price_history(sessions=423, last=date(2024, 6, 28))


class Bench:
    """The service over stores in memory."""

    def __init__(self) -> None:
        self.prices = FixedPrices({})
        self.service = ForecastService(
            prices=self.prices,
            market=NoMarket(),
            calendar=calendars,
            models=ActiveModels(MemoryModelStore(), base_artefact()),
            forecasts=MemoryForecastStore(),
            scorecards=MemoryScorecardStore(),
            clock=lambda: NOW,
        )

    def predict(self, history: PriceHistory) -> Forecast:
        self.prices.histories["AAPL"] = history
        return self.service.predict("AAPL").forecast


def cut(history: PriceHistory, sessions: int) -> PriceHistory:
    return history.take(slice(sessions))


def width(forecast: Forecast) -> float:
    low, high = forecast.band(5, 0.8)
    return float(np.log(high / low))


@pytest.mark.parametrize("factor", [10, 1.2])
def test_the_fan_stands_on_the_doubted_close_and_is_no_wider(factor: float) -> None:
    before, on_it = Bench().predict(cut(LONG, 419)), Bench().predict(with_closes(cut(LONG, 420), {419: factor}))
    assert not before.doubted
    assert on_it.doubted
    assert on_it.close == pytest.approx(factor * LONG.close[419])
    assert width(on_it) == pytest.approx(width(before))


def test_a_spike_that_was_taken_back_is_neither_drawn_nor_scored_and_that_is_noted() -> None:
    spiked = Bench().predict(with_closes(cut(LONG, 421), {419: 10}))
    assert not spiked.doubted
    assert spiked.notes == ("left out 1 close that the next sessions took back",)
    assert len(spiked.past_closes) == len(spiked.past_sessions) == 59
    assert max(spiked.past_closes) < 2 * LONG.close[-60:].max()


def test_a_doubted_close_is_an_outcome_once_it_is_confirmed() -> None:
    crashed = with_closes(LONG, dict.fromkeys(range(419, 423), 0.6))
    bench = Bench()
    bench.predict(cut(crashed, 419))
    bench.prices.histories["AAPL"] = cut(crashed, 420)
    assert bench.service.score_due("AAPL") == ()
    bench.prices.histories["AAPL"] = cut(crashed, 421)
    assert [(o.horizon, o.band) for o in bench.service.score_due("AAPL")] == [(1, 1.0), (2, 1.0)]


def test_a_gap_like_a_split_is_an_outcome_once_it_is_posted_or_thirty_sessions_later() -> None:
    whole = price_history(sessions=460, last=date(2024, 6, 28))
    halved = with_closes(whole, dict.fromkeys(range(419, 460), 0.5))
    posted = with_closes(whole, dict.fromkeys(range(460), 0.5))
    bench, late = Bench(), Bench()
    for each in (bench, late):
        each.predict(cut(halved, 419))
        each.prices.histories["AAPL"] = cut(halved, 425)
        assert each.service.score_due("AAPL") == ()
    bench.prices.histories["AAPL"] = cut(posted, 426)
    outcomes = bench.service.score_due("AAPL")
    assert [outcome.horizon for outcome in outcomes] == [*range(1, 8)]
    assert all(outcome.close == pytest.approx(whole.close[418 + outcome.horizon]) for outcome in outcomes)
    late.prices.histories["AAPL"] = halved
    assert [outcome.horizon for outcome in late.service.score_due("AAPL")] == [*range(1, 21)]


def test_a_spike_is_never_an_outcome() -> None:
    bench = Bench()
    bench.predict(cut(LONG, 419))
    bench.prices.histories["AAPL"] = with_closes(cut(LONG, 422), {419: 10})
    assert [outcome.horizon for outcome in bench.service.score_due("AAPL")] == [2, 3]


def test_a_close_without_doubt_is_told_by_its_volume() -> None:
    crashed = with_closes(cut(LONG, 420), {419: 0.6})
    busy = replace(crashed, volume=np.append(crashed.volume[:-1], 5 * np.median(crashed.volume)))
    assert Bench().predict(crashed).doubted
    assert not Bench().predict(busy).doubted
