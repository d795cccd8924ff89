"""The cheap baselines: what a model has to beat before anyone should listen to it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecasting.ports import Forecaster
from forecasting.types import LEVELS, MAX_HORIZON, FloatArray, IndexArray, MarketContext, PriceHistory

_HORIZONS: Final = np.arange(1, MAX_HORIZON + 1)
_NORMAL: Final = np.asarray(ndtri(LEVELS))
"""The standard normal distribution's quantiles at `LEVELS`."""


@dataclass(frozen=True, slots=True)
class Naive:
    """No change: the whole probability sits on the close at the origin (the random walk's point forecast)."""

    name: str = "naive"

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21): the close everywhere."""
        del context
        return _prices(history, origins, np.zeros((len(origins), MAX_HORIZON, len(LEVELS))))


@dataclass(frozen=True, slots=True)
class Drift:
    """The mean log return of all sessions so far goes on; the whole probability sits on that line.

    Source: Hyndman and Athanasopoulos, "Forecasting: principles and practice", 3rd edition, section 5.2.
    """

    name: str = "drift"

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21): all levels alike."""
        del context
        slope = np.log(history.close[origins] / history.close[0]) / np.maximum(origins, 1)
        line = slope[:, None, None] * _HORIZONS[:, None]
        return _prices(history, origins, np.broadcast_to(line, (len(origins), MAX_HORIZON, len(LEVELS))))


@dataclass(frozen=True, slots=True)
class VolatilityBand:
    """A normal band around no change, as wide as the root mean square log return of the last `window` sessions."""

    name: str = "volatility band"
    window: int = 20

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); the width grows with the root of the horizon."""
        del context
        variance = pd.Series(_returns(history) ** 2).rolling(self.window, min_periods=1).mean().to_numpy()
        return _prices(history, origins, _normal_band(np.sqrt(variance[origins])))


@dataclass(frozen=True, slots=True)
class EwmaBand:
    """A normal band around no change, as wide as the exponentially weighted volatility.

    Source: RiskMetrics Technical Document (1996), 4th edition: decay 0.94 for daily data.
    """

    name: str = "ewma band"
    decay: float = 0.94

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); the width grows with the root of the horizon."""
        del context
        variance = pd.Series(_returns(history) ** 2).ewm(alpha=1 - self.decay).mean().to_numpy()
        return _prices(history, origins, _normal_band(np.sqrt(variance[origins])))


@dataclass(frozen=True, slots=True)
class HistoricalQuantiles:
    """The quantiles of the h-session log returns that ended in the last `window` sessions."""

    name: str = "historical quantiles"
    window: int = 500

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); a history shorter than the window is used as far as it goes."""
        del context
        ended = np.full((len(history), MAX_HORIZON), np.nan)
        for horizon in range(1, MAX_HORIZON + 1):
            ended[horizon:, horizon - 1] = log_returns(history.close, horizon)
        bands = [self._band(ended, int(origin)) for origin in origins]
        return _prices(history, origins, np.stack(bands))

    def _band(self, ended: FloatArray, origin: int) -> FloatArray:
        """Quantiles of the log returns at one origin, shape (20, 21)."""
        first = max(MAX_HORIZON, origin + 1 - self.window)
        return np.quantile(ended[first : origin + 1], LEVELS, axis=0).T


def cheap_baselines() -> tuple[Forecaster, ...]:
    """The baselines that cost milliseconds; the costly one is `forecasting.evaluation.garch.GjrGarch`."""
    return Naive(), Drift(), VolatilityBand(), HistoricalQuantiles(), EwmaBand()


def log_returns(close: FloatArray, sessions: int = 1) -> FloatArray:
    """Log returns over `sessions`, shape (n - sessions,), each from one ratio of prices.

    A difference of logarithms would round with the level of the prices, and so with their currency.
    """
    return np.log(close[sessions:] / close[:-sessions])


def _returns(history: PriceHistory) -> FloatArray:
    """One-session log returns, shape (n,); NaN in the first row."""
    return np.concatenate(([np.nan], log_returns(history.close)))


def _normal_band(volatility: FloatArray) -> FloatArray:
    """Quantiles of normal log returns, shape (origins, 20, 21), from one-session volatilities (origins,)."""
    return volatility[:, None, None] * np.sqrt(_HORIZONS)[:, None] * _NORMAL


def _prices(history: PriceHistory, origins: IndexArray, returns: FloatArray) -> FloatArray:
    """Prices from log returns since the origins, shape (origins, 20, 21)."""
    prices: FloatArray = history.close[origins][:, None, None] * np.exp(returns)
    return prices
