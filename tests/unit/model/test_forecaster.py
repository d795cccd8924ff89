"""The model answers whatever prices it is shown, with quantiles in order."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from forecasting.errors import BrokenArtefact
from forecasting.model.artefact import base_artefact, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.types.bars import FloatArray, PriceHistory
from forecasting.types.quantile_forecast import MEDIAN
from tests.factories import price_history

LAST = np.array([100, 248, 249])


@pytest.fixture(scope="module")
def model() -> ModelForecaster:
    return ModelForecaster(load(base_artefact()))


def constant(history: PriceHistory) -> PriceHistory:
    same = np.full(len(history), 50.0)
    return replace(history, open=same, high=same, low=same, close=same)


def with_jumps(history: PriceHistory) -> PriceHistory:
    factor = np.where(np.arange(len(history)) % 90 > 45, 40.0, 1.0)
    return replace(
        history,
        open=history.open * factor,
        high=history.high * factor,
        low=history.low * factor,
        close=history.close * factor,
    )


ODD = {
    "short": price_history(sessions=250),
    "no volume": replace(price_history(sessions=250), volume=np.zeros(250)),
    "some volume": replace(price_history(sessions=250), volume=np.where(np.arange(250) % 3, 0.0, 1e6)),
    "constant": constant(price_history(sessions=250)),
    "jumps": with_jumps(price_history(sessions=250)),
    "tiny": price_history(sessions=250, start_price=1e-6),
    "huge": price_history(sessions=250, start_price=1e9, daily_volatility=0.2),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_prices_give_ordered_finite_quantiles(model: ModelForecaster, name: str) -> None:
    prices = model.quantiles(ODD[name], LAST)
    assert prices.shape == (3, 20, 21)
    assert prices.dtype == np.float64
    assert np.isfinite(prices).all()
    assert (prices > 0).all()
    assert (np.diff(prices, axis=-1) >= 0).all()


def width(prices: FloatArray) -> FloatArray:
    return np.log(prices[..., -1] / prices[..., 0])


def test_bands_widen_with_the_horizon_and_with_volatility(model: ModelForecaster) -> None:
    calm = model.quantiles(price_history(sessions=600), np.array([599]))[0]
    wild = model.quantiles(price_history(sessions=600, daily_volatility=0.03), np.array([599]))[0]
    assert (np.diff(width(calm)) > 0).all()
    assert (width(wild) > 1.6 * width(calm)).all()
    assert (abs(np.log(wild[:, MEDIAN] / wild[0, MEDIAN])) < width(wild)).all()


def test_prices_in_another_unit_give_the_same_forecast(model: ModelForecaster) -> None:
    dollars = model.quantiles(price_history(), np.array([1199]))
    cents = model.quantiles(price_history(start_price=10_000.0), np.array([1199]))
    assert np.allclose(cents / dollars, 100.0, rtol=1e-4)


def test_threads_may_share_a_model(model: ModelForecaster) -> None:
    histories = [price_history(sessions=300, seed=seed) for seed in range(6)]
    alone = [model.quantiles(history, LAST) for history in histories]
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(lambda history: model.quantiles(history, LAST), histories * 3))
    assert all(np.array_equal(found, alone[number % 6]) for number, found in enumerate(together))


def test_a_model_of_other_features_is_refused() -> None:
    base = load(base_artefact())
    with pytest.raises(BrokenArtefact, match="features of another version"):
        ModelForecaster(replace(base, features=base.features + 1))
    with pytest.raises(BrokenArtefact, match="cannot be read"):
        ModelForecaster(replace(base, head=b"nonsense"))
