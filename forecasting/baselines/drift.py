"""The point baselines: no change, and the drift."""

from dataclasses import dataclass

import numpy as np

from forecasting.baselines.history import to_prices
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON


@dataclass(frozen=True, slots=True)
class Naive:
    """No change: the whole probability sits on the close at the origin (the random walk's point forecast)."""

    name: str = "naive"

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21): the close everywhere."""
        del context
        return to_prices(history, origins, np.zeros((len(origins), MAX_HORIZON, len(LEVELS))))


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
        line = slope[:, None, None] * np.arange(1, MAX_HORIZON + 1)[:, None]
        return to_prices(history, origins, np.broadcast_to(line, (len(origins), MAX_HORIZON, len(LEVELS))))
