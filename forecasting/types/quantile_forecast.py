"""A published forecast: quantiles of the adjusted close at each horizon."""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final, Literal

import numpy as np

from forecasting.types.bars import FloatArray
from forecasting.types.scorecards import Scorecard

LEVELS: Final = (0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975)
"""The 21 probability levels of every quantile forecast, ascending."""
MEDIAN: Final = LEVELS.index(0.5)
MAX_HORIZON: Final = 20
BANDS: Final = (0.5, 0.8, 0.95)
"""The central bands that are drawn and calibrated, as probabilities."""
ModelKind = Literal["base", "pool", "symbol"]


def band_columns(band: float) -> tuple[int, int]:
    """Columns of `LEVELS` that bound a central band of probability `band` (0.5, 0.8, 0.9 or 0.95)."""
    lower = LEVELS.index(round((1 - band) / 2, 3))
    return lower, len(LEVELS) - 1 - lower


@dataclass(frozen=True, slots=True)
class ForecastKey:
    """What a forecast stands on: a change of one of these makes another forecast."""

    symbol: str
    origin: date
    model: str  # SHA-256 of the artefact
    revision: int  # of the prices: how often stored closes were changed
    market: bool  # whether the market's columns were on

    @property
    def sha256(self) -> str:
        """Tells a forecast's chart from every other one's."""
        return sha256(repr(self).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Forecast:
    """A published forecast: never changed after it was made, and enough by itself to draw and to score."""

    symbol: str
    name: str
    currency: str
    exchange: str
    source: str
    notes: tuple[str, ...]  # what it leaves out or does not know, as short phrases
    origin: date  # the last closed session it stands on
    past_sessions: tuple[date, ...]  # up to 60, ending with the origin
    past_closes: tuple[float, ...]
    targets: tuple[date, ...]  # the 20 sessions ahead
    prices: FloatArray  # adjusted close, shape (20, 21): horizons x LEVELS, ascending along both bands
    model: str  # SHA-256 of the artefact
    model_kind: ModelKind
    revision: int  # of the prices
    market: bool  # whether the market's columns were on
    scorecard: Scorecard | None
    made_at: datetime  # UTC
    doubted: bool = False  # whether the close at the origin looks wrong, and is no part of the bands' width

    @property
    def key(self) -> ForecastKey:
        """What it stands on."""
        return ForecastKey(self.symbol, self.origin, self.model, self.revision, self.market)

    @property
    def close(self) -> float:
        """The close at the origin, which is also the naive forecast."""
        return self.past_closes[-1]

    def median(self, horizon: int) -> float:
        """The point forecast `horizon` sessions ahead (1..20)."""
        return float(self.prices[horizon - 1, MEDIAN])

    def band(self, horizon: int, probability: float) -> tuple[float, float]:
        """Lower and upper price of a central band (0.5, 0.8 or 0.95) `horizon` sessions ahead."""
        lower, upper = band_columns(probability)
        return float(self.prices[horizon - 1, lower]), float(self.prices[horizon - 1, upper])

    def chance_above(self, horizon: int, price: float) -> float:
        """Probability that the close `horizon` sessions ahead is above `price`, linear between levels."""
        return 1 - float(np.interp(price, self.prices[horizon - 1], LEVELS, left=0.0, right=1.0))
