"""Training data: long sequences of features with the outcomes of every session."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.model.features import FeatureTable, feature_table
from forecasting.model.forecaster import outcomes
from forecasting.model.market_features import MarketColumns
from forecasting.model.volatility import log_returns
from forecasting.simulation.market import SimulatedMarket, simulate_market
from forecasting.types.bars import FloatArray, PriceHistory

FIRST_SCORED: Final = 60
"""Sessions of warm-up before the recurrence's forecasts count."""
SCORE_EVERY: Final = 8
"""Only every so many sessions' forecast counts: neighbours' outcomes overlap almost wholly."""
Float32Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sequences:
    """Features and outcomes of n paths over T sessions."""

    features: Float32Array  # shape (n, T, features)
    outcomes: Float32Array  # shape (n, T, 20), in units of volatility; NaN where not known
    weights: Float32Array  # shape (n, T): how much a session's forecast counts


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one step of training."""

    features: Float32Array  # shape (batch, lookback, features)
    scored: NDArray[np.int32]  # sessions whose forecast counts, ascending
    outcomes: Float32Array  # shape (batch, scored, 20)
    weights: Float32Array  # shape (batch, scored)


def from_simulation(market: SimulatedMarket, rng: np.random.Generator) -> Sequences:
    """Sequences of a simulated market; many of the paths come without the market's columns."""
    table = feature_table(market, _market_columns(market, rng))
    return as_sequences(table, market.close)


def simulated_history(seed: int, sessions: int = 2500) -> PriceHistory:
    """One simulated symbol as a price history, on weekdays."""
    market = simulate_market(seed, 1, sessions, members=1)
    days = np.busday_offset("2015-01-01", np.arange(sessions), roll="forward").astype("datetime64[D]")
    return PriceHistory(
        symbol=f"SIM{seed}",
        sessions=days,
        open=market.open[0],
        high=market.high[0],
        low=market.low[0],
        close=market.close[0],
        volume=market.volume[0],
        currency="USD",
        exchange="XNYS",
        name="simulated",
        source="simulated",
        fetched_at=datetime(2015, 1, 1, tzinfo=UTC),
    )


def as_sequences(table: FeatureTable, close: FloatArray) -> Sequences:
    """Sequences from features and closes of shape (n, T).

    A forecast counts in proportion to the volatility against the path's own past, as it does in the CRPS of prices.
    """
    level = np.sqrt(np.cumsum(table.volatility**2, -1) / np.arange(1, close.shape[-1] + 1))
    weights = np.clip(table.volatility / level, 0.3, 3.0)
    return Sequences(table.values, outcomes(close, table).astype(np.float32), weights.astype(np.float32))


def joined(parts: Sequence[Sequences]) -> Sequences:
    """Sequences of different lengths as one; the shorter ones end with sessions that do not count."""
    longest = max(part.weights.shape[-1] for part in parts)
    return Sequences(
        np.stack([_filled(part.features, longest, 0.0) for part in parts]),
        np.stack([_filled(part.outcomes, longest, np.nan) for part in parts]),
        np.stack([_filled(part.weights[:, None], longest, 0.0)[:, 0] for part in parts]),
    )


def batches(data: Sequences, lookback: int, size: int, rng: np.random.Generator) -> Iterator[Batch]:
    """Endless random batches; a sequence begins anywhere, and its first sessions only warm up the recurrence."""
    paths, sessions = data.weights.shape
    length = min(lookback, sessions)
    lengths = np.maximum((data.weights > 0).sum(axis=1), length)
    while True:
        rows = rng.integers(0, paths, size)
        starts = rng.integers(0, lengths[rows] - length + 1)
        scored = np.arange(
            min(FIRST_SCORED, length // 2) + rng.integers(0, SCORE_EVERY), length, SCORE_EVERY, dtype=np.int32
        )
        window = starts[:, None] + np.arange(length)
        points = starts[:, None] + scored
        yield Batch(
            data.features[rows[:, None], window],
            scored,
            data.outcomes[rows[:, None], points],
            data.weights[rows[:, None], points],
        )


def _filled(rows: Float32Array, length: int, value: float) -> Float32Array:
    """Values (sessions, width) with more sessions of one value at the end."""
    return np.pad(rows, ((0, length - len(rows)), (0, 0)), constant_values=value)


def _market_columns(market: SimulatedMarket, rng: np.random.Generator) -> MarketColumns:
    """Equal-weighted return and dispersion of each path's market: a third has both, a third the return alone."""
    returns = log_returns(market.close).reshape(-1, market.members, market.close.shape[1])
    mean, spread = (np.repeat(f(returns, axis=1), market.members, axis=0) for f in (np.mean, np.std))
    known = np.repeat(rng.integers(0, 3, (len(returns), 1)), market.members, axis=0)
    return MarketColumns(np.where(known > 0, mean, np.nan), np.where(known > 1, spread, np.nan))
