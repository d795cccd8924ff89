"""The features of each session: causal, bounded numbers in units of volatility, never prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.model.indicators import indicators
from forecasting.model.market_features import MarketColumns, market_features
from forecasting.model.quarterly import quarterly_features
from forecasting.model.volatility import (
    Bars,
    close_volatility,
    garman_klass_variance,
    log_returns,
    moving_mean,
    overnight_returns,
    parkinson_variance,
)
from forecasting.types.bars import FloatArray

VERSION: Final = 1
"""Changes whenever a feature changes its meaning; an artefact names the version it was trained with."""
TYPICAL: Final = 0.017
"""Daily volatility of a usual share."""
BOUND: Final = 4.0
"""Every feature lies within plus and minus this."""


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """Features of T sessions of one or many paths."""

    values: NDArray[np.float32]  # shape (..., T, features)
    volatility: FloatArray  # daily volatility that scales the forecast from each session, shape (..., T)


def feature_table(bars: Bars, market: MarketColumns | None = None) -> FeatureTable:
    """Compute every feature; the row of a session depends on that session and earlier ones only.

    Args:
        bars: arrays of shape (..., T).
        market: what the market did on the same sessions, if known.
    """
    returns = log_returns(bars.close)
    volatility = close_volatility(returns)
    columns = [
        *_moves(bars, returns, volatility),
        *_volatilities(bars, returns, volatility),
        *_shape_of_returns(returns),
        *_trends(bars, volatility),
        *_volumes(bars.volume),
        *quarterly_features(returns, volatility, bars.volume),
        *indicators(bars, volatility),
        *market_features(market, returns, volatility),
    ]
    table = np.stack([np.nan_to_num(np.clip(c, -BOUND, BOUND), nan=0.0) for c in columns], axis=-1)
    return FeatureTable(table.astype(np.float32), volatility)


def _before(values: FloatArray) -> FloatArray:
    """The value of the session before; the first session keeps its own."""
    return np.concatenate([values[..., :1], values[..., :-1]], axis=-1)


def _moves(bars: Bars, returns: FloatArray, volatility: FloatArray) -> Iterator[FloatArray]:
    """The session itself, against the volatility that was expected of it."""
    expected = _before(volatility)
    move = returns / expected
    yield move
    yield np.log1p(np.abs(move))
    yield overnight_returns(bars) / expected
    yield np.log1p(np.abs(overnight_returns(bars)) / expected)
    yield 0.5 * np.log(parkinson_variance(bars) / expected**2 + 1e-2)
    span = bars.high - bars.low
    yield 2 * (bars.close - bars.low) / np.where(span > 0, span, np.inf) - 1


def _volatilities(bars: Bars, returns: FloatArray, volatility: FloatArray) -> Iterator[FloatArray]:
    """Other spans and other measures of volatility, as log ratios to the one that scales the forecast."""
    for span in (3, 8, 40, 100, 250, 1000):
        yield np.log(close_volatility(returns, span) / volatility)
    night = overnight_returns(bars) ** 2
    for span in (2, 5, 11, 22, 66, 250):
        yield _ratio(moving_mean(parkinson_variance(bars) + night, span), volatility)
    for span in (5, 22, 66):
        yield _ratio(moving_mean(garman_klass_variance(bars), span), volatility)
    yield _ratio(moving_mean(night, 66), volatility)
    for span in (10, 40):
        yield np.log(moving_mean(np.abs(returns), span) / volatility + 1e-2)
    yield np.log(volatility / TYPICAL)
    yield np.log(close_volatility(returns, 1000) / TYPICAL)


def _ratio(variance: FloatArray, volatility: FloatArray) -> FloatArray:
    """Log ratio of a variance's root to the volatility that scales the forecast."""
    return np.asarray(0.5 * np.log(variance / volatility**2 + 1e-3))


def _shape_of_returns(returns: FloatArray) -> Iterator[FloatArray]:
    """Asymmetry, tails and autocorrelation of past returns, and the length of the history."""
    squares = returns**2 + 1e-10
    for span in (5, 22, 100):
        yield 2 * moving_mean(np.where(returns < 0, squares, 0.0), span) / moving_mean(squares, span) - 1
    yield 2 * np.log(np.sqrt(moving_mean(squares, 250)) / (moving_mean(np.abs(returns), 250) + 1e-6)) - 0.5
    for span in (30, 120):
        yield 4 * moving_mean(returns * _before(returns), span) / moving_mean(squares, span)
    age = np.arange(1, returns.shape[-1] + 1)
    yield np.broadcast_to(np.log(age / 250) / 2, returns.shape)


def _trends(bars: Bars, volatility: FloatArray) -> Iterator[FloatArray]:
    """The close against its own past, in volatilities over the same time."""
    logs = np.log(np.maximum(bars.close, 1e-12))
    typical = np.sqrt(moving_mean(volatility**2, 100))
    for span in (4, 10, 30, 120, 250):
        yield (logs - moving_mean(logs, span)) / (typical * np.sqrt(span))
    peak = np.maximum.accumulate(logs, axis=-1)
    yield np.log1p((peak - logs) / (10 * typical)) - 0.5


def _volumes(volume: FloatArray) -> Iterator[FloatArray]:
    """Volume against its own past; 0 where the volume is unknown."""
    known = volume > 0
    logs = np.log(np.where(known, volume, 1.0))
    level = moving_mean(logs, 20, known)
    spread = np.sqrt(moving_mean((logs - level) ** 2, 60, known) + 1e-2)
    yield np.where(known, (logs - _before(level)) / spread, 0.0)
    yield moving_mean(logs, 5, known) - moving_mean(logs, 60, known)
