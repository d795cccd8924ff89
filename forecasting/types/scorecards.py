"""How forecasts did: walk-forward scorecards, comparisons with baselines, and outcomes."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

SCORED_HORIZONS: Final = (1, 5, 10, 20)
FORECASTERS: Final = (
    "model",
    "naive",
    "drift",
    "volatility band",
    "historical quantiles",
    "ewma band",
    "gjr-garch-t",
)
"""The model, and the baselines from the simplest to the most elaborate."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one forecaster did at one horizon over the origins of a walk-forward evaluation.

    Prices are scored in units of the close at the origin (relative error), so symbols compare; `mse`, `rmse` and `mae`
    are of the median; `crps` is 2 x the mean pinball loss over `LEVELS`; coverages and hit rate are shares in 0..1.
    """

    forecaster: str  # one of `FORECASTERS`
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
    p_value: float  # two-sided; NaN where it is undefined


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A walk-forward evaluation of one model on one symbol, beside its baselines."""

    symbol: str
    model: str  # SHA-256 of the artefact
    first_origin: date
    last_origin: date
    scores: tuple[Score, ...]
    comparisons: tuple[Comparison, ...] = ()

    @property
    def forecasters(self) -> tuple[str, ...]:
        """Who was scored, in the order of `FORECASTERS`; others follow by name."""
        found = {score.forecaster for score in self.scores}
        return tuple(name for name in FORECASTERS if name in found) + tuple(sorted(found - set(FORECASTERS)))

    @property
    def horizons(self) -> tuple[int, ...]:
        """The scored horizons, ascending."""
        return tuple(sorted({score.horizon for score in self.scores}))

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
    """What a stored scorecard depends on: a change of one of these makes another scorecard."""

    symbol: str
    origin: date  # the newest session of the prices
    model: str  # SHA-256 of the artefact
    prices: str  # SHA-256 of the bars
    context: str  # SHA-256 of the market's columns up to the origin; "" without any
    version: int  # of what is evaluated, and how


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a published forecast did at one horizon."""

    symbol: str
    origin: date
    horizon: int
    target: date
    close: float  # the outcome
    median: float
    error: float  # (close - median) / close at the origin
    naive_error: float  # (close - close at the origin) / close at the origin
    band: float  # the smallest of 0.5, 0.8, 0.95 that held the close; 1.0 when outside all
    crps: float  # relative to the close at the origin
    naive_crps: float
