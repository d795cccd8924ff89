"""What every `ForecastStore` promises."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from math import inf, nan

import numpy as np
import pytest

from forecasting.memory_stores import MemoryForecastStore
from forecasting.ports import ForecastStore
from forecasting.types.bars import Listing
from forecasting.types.quantile_forecast import Forecast, ForecastKey
from forecasting.types.scorecards import Comparison, Outcome
from storage import Stores
from tests import factories

ALL = tuple(range(1, 21))
KEY = ForecastKey("AAPL", date(2024, 7, 3), "a" * 64, revision=0, market=True)


@pytest.fixture(params=("memory", "sqlite"))
def store(request: pytest.FixtureRequest, stores: Stores) -> ForecastStore:
    return MemoryForecastStore() if request.param == "memory" else stores.forecasts


def forecast(
    symbol: str = "AAPL",
    last: date = date(2024, 7, 3),
    model: str = "a" * 64,
    revision: int = 0,
    *,
    market: bool = True,
) -> Forecast:
    history = factories.price_history(symbol, 80, last=last)
    return factories.forecast(history, model=model, revision=revision, market=market)


def outcome(given: Forecast, horizon: int, close: float = 101.5) -> Outcome:
    target = given.targets[horizon - 1]
    return Outcome(given.symbol, given.origin, horizon, target, close, 100.1, 0.014, 0.015, 0.8, 0.007, 0.015)


def assert_same(one: Forecast | None, other: Forecast) -> None:
    assert one is not None
    assert np.array_equal(one.prices, other.prices)
    names = [field.name for field in fields(Forecast) if field.name != "prices"]
    assert {name: repr(getattr(one, name)) for name in names} == {name: repr(getattr(other, name)) for name in names}


def test_a_forecast_comes_back_to_the_last_bit(store: ForecastStore) -> None:
    published = store.publish(forecast())
    assert_same(published, forecast())
    assert_same(store.find(KEY), forecast())


def test_a_doubted_close_stays_one(store: ForecastStore) -> None:
    doubted = replace(forecast(), doubted=True)
    store.publish(doubted)
    assert_same(store.find(KEY), doubted)


def test_a_scorecard_comes_back_with_all_that_cannot_be_told(store: ForecastStore) -> None:
    plain = factories.scorecard()
    odd = replace(plain.scores[0], hit_rate=nan, mase=inf)
    comparison = Comparison("naive", 5, "crps", 0.31, nan)
    card = replace(plain, scores=(odd, *plain.scores[1:]), comparisons=(comparison,))
    given = replace(forecast(), scorecard=card, notes=("dropped 1 zero price", "häßlich; ' \" ☔"), model_kind="symbol")
    store.publish(given)
    assert_same(store.find(KEY), given)


def test_a_forecast_may_have_no_scorecard(store: ForecastStore) -> None:
    store.publish(replace(forecast(), scorecard=None))
    assert_same(store.find(KEY), replace(forecast(), scorecard=None))


@pytest.mark.parametrize(
    "key",
    [
        replace(KEY, symbol="MSFT"),
        replace(KEY, origin=date(2024, 7, 2)),
        replace(KEY, model="b" * 64),
        replace(KEY, revision=1),
        replace(KEY, market=False),
    ],
)
def test_what_stands_on_something_else_is_another_forecast(store: ForecastStore, key: ForecastKey) -> None:
    store.publish(forecast())
    assert store.find(key) is None


def test_the_best_is_the_one_with_the_market_whichever_was_first(store: ForecastStore) -> None:
    without = replace(KEY, market=False)
    assert store.best(KEY) is None
    store.publish(forecast(market=False))
    assert_same(store.best(KEY), forecast(market=False))
    store.publish(forecast())
    assert_same(store.best(KEY), forecast())
    assert_same(store.best(without), forecast())
    assert_same(store.find(without), forecast(market=False))
    assert store.best(replace(KEY, revision=1)) is None


def test_a_published_forecast_stands(store: ForecastStore) -> None:
    store.publish(forecast())
    later = replace(forecast(), name="Other Inc.", made_at=datetime(2024, 7, 4, tzinfo=UTC))
    assert_same(store.publish(later), forecast())
    assert_same(store.find(KEY), forecast())


def test_a_new_forecast_has_no_outcomes(store: ForecastStore) -> None:
    store.publish(forecast())
    ((found, horizons),) = store.unscored("AAPL")
    assert_same(found, forecast())
    assert horizons == ALL
    assert store.outcomes("AAPL") == ()


def test_what_was_scored_waits_no_more(store: ForecastStore) -> None:
    given = store.publish(forecast())
    store.record([outcome(given, 1), outcome(given, 3)])
    ((_, horizons),) = store.unscored("AAPL")
    assert horizons == tuple(horizon for horizon in ALL if horizon not in (1, 3))


def test_a_wholly_scored_forecast_is_done_with(store: ForecastStore) -> None:
    given = store.publish(forecast())
    store.record(outcome(given, horizon) for horizon in ALL)
    assert store.unscored("AAPL") == ()


def test_unscored_forecasts_come_oldest_first_and_of_the_symbol_alone(store: ForecastStore) -> None:
    days = (date(2024, 7, 3), date(2024, 7, 1), date(2024, 7, 2))
    for last in days:
        store.publish(forecast(last=last))
    store.publish(forecast("MSFT"))
    assert [found.origin for found, _ in store.unscored("AAPL")] == sorted(days)


def test_of_one_origin_the_forecast_that_was_published_first_is_scored(store: ForecastStore) -> None:
    first = forecast(model="b" * 64, market=False)
    for each in (first, forecast(model="b" * 64), forecast(), forecast(revision=1)):
        assert_same(store.publish(each), each)
    assert [found.key for found, _ in store.unscored("AAPL")] == [first.key]


def test_an_outcome_stands(store: ForecastStore) -> None:
    given = store.publish(forecast())
    store.record([outcome(given, 1, close=99.0), outcome(given, 1, close=98.0)])
    store.record([outcome(given, 1, close=97.0)])
    assert store.outcomes("AAPL") == (outcome(given, 1, close=99.0),)


def test_outcomes_come_newest_target_first_and_no_more_than_asked_for(store: ForecastStore) -> None:
    older, newer = store.publish(forecast(last=date(2024, 7, 1))), store.publish(forecast(last=date(2024, 7, 2)))
    store.record([outcome(older, 1), outcome(older, 2), outcome(newer, 1)])
    assert store.outcomes("AAPL", limit=2) == (outcome(newer, 1), outcome(older, 2))
    assert store.outcomes("MSFT") == ()


def test_a_symbol_awaits_outcomes_until_every_horizon_of_every_forecast_has_one(store: ForecastStore) -> None:
    assert store.awaiting() == ()
    for symbol in ("MSFT", "AAPL"):
        given = store.publish(forecast(symbol))
    store.record(outcome(given, horizon) for horizon in ALL[:-1])
    assert store.awaiting() == (Listing("AAPL", "XNYS"), Listing("MSFT", "XNYS"))
    store.record([outcome(given, ALL[-1])])
    assert store.awaiting() == (Listing("MSFT", "XNYS"),)
