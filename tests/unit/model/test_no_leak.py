"""Nothing after an origin may touch its forecast: through features, network and calibration, bit by bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.model.artefact import base_artefact, load
from forecasting.model.features import feature_table
from forecasting.model.forecaster import ModelForecaster
from forecasting.model.market_features import aligned
from forecasting.types.bars import MarketContext, PriceHistory
from tests.factories import market_context, price_history

SESSIONS = 420


@pytest.fixture(scope="module")
def model() -> ModelForecaster:
    return ModelForecaster(load(base_artefact()))


def with_other_future(history: PriceHistory, origin: int, factor: float) -> PriceHistory:
    """The same past, and prices and volumes multiplied by more and more after the origin."""
    later = np.arange(len(history)) > origin
    change = np.where(later, factor ** np.arange(1, len(history) + 1), 1.0)
    scaled = {name: getattr(history, name) * change for name in ("open", "high", "low", "close", "volume")}
    return PriceHistory(
        symbol=history.symbol,
        sessions=history.sessions,
        currency=history.currency,
        exchange=history.exchange,
        name=history.name,
        source=history.source,
        fetched_at=history.fetched_at,
        **scaled,
    )


@settings(max_examples=15, deadline=None)
@given(origin=st.integers(60, SESSIONS - 1), seed=st.integers(0, 50), factor=st.sampled_from([0.98, 1.003, 1.05]))
def test_forecasts_are_bit_equal_whatever_comes_later(
    model: ModelForecaster, origin: int, seed: int, factor: float
) -> None:
    history = price_history(sessions=SESSIONS, seed=seed)
    origins = np.array([origin // 2, origin])
    alone = model.quantiles(history.take(slice(origin + 1)), origins)
    within = np.append(origins, SESSIONS - 1) if origin < SESSIONS - 1 else origins
    assert np.array_equal(alone, model.quantiles(history, within)[:2])
    assert np.array_equal(alone, model.quantiles(with_other_future(history, origin, factor), within)[:2])


@settings(max_examples=10, deadline=None)
@given(origin=st.integers(80, SESSIONS - 2))
def test_the_market_is_read_without_its_future(model: ModelForecaster, origin: int) -> None:
    history = price_history(sessions=SESSIONS, seed=3)
    context = market_context(history)
    cut = MarketContext(context.sessions[: origin + 1], context.market_return[: origin + 1])
    alone = model.quantiles(history.take(slice(origin + 1)), np.array([origin]), cut)
    assert np.array_equal(alone, model.quantiles(history, np.array([origin, SESSIONS - 1]), context)[:1])


@settings(max_examples=20, deadline=None)
@given(rows=st.integers(2, SESSIONS), seed=st.integers(0, 100))
def test_features_of_a_session_stay_when_sessions_are_added(rows: int, seed: int) -> None:
    history = price_history(sessions=SESSIONS, seed=seed)
    whole, cut = feature_table(history), feature_table(history.take(slice(rows)))
    assert np.array_equal(whole.values[:rows], cut.values)
    assert np.array_equal(whole.volatility[:rows], cut.volatility)


def test_the_model_uses_the_market_it_is_given(model: ModelForecaster) -> None:
    history, last = price_history(sessions=SESSIONS, seed=3), np.array([SESSIONS - 1])
    context = market_context(history)
    known = feature_table(history, aligned(context, history.sessions)).values
    assert not np.array_equal(known, feature_table(history).values)
    assert np.isfinite(model.quantiles(history, last, context)).all()
