"""Causal volatility estimates by exponential weighting: closes, ranges and their mixtures."""

from typing import Final, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.types.bars import FloatArray

BASE_SPAN: Final = 17
"""Sessions of the exponential weighting that scales every forecast (RiskMetrics' decay of 0.94, J.P. Morgan 1996)."""
PRIOR: Final = 0.02
"""Daily volatility that stands in for the first session, which has no return."""
FLOOR: Final = 1e-4
"""No volatility is taken to be below one basis point a session (constant prices)."""
CEILING: Final = 1.0
"""No log return is taken to be larger than this (broken prices)."""


class Bars(Protocol):
    """Prices and volume, arrays whose last axis is the session; `PriceHistory` is one."""

    @property
    def open(self) -> FloatArray:
        """First price of each session."""
        ...

    @property
    def high(self) -> FloatArray:
        """Highest price."""
        ...

    @property
    def low(self) -> FloatArray:
        """Lowest price."""
        ...

    @property
    def close(self) -> FloatArray:
        """Last price."""
        ...

    @property
    def volume(self) -> FloatArray:
        """Shares traded, 0 where unknown."""
        ...


def moving_mean(values: FloatArray, span: float, known: NDArray[np.bool_] | None = None) -> FloatArray:
    """Exponentially weighted mean of all sessions so far, weights summing to one from the first session on.

    Args:
        values: shape (..., sessions).
        span: sessions of memory; the weight of a session decays by 1 - 1/span.
        known: sessions that count; all when None. Before the first known session the mean is 0.
    """
    counted = values if known is None else np.where(known, values, np.nan)
    columns = pd.DataFrame(counted.reshape(-1, values.shape[-1]).T)
    means = columns.ewm(alpha=1 / span).mean().to_numpy().T.reshape(values.shape)
    return np.asarray(np.nan_to_num(means))


def log_returns(close: FloatArray) -> FloatArray:
    """Log returns, 0 at the first session, bounded by `CEILING`."""
    logs = np.log(np.maximum(close, 1e-12))
    return np.clip(np.diff(logs, axis=-1, prepend=logs[..., :1]), -CEILING, CEILING)


def close_volatility(returns: FloatArray, span: float = BASE_SPAN) -> FloatArray:
    """Standard deviation of a session's log return after each session, from closes."""
    squares = returns**2
    squares[..., 0] = PRIOR**2
    return np.sqrt(np.maximum(moving_mean(squares, span), FLOOR**2))


def parkinson_variance(bars: Bars) -> FloatArray:
    """Variance between open and close from each session's range (Parkinson 1980)."""
    return np.asarray(_log_ratio(bars.high, bars.low) ** 2 / (4 * np.log(2)))


def garman_klass_variance(bars: Bars) -> FloatArray:
    """Variance between open and close from range and body (Garman and Klass 1980), never below 0."""
    body = _log_ratio(bars.close, bars.open)
    variance = 0.5 * _log_ratio(bars.high, bars.low) ** 2 - (2 * np.log(2) - 1) * body**2
    return np.asarray(np.maximum(variance, 0.0))


def overnight_returns(bars: Bars) -> FloatArray:
    """Log return from the last close to the open, 0 at the first session."""
    gap = np.zeros(bars.close.shape)
    gap[..., 1:] = _log_ratio(bars.open[..., 1:], bars.close[..., :-1])
    return gap


def _log_ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Logarithm of a ratio of prices, bounded by `CEILING`."""
    ratio = np.log(np.maximum(above, 1e-12)) - np.log(np.maximum(below, 1e-12))
    return np.asarray(np.clip(ratio, -CEILING, CEILING))
