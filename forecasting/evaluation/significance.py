"""Whether one forecaster's losses differ from another's by more than chance."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import stdtr

from forecasting.types.bars import FloatArray

_ROUNDING: Final = 1e-12
"""Loss differences that vary less than this share of their size are constant but for rounding."""


@dataclass(frozen=True, slots=True)
class DieboldMariano:
    """The outcome of the test; both values are NaN where it is undefined."""

    statistic: float  # negative: the first forecaster lost less
    p_value: float  # two-sided


_UNDEFINED: Final = DieboldMariano(float("nan"), float("nan"))


def diebold_mariano(loss_a: FloatArray, loss_b: FloatArray, horizon: int, step: int = 1) -> DieboldMariano:
    """Test that two series of losses, one per origin in time order, have the same mean.

    Origins lie `step` sessions apart and look `horizon` sessions ahead, so `ceil(horizon / step) - 1` neighbours
    overlap: that many autocovariances enter the variance. Sources: Diebold and Mariano (1995), "Comparing predictive
    accuracy" (rectangular kernel; Bartlett's where that gives no positive variance, as they advise); Harvey, Leybourne
    and Newbold (1997), "Testing the equality of prediction mean squared errors", eq. 9, Student's t with n - 1 degrees
    of freedom. NaN when the losses differ by a constant, are not finite, or are too few for the overlap.
    """
    difference = np.asarray(loss_a, dtype=np.float64) - np.asarray(loss_b, dtype=np.float64)
    count, steps = len(difference), -(-horizon // step)
    if count <= steps or np.ptp(difference) <= _ROUNDING * np.abs(difference).max():
        return _UNDEFINED
    variance = _long_run_variance(difference, steps - 1) / count
    correction = (count + 1 - 2 * steps + steps * (steps - 1) / count) / count
    if not (variance > 0 and correction > 0):
        return _UNDEFINED
    statistic = float(difference.mean() * np.sqrt(correction / variance))
    return DieboldMariano(statistic, float(2 * stdtr(count - 1, -abs(statistic))))


def _long_run_variance(series: FloatArray, lags: int) -> float:
    """Variance plus twice the first `lags` autocovariances; with Bartlett's weights where that is not positive."""
    centred = series - series.mean()
    covariances = np.array([centred[lag:] @ centred[: len(centred) - lag] for lag in range(lags + 1)]) / len(centred)
    rectangular = covariances[0] + 2 * covariances[1:].sum()
    if rectangular > 0:
        return float(rectangular)
    weights = 1 - np.arange(1, lags + 1) / (lags + 1)
    return float(covariances[0] + 2 * weights @ covariances[1:])
