"""Volatility estimates find the volatility that was put in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.model.volatility import (
    FLOOR,
    close_volatility,
    garman_klass_variance,
    log_returns,
    moving_mean,
    overnight_returns,
    parkinson_variance,
)
from forecasting.simulation.market import simulate_market
from tests.factories import price_history


def test_a_long_memory_finds_the_standard_deviation() -> None:
    returns = np.random.default_rng(1).normal(0, 0.013, 5000)
    assert close_volatility(returns, 2000)[-1] == pytest.approx(0.013, rel=0.04)


def test_the_usual_memory_is_riskmetrics() -> None:
    returns = np.append(np.zeros(500), 0.1)
    assert close_volatility(returns)[-1] ** 2 == pytest.approx(0.01 / 17, rel=1e-3)


def test_constant_prices_have_the_least_volatility() -> None:
    assert close_volatility(np.zeros(1500))[-1] == FLOOR


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40), st.floats(1.5, 50))
def test_a_moving_mean_stays_among_its_values(values: list[float], span: float) -> None:
    found = moving_mean(np.array(values), span)
    assert found[0] == pytest.approx(values[0])
    assert (found >= min(values) - 1e-9).all()
    assert (found <= max(values) + 1e-9).all()


def test_unknown_sessions_do_not_count() -> None:
    values, known = np.array([1.0, 99.0, 3.0]), np.array([True, False, True])
    found = moving_mean(values, 2.0, known)
    assert found[1] == 1.0
    assert found[2] == pytest.approx((0.25 * 1 + 3) / 1.25)


def test_range_estimates_agree_with_closes_on_a_simulated_market() -> None:
    market = simulate_market(3, 32, 1500)
    intraday = np.log(market.close / market.open).var()
    assert parkinson_variance(market).mean() == pytest.approx(intraday, rel=0.25)
    assert garman_klass_variance(market).mean() == pytest.approx(intraday, rel=0.25)
    whole = np.var(log_returns(market.close))
    assert np.var(overnight_returns(market)) + intraday == pytest.approx(whole, rel=0.1)


def test_the_first_session_has_no_return() -> None:
    history = price_history(sessions=10)
    assert log_returns(history.close)[0] == 0.0
    assert overnight_returns(history)[0] == 0.0
