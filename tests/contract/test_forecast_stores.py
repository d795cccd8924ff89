"""What every `ForecastStore` promises."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from math import inf, nan

import numpy as np
import pytest

from forecasting.memory_stores import MemoryForecastStore
from forecasting.ports import ForecastStore
from forecasting.types.bars import Listing
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Comparison, Outcome
from storage import Stores
from tests import factories

ALL = tuple(range(1, 21))


@pytest.fixture(params=("memory", "sqlite"))
def store(request: pytest.FixtureRequest, stores: Stores) -> ForecastStore:
    return MemoryForecastStore() if request.param == "memory" else stores.forecasts


def forecast(symbol: str = "AAPL", last: date = date(2024, 7, 3), model: str = "a" * 64) -> Forecast:
    return factories.forecast(factories.price_history(symbol, 80, last=last), model=model)


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
    assert_same(store.find("AAPL", date(2024, 7, 3), "a" * 64), forecast())


def test_a_doubted_close_stays_one(store: ForecastStore) -> None:
    doubted = replace(forecast(), doubted=True)
    store.publish(doubted)
    assert_same(store.find("AAPL", date(2024, 7, 3), "a" * 64), doubted)


def test_a_scorecard_comes_back_with_all_that_cannot_be_told(store: ForecastStore) -> None:
    plain = factories.scorecard()
    odd = replace(plain.scores[0], hit_rate=nan, mase=inf)
    comparison = Comparison("naive", 5, "crps", 0.31, nan)
    card = replace(plain, scores=(odd, *plain.scores[1:]), comparisons=(comparison,))
    given = replace(forecast(), scorecard=card, notes=("dropped 1 zero price", "häßlich; ' \" ☔"), model_kind="symbol")
    store.publish(given)
    assert_same(store.find("AAPL", given.origin, given.model), given)


def test_a_forecast_may_have_no_scorecard(store: ForecastStore) -> None:
    store.publish(replace(forecast(), scorecard=None))
    assert_same(store.find("AAPL", date(2024, 7, 3), "a" * 64), replace(forecast(), scorecard=None))


@pytest.mark.parametrize(
    "key",
    [("MSFT", date(2024, 7, 3), "a" * 64), ("AAPL", date(2024, 7, 2), "a" * 64), ("AAPL", date(2024, 7, 3), "b" * 64)],
)
def test_another_symbol_origin_or_model_has_none(store: ForecastStore, key: tuple[str, date, str]) -> None:
    store.publish(forecast())
    assert store.find(*key) is None


def test_a_published_forecast_stands(store: ForecastStore) -> None:
    store.publish(forecast())
    later = replace(forecast(), name="Other Inc.", made_at=datetime(2024, 7, 4, tzinfo=UTC))
    assert_same(store.publish(later), forecast())
    assert_same(store.find("AAPL", later.origin, later.model), forecast())


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


def test_of_two_models_the_one_that_was_published_first_is_scored(store: ForecastStore) -> None:
    store.publish(forecast(model="b" * 64))
    store.publish(forecast(model="a" * 64))
    assert [found.model for found, _ in store.unscored("AAPL")] == ["b" * 64]


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
