"""The values that travel between the rooms: prices, forecasts and how they did."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
SessionArray = NDArray[np.datetime64]

LEVELS: Final = (0.025, *(round(0.05 * step, 2) for step in range(1, 20)), 0.975)
"""The 21 probability levels of every quantile forecast, ascending."""
MEDIAN: Final = LEVELS.index(0.5)
MAX_HORIZON: Final = 20
SCORED_HORIZONS: Final = (1, 5, 10, 20)
BANDS: Final = (0.5, 0.8, 0.95)
"""The central bands that are drawn and calibrated, as probabilities."""
MIN_SESSIONS: Final = 250
"""Fewer sessions than this are too little history for a forecast."""
MAX_MATCHES: Final = 5
"""Symbols that a search offers at most."""


def band_columns(band: float) -> tuple[int, int]:
    """Columns of `LEVELS` that bound a central band of probability `band` (0.5, 0.8, 0.9 or 0.95)."""
    lower = LEVELS.index(round((1 - band) / 2, 3))
    return lower, len(LEVELS) - 1 - lower


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """Daily prices of one symbol: n unique ascending sessions, adjusted for splits and dividends."""

    symbol: str
    sessions: SessionArray  # datetime64[D], shape (n,)
    open: FloatArray  # listing currency, shape (n,)
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray  # shares, 0 where unknown
    currency: str
    exchange: str  # a calendar name of `forecasting.prices.calendars`, such as "XNYS" or "24/7"
    name: str
    source: str  # "yahoo", "csv", "simulated", "tiingo"
    fetched_at: datetime  # UTC
    notes: tuple[str, ...] = ()  # what the checks dropped, as short phrases: "dropped 1 open bar"

    def __len__(self) -> int:
        """Number of sessions."""
        return len(self.sessions)

    @property
    def last_session(self) -> date:
        """The newest session's date, which is the origin of a forecast made now."""
        last: date = self.sessions[-1].astype(object)
        return last

    def rows(self, part: slice) -> Self:
        """The same history cut to some rows."""
        return replace(
            self,
            sessions=self.sessions[part],
            open=self.open[part],
            high=self.high[part],
            low=self.low[part],
            close=self.close[part],
            volume=self.volume[part],
        )

    def extended(self, newer: Self) -> Self:
        """These sessions, followed by those of `newer` that come after them; everything else as `newer` says it."""
        more = newer.sessions > self.sessions[-1]
        return replace(
            newer,
            sessions=np.concatenate([self.sessions, newer.sessions[more]]),
            open=np.concatenate([self.open, newer.open[more]]),
            high=np.concatenate([self.high, newer.high[more]]),
            low=np.concatenate([self.low, newer.low[more]]),
            close=np.concatenate([self.close, newer.close[more]]),
            volume=np.concatenate([self.volume, newer.volume[more]]),
        )


@dataclass(frozen=True, slots=True)
class MarketContext:
    """Optional columns that describe the market on n ascending sessions; NaN where a value is not known."""

    sessions: SessionArray  # datetime64[D], shape (n,)
    market_return: FloatArray  # log return of the market, shape (n,)
    dispersion: FloatArray  # cross-sectional standard deviation of log returns
    volatility_index: FloatArray  # annual volatility in percent (^VIX)
    ten_year_yield: FloatArray  # percent (^TNX)
    dollar_index: FloatArray  # level (DX-Y.NYB)


@dataclass(frozen=True, slots=True)
class PriceTrouble:
    """Why an answer stands on older prices: one sentence, and when the source is tried again (UTC)."""

    sentence: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """Prices at hand, with the trouble that kept them from being newer, if any."""

    history: PriceHistory
    trouble: PriceTrouble | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one price source has been doing since the start."""

    name: str
    last_success: datetime | None  # UTC
    failures: int  # in a row
    next_try: datetime | None  # UTC; None when it may be asked now
    reason: str = ""  # why it is left alone until then, in a sentence


@dataclass(frozen=True, slots=True)
class SymbolMatch:
    """A search hit: what a person may have meant."""

    symbol: str
    name: str
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """How one forecaster did at one horizon over the origins of a walk-forward evaluation.

    Prices are scored in units of the close at the origin (relative error), so symbols compare; `mse`, `rmse` and `mae`
    are of the median; `crps` is 2 x the mean pinball loss over `LEVELS`; coverages and hit rate are shares in 0..1.
    """

    forecaster: str  # "model", "naive", "drift", "volatility band", "historical quantiles", "ewma band", "gjr-garch-t"
    horizon: int  # sessions ahead
    origins: int
    mse: float
    rmse: float
    mae: float
    mape: float  # percent of the outcome
    mase: float  # mae / in-sample mae of the one-session naive
    hit_rate: float  # share of right directions; NaN for a forecaster that names none
    crps: float
    winkler_80: float
    coverage_50: float
    coverage_80: float
    coverage_95: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The model against one baseline at one horizon (Diebold-Mariano, HAC variance, Harvey's correction)."""

    baseline: str
    horizon: int
    loss: Literal["crps", "squared error"]
    skill: float  # 1 - model's loss / baseline's loss
    p_value: float  # two-sided; NaN when it cannot be told


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A walk-forward evaluation of one model on one symbol, beside its baselines."""

    symbol: str
    model: str  # SHA-256 of the artefact
    first_origin: date
    last_origin: date
    scores: tuple[Score, ...]
    comparisons: tuple[Comparison, ...] = ()

    def score(self, forecaster: str, horizon: int) -> Score | None:
        """The score of one forecaster at one horizon, or None where it was not evaluated."""
        found = (s for s in self.scores if (s.forecaster, s.horizon) == (forecaster, horizon))
        return next(found, None)

    def comparison(self, baseline: str, horizon: int, loss: str) -> Comparison | None:
        """The comparison with one baseline at one horizon under one loss, or None where there is none."""
        found = (c for c in self.comparisons if (c.baseline, c.horizon, c.loss) == (baseline, horizon, loss))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class ScorecardKey:
    """What a stored scorecard stands on: whatever changes one of these makes another scorecard."""

    symbol: str
    origin: date  # the newest session of the prices
    model: str  # SHA-256 of the artefact
    prices: str  # SHA-256 of the bars
    context: str  # SHA-256 of the market's columns up to the origin; "" without any
    version: int  # of what is evaluated, and how


@dataclass(frozen=True, slots=True)
class Forecast:
    """A published forecast: never changed after it was made, and enough by itself to draw and to score."""

    symbol: str
    name: str
    currency: str
    exchange: str
    source: str
    notes: tuple[str, ...]
    origin: date  # the last closed session it stands on
    past_sessions: tuple[date, ...]  # up to 60, ending with the origin
    past_closes: tuple[float, ...]
    targets: tuple[date, ...]  # the 20 sessions ahead
    prices: FloatArray  # adjusted close, shape (20, 21): horizons x LEVELS, ascending along both bands
    model: str  # SHA-256 of the artefact
    model_kind: "ModelKind"
    scorecard: Scorecard | None
    made_at: datetime  # UTC

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a published forecast did at one horizon, once its day had come."""

    symbol: str
    origin: date
    horizon: int
    target: date
    close: float  # the close that came
    median: float
    error: float  # (close - median) / close at the origin
    naive_error: float  # (close - close at the origin) / close at the origin
    band: float  # the smallest of 0.5, 0.8, 0.95 that held the close; 1.0 when outside all
    crps: float  # relative to the close at the origin
    naive_crps: float


ModelKind = Literal["base", "pool", "symbol"]
