"""The historical quantiles, and how returns become prices."""

from dataclasses import dataclass

import numpy as np

from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON


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
        return to_prices(history, origins, np.stack(bands))

    def _band(self, ended: FloatArray, origin: int) -> FloatArray:
        """Quantiles of the log returns at one origin, shape (20, 21)."""
        first = max(MAX_HORIZON, origin + 1 - self.window)
        return np.quantile(ended[first : origin + 1], LEVELS, axis=0).T


def log_returns(close: FloatArray, sessions: int = 1) -> FloatArray:
    """Log returns over `sessions`, shape (n - sessions,), each from one ratio of prices.

    A difference of logarithms would round with the level of the prices, and so with their currency.
    """
    return np.log(close[sessions:] / close[:-sessions])


def to_prices(history: PriceHistory, origins: IndexArray, returns: FloatArray) -> FloatArray:
    """Prices from log returns since the origins, shape (origins, 20, 21)."""
    prices: FloatArray = history.close[origins][:, None, None] * np.exp(returns)
    return prices
