"""The normal bands: as wide as the volatility of 20 sessions, or the exponentially weighted one."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from forecasting.baselines.history import log_returns, to_prices
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON

_NORMAL: Final = np.asarray(ndtri(LEVELS))
"""The standard normal distribution's quantiles at `LEVELS`."""


@dataclass(frozen=True, slots=True)
class VolatilityBand:
    """A normal band around no change, as wide as the root mean square log return of the last `window` sessions."""

    name: str = "volatility band"
    window: int = 20

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); the width grows with the root of the horizon."""
        del context
        variance = _squares(history).rolling(self.window, min_periods=1).mean().to_numpy()
        return to_prices(history, origins, _normal_band(np.sqrt(variance[origins])))


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
        variance = _squares(history).ewm(alpha=1 - self.decay).mean().to_numpy()
        return to_prices(history, origins, _normal_band(np.sqrt(variance[origins])))


def _squares(history: PriceHistory) -> pd.Series:
    """Squared one-session log returns, shape (n,); NaN in the first row."""
    return pd.Series(np.concatenate(([np.nan], log_returns(history.close))) ** 2)


def _normal_band(volatility: FloatArray) -> FloatArray:
    """Quantiles of normal log returns, shape (origins, 20, 21), from one-session volatilities (origins,)."""
    return volatility[:, None, None] * np.sqrt(np.arange(1, MAX_HORIZON + 1))[:, None] * _NORMAL
