"""What is costly is computed once: one pass of the network, one scorecard, and nobody waits for another's symbol."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Barrier, Lock

import numpy as np
import pytest

from forecasting.active_models import ActiveModels, forecaster_of
from forecasting.errors import StorageError, TooLittleHistory, UnknownSymbol
from forecasting.evaluation.scorecard import make_scorecard
from forecasting.evaluation.walkforward import min_sessions, scored_rows
from forecasting.forecasts import ForecastService
from forecasting.memory_stores import MemoryForecastStore, MemoryModelStore, MemoryScorecardStore
from forecasting.model.artefact import base_artefact
from forecasting.ports import Forecaster, ScorecardStore
from forecasting.prices.exchanges import calendars
from forecasting.types.bars import (
    FloatArray,
    IndexArray,
    MarketContext,
    PriceAnswer,
    PriceHistory,
    StoredPrices,
    SymbolMatch,
)
from forecasting.types.scorecards import Scorecard, ScorecardKey
from tests.factories import NOW, market_context, price_history
from tests.fakes import FixedMarket
from tests.waiting import PATIENCE_S

SESSIONS = 420


@dataclass
class CountingForecaster:
    """The base model, which counts its passes and may be made to wait in each."""

    inner: Forecaster
    in_a_pass: Callable[[], object] = lambda: None
    passes: int = 0
    name: str = "model"
    _lock: Lock = field(default_factory=Lock)

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        with self._lock:
            self.passes += 1
        self.in_a_pass()
        return self.inner.quantiles(history, origins, context)


@dataclass
class FixedPrices:
    """`Prices` that a test sets by hand; they count as fresh where it says so."""

    histories: dict[str, PriceHistory]
    are_fresh: bool = False
    reads: int = 0

    def fresh(self, symbol: str) -> StoredPrices | None:
        if not self.are_fresh:
            return None
        stored = self.histories[symbol]
        return StoredPrices(symbol, stored.exchange, stored.source, stored.last_session, stored.fetched_at)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return ()

    def renewed(self, symbol: str) -> PriceAnswer:
        return self.latest(symbol)

    def latest(self, symbol: str) -> PriceAnswer:
        self.reads += 1
        if symbol not in self.histories:
            raise UnknownSymbol(symbol)
        return PriceAnswer(self.histories[symbol])


class Bench:
    """The service over stores in memory, with a model that counts."""

    def __init__(self, *symbols: str, at_a_time: int = 2, scorecards: ScorecardStore | None = None) -> None:
        histories = {name: price_history(name, SESSIONS, seed=seed) for seed, name in enumerate(symbols or ("AAPL",))}
        self.prices = FixedPrices(histories)
        self.market = FixedMarket()
        self.model = CountingForecaster(forecaster_of(base_artefact()))
        self.loads = 0
        self.service = ForecastService(
            prices=self.prices,
            market=self.market,
            calendar=calendars,
            models=ActiveModels(MemoryModelStore(), base_artefact(), self._load),
            forecasts=MemoryForecastStore(),
            scorecards=scorecards or MemoryScorecardStore(),
            clock=lambda: NOW,
            at_a_time=at_a_time,
        )

    def _load(self, _artefact: bytes) -> Forecaster:
        self.loads += 1
        return self.model


class FullStore(MemoryScorecardStore):
    """A store that can keep nothing."""

    def keep(self, key: ScorecardKey, card: Scorecard) -> None:
        del key, card
        raise StorageError("The database failed (disk is full).", "Free some disk space.")


def test_a_new_symbol_costs_one_pass_and_a_known_one_none() -> None:
    bench = Bench()
    bench.service.predict("AAPL")
    assert bench.model.passes == 1
    bench.service.predict("AAPL")
    assert bench.model.passes == 1


def test_a_stored_forecast_on_fresh_prices_reads_no_bars() -> None:
    bench = Bench()
    bench.prices.are_fresh = True
    first = bench.service.predict("AAPL")  # fresh prices, but nothing was forecast on them yet
    reads = bench.prices.reads
    assert reads == bench.model.passes == 1
    assert bench.service.predict("AAPL") == first
    assert (bench.prices.reads, bench.model.passes) == (reads, 1)


@pytest.mark.parametrize("known", [False, True])
def test_one_pass_gives_the_same_bits_as_two(*, known: bool) -> None:
    bench = Bench()
    history, model = bench.prices.histories["AAPL"], forecaster_of(base_artefact())
    context = market_context(history) if known else None
    bench.market.contexts = {"AAPL": context} if context else {}
    made = bench.service.predict("AAPL").forecast
    alone = model.quantiles(history, np.array([SESSIONS - 1]), context)
    assert np.array_equal(made.prices, alone[0])
    assert repr(made.scorecard) == repr(make_scorecard(history, model, model=made.model, context=context))
    assert len(scored_rows(history, None))


def test_ten_who_ask_for_a_new_symbol_at_once_cost_one_pass() -> None:
    bench = Bench()
    with ThreadPoolExecutor(10) as people:
        made = [answer.forecast for answer in people.map(bench.service.predict, ["AAPL"] * 10)]
    assert bench.model.passes == 1
    assert all(forecast is made[0] for forecast in made)


def test_new_symbols_of_different_people_are_computed_side_by_side() -> None:
    bench = Bench("AAPL", "MSFT", "KO", at_a_time=3)
    together = Barrier(3)
    bench.model.in_a_pass = lambda: together.wait(PATIENCE_S)  # broken, and so an error, unless three meet
    with ThreadPoolExecutor(3) as people:
        made = list(people.map(bench.service.predict, ("AAPL", "MSFT", "KO")))
    assert {answer.forecast.symbol for answer in made} == {"AAPL", "MSFT", "KO"}


def test_no_more_are_computed_at_once_than_there_are_cores() -> None:
    bench = Bench("AAPL", "MSFT", "KO", "PG", at_a_time=2)
    inside, most = 0, 0
    lock, meeting = Lock(), Barrier(2)

    def count() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        meeting.wait(PATIENCE_S)  # two are inside together; the other two come after them
        with lock:
            inside -= 1

    bench.model.in_a_pass = count
    with ThreadPoolExecutor(4) as people:
        list(people.map(bench.service.predict, ("AAPL", "MSFT", "KO", "PG")))
    assert most == 2


def test_a_second_evaluation_computes_nothing() -> None:
    bench = Bench()
    first = bench.service.evaluate("AAPL")
    passes = bench.model.passes
    assert bench.service.evaluate("AAPL") is first
    assert bench.model.passes == passes == 1


def test_ten_evaluations_at_once_compute_once() -> None:
    bench = Bench()
    with ThreadPoolExecutor(10) as people:
        cards = list(people.map(bench.service.evaluate, ["AAPL"] * 10))
    assert bench.model.passes == 1
    assert all(card is cards[0] for card in cards)


def test_a_forecast_does_not_wait_for_an_evaluation() -> None:
    bench = Bench("AAPL", "MSFT", at_a_time=1)
    together = Barrier(2)
    bench.model.in_a_pass = lambda: together.wait(PATIENCE_S)
    with ThreadPoolExecutor(2) as people:
        card, answer = people.submit(bench.service.evaluate, "AAPL"), people.submit(bench.service.predict, "MSFT")
        assert (card.result().symbol, answer.result().forecast.symbol) == ("AAPL", "MSFT")


def test_a_corrected_price_is_evaluated_anew() -> None:
    bench = Bench()
    first = bench.service.evaluate("AAPL")
    history = bench.prices.histories["AAPL"]
    closes = history.close.copy()
    closes[-30] *= 1.04
    bench.prices.histories["AAPL"] = replace(history, close=closes)
    second = bench.service.evaluate("AAPL")
    assert second.last_origin == first.last_origin
    assert repr(second) != repr(first)


def test_another_market_is_evaluated_anew() -> None:
    bench = Bench()
    bench.market.contexts = {"AAPL": market_context(bench.prices.histories["AAPL"])}
    first = bench.service.evaluate("AAPL")
    assert bench.service.evaluate("AAPL") is first
    bench.market.contexts = {}
    assert repr(bench.service.evaluate("AAPL")) != repr(first)


def test_a_scorecard_that_cannot_be_stored_is_answered_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(scorecards=FullStore())
    assert bench.service.evaluate("AAPL").score("gjr-garch-t", 5) is not None
    assert "disk is full" in caplog.text


def test_a_model_is_loaded_once_however_many_begin_with_it() -> None:
    bench = Bench("AAPL", "MSFT", "KO", "PG", at_a_time=4)
    together = Barrier(4)
    bench.model.in_a_pass = lambda: together.wait(PATIENCE_S)
    with ThreadPoolExecutor(4) as people:
        list(people.map(bench.service.predict, ("AAPL", "MSFT", "KO", "PG")))
    assert bench.loads == 1


@pytest.mark.parametrize("sessions", [min_sessions() - 1, min_sessions()])
def test_a_history_without_an_origin_is_too_short_and_one_more_session_is_enough(sessions: int) -> None:
    bench = Bench()
    bench.prices.histories["AAPL"] = price_history(sessions=sessions)
    if sessions < min_sessions():
        with pytest.raises(TooLittleHistory, match=str(min_sessions())):
            bench.service.evaluate("AAPL")
    else:
        score = bench.service.evaluate("AAPL").score("model", 5)
        assert score is not None
        assert score.origins == 1


def test_an_evaluation_that_failed_is_tried_again() -> None:
    bench = Bench()

    def fail() -> None:
        raise MemoryError

    bench.model.in_a_pass = fail
    for ask in (bench.service.evaluate, bench.service.predict):
        with pytest.raises(MemoryError):
            ask("AAPL")
    bench.model.in_a_pass = lambda: None
    assert bench.service.evaluate("AAPL").symbol == "AAPL"
    assert bench.service.predict("AAPL").forecast.symbol == "AAPL"
