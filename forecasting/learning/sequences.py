"""Training data: long sequences of features with the outcomes of every session."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import FeatureTable, feature_table
from forecasting.model.forecaster import outcomes
from forecasting.model.market import MarketColumns
from forecasting.model.volatility import log_returns
from forecasting.simulation.market import SimulatedMarket
from forecasting.types import FloatArray

FIRST_SCORED: Final = 60
"""Sessions that the recurrence is given before its forecasts count."""
EVERY: Final = 8
"""Only every so many sessions' forecast counts: neighbours' outcomes overlap almost wholly."""
Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Features and outcomes of n paths over T sessions."""

    features: Rows  # shape (n, T, features)
    outcomes: Rows  # shape (n, T, 20), in units of volatility; NaN where not known
    weights: Rows  # shape (n, T): how much a session's forecast counts


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one step of training."""

    features: Rows  # shape (batch, lookback, features)
    scored: NDArray[np.int32]  # sessions whose forecast counts, ascending
    outcomes: Rows  # shape (batch, scored, 20)
    weights: Rows  # shape (batch, scored)


def from_simulation(market: SimulatedMarket, rng: np.random.Generator) -> Sequences:
    """Sequences of a simulated market; half of the paths are not told what the market did."""
    known = np.repeat(rng.random((len(market.close) // market.members, 1)) < 0.5, market.members, axis=0)
    table = feature_table(market, _market_columns(market, known))
    return as_sequences(table, market.close)


def as_sequences(table: FeatureTable, close: FloatArray) -> Sequences:
    """Sequences from features and closes of shape (n, T).

    A forecast counts in proportion to the volatility against the path's own past, as it does in the CRPS of prices.
    """
    level = np.sqrt(np.cumsum(table.volatility**2, -1) / np.arange(1, close.shape[-1] + 1))
    weights = np.clip(table.volatility / level, 0.3, 3.0)
    return Sequences(table.values, outcomes(close, table).astype(np.float32), weights.astype(np.float32))


def batches(data: Sequences, lookback: int, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless random batches; a sequence begins anywhere, and its first sessions only warm the recurrence up."""
    paths, sessions = data.features.shape[:2]
    length = min(lookback, sessions)
    while True:
        rows = rng.integers(0, paths, size)
        starts = rng.integers(0, sessions - length + 1, size)
        scored = np.arange(min(FIRST_SCORED, length // 2) + rng.integers(0, EVERY), length, EVERY, dtype=np.int32)
        window = starts[:, None] + np.arange(length)
        points = starts[:, None] + scored
        yield Batch(
            data.features[rows[:, None], window],
            scored,
            data.outcomes[rows[:, None], points],
            data.weights[rows[:, None], points],
        )


def _market_columns(market: SimulatedMarket, known: NDArray[np.bool_]) -> MarketColumns:
    """Equal-weighted return and dispersion of each path's market, NaN for the paths that are not told."""
    returns = log_returns(market.close).reshape(-1, market.members, market.close.shape[1])
    mean, spread = (np.repeat(f(returns, axis=1), market.members, axis=0) for f in (np.mean, np.std))
    return MarketColumns(np.where(known, mean, np.nan), np.where(known, spread, np.nan))
