"""Simulated markets look like markets, and are the same for the same seed."""

import numpy as np
import pytest

from forecasting.simulation.facts import stylised_facts
from forecasting.simulation.market import SimulatedMarket, simulate_market
from forecasting.simulation.true_quantiles import true_quantiles
from forecasting.types.quantile_forecast import LEVELS


@pytest.fixture(scope="module")
def market() -> SimulatedMarket:
    return simulate_market(5, 64, 1500, members=16, keep_states=True)


def test_prices_are_candles(market: SimulatedMarket) -> None:
    assert market.close.shape == (64, 1500)
    for column in (market.open, market.close):
        assert (market.high >= column).all()
        assert (market.low <= column).all()
    assert (market.low > 0).all()
    assert (market.volume >= 0).all()


def test_the_same_seed_gives_the_same_market() -> None:
    first, second, other = (simulate_market(seed, 4, 60, members=2) for seed in (1, 1, 2))
    assert np.array_equal(first.close, second.close)
    assert np.array_equal(first.volume, second.volume)
    assert not np.array_equal(first.close, other.close)


def test_stylised_facts(market: SimulatedMarket) -> None:
    facts = [stylised_facts(close) for close in market.close]
    assert 0.12 < np.median([f.annual_volatility for f in facts]) < 0.6
    assert np.median([f.kurtosis for f in facts]) > 4.5
    assert abs(np.median([f.memory_of_moves for f in facts])) < 0.08
    memory = np.median([f.memory_of_sizes for f in facts], axis=0)
    assert memory[0] > 0.1
    assert (np.diff(memory) < 0.01).all()
    assert memory[-1] > 0.02
    assert np.median([f.leverage for f in facts]) < -0.01


def test_members_of_a_market_move_together_and_markets_do_not(market: SimulatedMarket) -> None:
    returns = np.diff(np.log(market.close), axis=1)
    correlation = np.corrcoef(returns)
    same = np.kron(np.eye(4), np.ones((16, 16))).astype(bool) & ~np.eye(64, dtype=bool)
    assert correlation[same].mean() > 0.15
    assert abs(correlation[~same & ~np.eye(64, dtype=bool)].mean()) < 0.03


def test_volume_is_tied_to_the_size_of_moves(market: SimulatedMarket) -> None:
    sizes, volume = np.abs(np.diff(np.log(market.close), axis=1)), np.log(market.volume[:, 1:])
    found = [
        np.corrcoef(s, v - np.convolve(v, np.ones(60) / 60, "same"))[0, 1] for s, v in zip(sizes, volume, strict=True)
    ]
    assert np.mean(found) > 0.1


def test_the_true_law_holds_what_it_says(market: SimulatedMarket) -> None:
    hits = []
    for session in range(100, 1450, 90):
        quantiles = true_quantiles(market, session, samples=300, seed=session)
        outcomes = market.close[:, session + 1 : session + 21]
        hits.append(outcomes[..., None] <= quantiles)
    shares = np.mean(hits, axis=(0, 1))  # horizons x levels
    assert shares[[0, 4, 9]].mean(axis=0) == pytest.approx(LEVELS, abs=0.05)
