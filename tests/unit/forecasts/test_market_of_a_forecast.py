"""Whether the market was known is part of what a forecast stands on; whoever asks gets the best that can be made."""

from dataclasses import replace

import pytest

from forecasting.active_models import ActiveModels
from forecasting.forecasts import ForecastService
from forecasting.memory_stores import MemoryForecastStore, MemoryModelStore, MemoryScorecardStore
from forecasting.model.artefact import base_artefact
from forecasting.prices.exchanges import calendars
from forecasting.types.bars import PriceAnswer, PriceHistory, StoredPrices, SymbolMatch
from forecasting.types.quantile_forecast import Forecast
from tests.factories import NOW, market_context, price_history
from tests.fakes import FixedMarket


class OneSymbol:
    """`Prices` of one symbol, fresh where it says so."""

    def __init__(self, *, are_fresh: bool) -> None:
        self.history = price_history(sessions=300)
        self.are_fresh = are_fresh

    def fresh(self, symbol: str) -> StoredPrices | None:
        held = self.history
        stored = StoredPrices(symbol, held.exchange, held.source, held.last_session, held.fetched_at, held.revision)
        return stored if self.are_fresh else None

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return ()

    def renewed(self, symbol: str) -> PriceAnswer:
        return self.latest(symbol)

    def latest(self, symbol: str) -> PriceAnswer:
        del symbol
        return PriceAnswer(self.history)


class Bench:
    """The service on one symbol, whose market comes when a test says so."""

    def __init__(self, *, are_fresh: bool) -> None:
        self.prices = OneSymbol(are_fresh=are_fresh)
        self.market = FixedMarket()
        self.published = MemoryForecastStore()
        self.service = ForecastService(
            prices=self.prices,
            market=self.market,
            calendar=calendars,
            models=ActiveModels(MemoryModelStore(), base_artefact()),
            forecasts=self.published,
            scorecards=MemoryScorecardStore(),
            clock=lambda: NOW,
        )

    def know(self, history: PriceHistory) -> None:
        self.market.contexts = {history.symbol: market_context(history)}

    def ask(self) -> Forecast:
        return self.service.predict("AAPL").forecast


@pytest.fixture(params=[True, False], ids=["fresh", "looked for"])
def bench(request: pytest.FixtureRequest) -> Bench:
    return Bench(are_fresh=request.param)


def test_without_the_market_everybody_gets_the_one_without_it(bench: Bench) -> None:
    first = bench.ask()
    assert not first.market
    assert bench.ask() is first


def test_with_the_market_the_next_asker_gets_the_better_one_and_the_first_published_counts(bench: Bench) -> None:
    without = bench.ask()
    bench.know(bench.prices.history)
    better = bench.ask()
    assert better.market
    assert better.prices.tobytes() != without.prices.tobytes()
    assert bench.ask() is better
    [(counted, _)] = bench.published.unscored("AAPL")
    assert counted is without


def test_a_forecast_with_the_market_stays_where_the_market_is_gone() -> None:
    bench = Bench(are_fresh=True)
    bench.know(bench.prices.history)
    first = bench.ask()
    bench.market.contexts = {}
    assert bench.ask() is first


def test_revised_prices_are_forecast_anew_and_the_first_published_counts(bench: Bench) -> None:
    bench.know(bench.prices.history)
    first = bench.ask()
    bench.prices.history = replace(bench.prices.history, revision=1)
    second = bench.ask()
    assert (first.revision, second.revision) == (0, 1)
    assert bench.ask() is second
    [(counted, _)] = bench.published.unscored("AAPL")
    assert counted is first
