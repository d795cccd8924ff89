"""Stylised facts of daily returns (Cont 2001), to hold simulated prices beside real ones."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.types.bars import FloatArray

LAGS: Final = (1, 5, 20, 60)
"""Sessions at which the memory of the size of moves is measured."""


@dataclass(frozen=True, slots=True)
class StylisedFacts:
    """What one symbol's daily log returns are like."""

    annual_volatility: float
    kurtosis: float  # 3 for a normal distribution
    memory_of_moves: float  # autocorrelation of returns at 1 session
    memory_of_sizes: tuple[float, ...]  # autocorrelation of absolute returns at `LAGS`
    leverage: float  # correlation of a return with the size of the next five
    variance_ratio: float  # variance over 20 sessions, over 20 times that of one


def stylised_facts(close: FloatArray) -> StylisedFacts:
    """Measure the closes of one symbol, shape (T,), T at least a few hundred."""
    returns = np.diff(np.log(close))
    sizes = np.minimum(np.abs(returns), np.quantile(np.abs(returns), 0.99))  # one crash is not the memory of all
    ahead = np.convolve(sizes, np.ones(5), "valid")[1:]
    months = np.log(close[20:] / close[:-20])
    return StylisedFacts(
        annual_volatility=float(returns.std() * np.sqrt(252)),
        kurtosis=float(np.mean((returns - returns.mean()) ** 4) / returns.var() ** 2),
        memory_of_moves=_correlation(returns[:-1], returns[1:]),
        memory_of_sizes=tuple(_correlation(sizes[:-lag], sizes[lag:]) for lag in LAGS),
        leverage=_correlation(returns[: len(ahead)], ahead),
        variance_ratio=float(months.var() / (20 * returns.var())),
    )


def _correlation(first: FloatArray, second: FloatArray) -> float:
    return float(np.corrcoef(first, second)[0, 1])
