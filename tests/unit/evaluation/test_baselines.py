"""Every baseline: what it says, that it never looks ahead, and that odd prices do not break it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, norm, t

from forecasting.baselines.drift import Drift, Naive
from forecasting.baselines.ewma import EwmaBand, VolatilityBand
from forecasting.baselines.garch import GjrGarch, standard_student
from forecasting.baselines.history import HistoricalQuantiles
from forecasting.evaluation.scorecard import baselines
from forecasting.ports import Forecaster
from forecasting.types.bars import FloatArray, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON, MEDIAN
from tests.factories import price_history

ALL = baselines(with_garch=True)
ORIGINS = np.array([249, 400, 630])


def following(closes: FloatArray) -> PriceHistory:
    """A history whose close is the given one."""
    history = price_history(sessions=len(closes))
    return replace(history, open=closes, high=closes, low=closes, close=closes)


def shaken(history: PriceHistory, after: int, seed: int) -> PriceHistory:
    """The same history with every number after a row changed."""
    noise = np.exp(np.random.default_rng(seed).standard_normal(len(history)))
    noise[: after + 1] = 1.0
    return replace(
        history,
        open=history.open * noise,
        high=history.high * noise,
        low=history.low * noise,
        close=history.close * noise,
        volume=history.volume * noise,
    )


def walk(returns: FloatArray) -> PriceHistory:
    """A history of these log returns."""
    return following(80 * np.exp(np.cumsum(returns)))


NOISE = np.random.default_rng(11)
WALKS = {
    "normal": walk(0.01 * NOISE.standard_normal(1200)),
    "fat-tailed": walk(0.01 * NOISE.standard_t(2.5, 1200)),
    "calm-after-storm": walk(np.where(np.arange(1200) < 1100, 0.03, 0.003) * NOISE.standard_normal(1200)),
    "of-low-volatility": walk(1e-4 * NOISE.standard_t(5, 700)),
    "young": walk(0.02 * NOISE.standard_t(4, 150)),
}
STILL = {
    "that-jumps-once": following(np.where(np.arange(300) < 150, 100.0, 200.0)),
    "that-ticks-rarely": following(np.where(np.arange(500) % 17, 100.0, 100.5)),
}


def test_their_names_are_those_of_the_scorecard() -> None:
    assert [each.name for each in ALL] == [
        "naive",
        "drift",
        "volatility band",
        "historical quantiles",
        "ewma band",
        "gjr-garch-t",
    ]


@pytest.mark.parametrize("baseline", ALL, ids=lambda each: each.name)
def test_quantiles_are_ascending_positive_prices_of_the_promised_shape(baseline: Forecaster) -> None:
    quantiles = baseline.quantiles(price_history(sessions=700), ORIGINS)
    assert quantiles.shape == (3, MAX_HORIZON, len(LEVELS))
    assert quantiles.dtype == np.float64
    assert np.isfinite(quantiles).all()
    assert (quantiles > 0).all()
    assert (np.diff(quantiles, axis=-1) >= 0).all()


@pytest.mark.parametrize("baseline", ALL, ids=lambda each: each.name)
@given(seed=st.integers(0, 1000), origin=st.integers(249, 330))
@settings(max_examples=8, deadline=None)
def test_the_future_changes_not_one_bit(baseline: Forecaster, seed: int, origin: int) -> None:
    history = price_history(sessions=360, seed=seed % 7)
    rows = np.array([origin])
    known = baseline.quantiles(history, rows)
    np.testing.assert_array_equal(known, baseline.quantiles(shaken(history, origin, seed), rows))
    np.testing.assert_array_equal(known, baseline.quantiles(history.take(slice(origin + 1)), rows))


@pytest.mark.parametrize("baseline", ALL, ids=lambda each: each.name)
def test_an_origin_is_answered_alike_alone_and_in_company(baseline: Forecaster) -> None:
    history = price_history(sessions=700)
    together = baseline.quantiles(history, ORIGINS)
    for row, origin in enumerate(ORIGINS):
        np.testing.assert_array_equal(together[row], baseline.quantiles(history, np.array([origin]))[0])


@pytest.mark.parametrize("baseline", ALL, ids=lambda each: each.name)
def test_prices_in_another_currency_give_the_same_fan_in_it(baseline: Forecaster) -> None:
    history = price_history(sessions=400)
    dear = replace(history, close=history.close * 1024)  # a power of two: no rounding
    rows = np.array([399])
    np.testing.assert_allclose(baseline.quantiles(dear, rows), 1024 * baseline.quantiles(history, rows), rtol=1e-12)


@pytest.mark.parametrize("baseline", ALL, ids=lambda each: each.name)
def test_a_price_that_never_moves_is_forecast_to_stay(baseline: Forecaster) -> None:
    quantiles = baseline.quantiles(following(np.full(300, 42.0)), np.array([299]))
    np.testing.assert_allclose(quantiles, 42.0)


def test_naive_puts_everything_on_the_close() -> None:
    history = price_history(sessions=300)
    assert (Naive().quantiles(history, np.array([280])) == history.close[280]).all()


def test_drift_continues_a_line_in_logarithms() -> None:
    closes: FloatArray = 10 * np.exp(0.001 * np.arange(300))
    quantiles = Drift().quantiles(following(closes), np.array([270]))
    np.testing.assert_allclose(quantiles[0, :, MEDIAN], closes[271:291])


def test_volatility_band_is_the_textbook_one() -> None:
    history = price_history(sessions=300)
    returns = np.diff(np.log(history.close))[279 - 20 : 279]
    width = np.sqrt(np.mean(returns**2) * 5)
    expected = history.close[279] * np.exp(width * norm.ppf(LEVELS))
    np.testing.assert_allclose(VolatilityBand().quantiles(history, np.array([279]))[0, 4], expected)


def test_ewma_band_follows_the_recursion_of_riskmetrics() -> None:
    history = price_history(sessions=900)
    variance = 0.0
    for change in np.diff(np.log(history.close)):
        variance = 0.94 * variance + 0.06 * change**2
    expected = history.close[-1] * np.exp(np.sqrt(variance * 20) * norm.ppf(LEVELS))
    np.testing.assert_allclose(EwmaBand().quantiles(history, np.array([899]))[0, 19], expected, rtol=1e-9)


def test_historical_quantiles_are_those_of_the_last_500_returns() -> None:
    history = price_history(sessions=800)
    path = np.log(history.close)
    ended = (path[10:] - path[:-10])[-500:]
    expected = history.close[-1] * np.exp(np.quantile(ended, LEVELS))
    np.testing.assert_allclose(HistoricalQuantiles().quantiles(history, np.array([799]))[0, 9], expected)


def test_a_calm_after_a_storm_narrows_every_band_that_claims_to_follow_volatility() -> None:
    random = np.random.default_rng(2)
    scale = np.where(np.arange(1200) < 1100, 0.03, 0.003)
    history = following(100 * np.exp(np.cumsum(scale * random.standard_normal(1200))))

    def width(baseline: Forecaster) -> float:
        fan = baseline.quantiles(history, np.array([1199]))[0, 4] / history.close[-1]
        return float(fan[-1] - fan[0])

    wide = width(HistoricalQuantiles())
    assert all(width(narrow) < wide / 3 for narrow in (VolatilityBand(), EwmaBand(), GjrGarch()))


def test_garch_recovers_the_spread_of_a_plain_random_walk() -> None:
    random = np.random.default_rng(4)
    history = following(50 * np.exp(np.cumsum(0.01 * random.standard_normal(1500))))
    fan = np.log(GjrGarch(paths=8000).quantiles(history, np.array([1499]))[0] / history.close[-1])
    expected = 0.01 * np.sqrt(np.arange(1, 21))[:, None] * norm.ppf(LEVELS)
    np.testing.assert_allclose(fan[[0, 4, 19]], expected[[0, 4, 19]], atol=0.015)


@pytest.mark.parametrize("freedom", [2.05, 4.0, 500.0])
def test_garch_draws_from_students_t_and_continuously_in_its_freedom(freedom: float) -> None:
    draws, near = (standard_student(np.random.default_rng(6), each, (4000, 20)) for each in (freedom, freedom + 1e-4))
    assert kstest(draws.ravel() * np.sqrt(freedom / (freedom - 2)), t(freedom).cdf).pvalue > 0.05
    np.testing.assert_allclose(near, draws, rtol=2e-3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("price", [0.1, 0.3, 1.0])
def test_garch_stays_sane_on_a_price_of_few_ticks(price: float, seed: int) -> None:
    closes = price_history(sessions=1100, seed=seed, start_price=price, daily_volatility=0.02).close
    history = following(np.maximum(np.round(closes, 2), 0.01))
    moves = np.diff(np.log(history.close[-1001:]))
    fan = np.log(GjrGarch().quantiles(history, np.array([1099]))[0] / history.close[-1])
    width = (fan[:, -1] - fan[:, 0]) / (moves.std() * np.sqrt(np.arange(1, 21)))
    assert ((width > 1) & (width < 8)).all()  # of a normal band: 3.9


@pytest.mark.parametrize("history", STILL.values(), ids=STILL.keys())
def test_garch_takes_typical_parameters_where_there_are_too_few_moves(history: PriceHistory) -> None:
    moves = np.diff(np.log(history.close[-1001:]))
    fan = np.log(GjrGarch().quantiles(history, np.array([len(history) - 1]))[0] / history.close[-1])
    width = (fan[:, -1] - fan[:, 0]) / (moves.std() * np.sqrt(np.arange(1, 21)))
    assert ((width > 1) & (width < 6)).all()  # of a normal band: 3.9


@pytest.mark.parametrize("history", [*WALKS.values(), *STILL.values()], ids=[*WALKS, *STILL])
@pytest.mark.parametrize("seed", range(3))
def test_the_last_bit_of_the_closes_moves_no_quantile_of_garch(history: PriceHistory, seed: int) -> None:
    upward = np.random.default_rng(seed).integers(-1, 2, len(history))
    other = replace(history, close=np.nextafter(history.close, history.close * (1.0 + upward)))
    assert (other.close != history.close).mean() > 0.5
    rows = np.array([len(history) - 1])
    np.testing.assert_allclose(GjrGarch().quantiles(other, rows), GjrGarch().quantiles(history, rows), rtol=1e-6)
