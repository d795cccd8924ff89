"""The scorecards of many symbols, pooled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.types.scorecards import Score, Scorecard

CRPS_UNIT: Final = "historical quantiles"
RMSE_UNIT: Final = "naive"


@dataclass(frozen=True, slots=True)
class PooledScore:
    """One forecaster over all symbols, at one horizon or over all of them."""

    forecaster: str
    horizon: int | None  # None: over all horizons
    symbols: int
    crps_ratio: float  # CRPS / that of the historical quantiles, geometric mean
    rmse_ratio: float  # RMSE / that of naive, geometric mean
    coverage_50: float  # shares, means
    coverage_80: float
    coverage_95: float


def pool(cards: Sequence[Scorecard]) -> tuple[PooledScore, ...]:
    """Every forecaster at every horizon and over all of them, in the order of the first scorecard.

    Ratios are taken per symbol and horizon, so that a volatile symbol weighs no more than a calm one. A symbol enters
    a ratio only where both it and its unit were scored.
    """
    if not cards:
        return ()
    forecasters = dict.fromkeys(score.forecaster for score in cards[0].scores)
    horizons = dict.fromkeys(score.horizon for score in cards[0].scores)
    return tuple(
        _pooled(cards, name, wanted) for name in forecasters for wanted in (*((h,) for h in horizons), tuple(horizons))
    )


def _pooled(cards: Sequence[Scorecard], forecaster: str, horizons: tuple[int, ...]) -> PooledScore:
    """One forecaster over all symbols and the given horizons."""
    scores = [found for card in cards for horizon in horizons if (found := card.score(forecaster, horizon))]
    return PooledScore(
        forecaster=forecaster,
        horizon=horizons[0] if len(horizons) == 1 else None,
        symbols=len(cards),
        crps_ratio=_geometric_mean(_ratio(s.crps, u.crps) for s, u in _beside(cards, forecaster, CRPS_UNIT, horizons)),
        rmse_ratio=_geometric_mean(_ratio(s.rmse, u.rmse) for s, u in _beside(cards, forecaster, RMSE_UNIT, horizons)),
        coverage_50=float(np.mean([score.coverage_50 for score in scores])),
        coverage_80=float(np.mean([score.coverage_80 for score in scores])),
        coverage_95=float(np.mean([score.coverage_95 for score in scores])),
    )


def _beside(
    cards: Sequence[Scorecard], forecaster: str, unit: str, horizons: tuple[int, ...]
) -> Iterable[tuple[Score, Score]]:
    """A forecaster's scores with the unit's of the same symbol and horizon."""
    pairs = ((card.score(forecaster, horizon), card.score(unit, horizon)) for card in cards for horizon in horizons)
    return ((score, of) for score, of in pairs if score and of)


def _ratio(loss: float, unit: float) -> float:
    """A loss in units of another; NaN where the other is 0."""
    return loss / unit if unit > 0 else float("nan")


def _geometric_mean(ratios: Iterable[float]) -> float:
    """The geometric mean of the finite positive ratios; NaN where there are none."""
    usable = np.array([ratio for ratio in ratios if ratio > 0])
    return float(np.exp(np.log(usable).mean())) if len(usable) else float("nan")
