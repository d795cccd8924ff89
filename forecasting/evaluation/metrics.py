"""Losses of quantile forecasts, one number per outcome."""

from collections.abc import Callable
from typing import Final

import numpy as np
import scoringrules
from numpy.typing import NDArray

from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import LEVELS, MEDIAN, band_columns

_LEVELS: Final = np.array(LEVELS)

BoolArray = NDArray[np.bool_]
Loss = Callable[[FloatArray, FloatArray], FloatArray]
"""Outcomes (...) and quantiles (..., 21) in; one loss per outcome (...) out."""


def crps(outcomes: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Twice the mean pinball loss over `LEVELS`, in the unit of the outcomes.

    `outcomes` has shape (...), `quantiles` (..., 21); the result has the shape of `outcomes`. For a point mass this is
    the absolute error. Source: Gneiting and Ranjan (2011), "Comparing density forecasts using threshold- and
    quantile-weighted scoring rules"; as `crps_quantile` of scoringrules.
    """
    return np.asarray(scoringrules.crps_quantile(outcomes, quantiles, _LEVELS, backend="numpy"), dtype=np.float64)


def squared_error(outcomes: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Squared error of the median, in the squared unit of the outcomes; shapes as in `crps`."""
    return np.square(outcomes - quantiles[..., MEDIAN])


def absolute_error(outcomes: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Absolute error of the median, in the unit of the outcomes; shapes as in `crps`."""
    return np.abs(outcomes - quantiles[..., MEDIAN])


def percentage_error(outcomes: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Absolute error of the median in percent of the outcome; shapes as in `crps`."""
    return 100 * absolute_error(outcomes, quantiles) / np.abs(outcomes)


def winkler(outcomes: FloatArray, quantiles: FloatArray, band: float) -> FloatArray:
    """Interval score of a central band (0.5, 0.8, 0.9 or 0.95): its width, and a penalty for each miss.

    Shapes as in `crps`. Source: Winkler (1972); Gneiting and Raftery (2007), eq. 43; as `interval_score` of
    scoringrules.
    """
    lower, upper = band_columns(band)
    score = scoringrules.interval_score(
        outcomes, quantiles[..., lower], quantiles[..., upper], 1 - band, backend="numpy"
    )
    return np.asarray(score, dtype=np.float64).reshape(np.shape(outcomes))


def inside(outcomes: FloatArray, quantiles: FloatArray, band: float) -> BoolArray:
    """Whether each outcome lies in a central band (0.5, 0.8, 0.9 or 0.95), its bounds included; shapes as in `crps`."""
    lower, upper = band_columns(band)
    return (quantiles[..., lower] <= outcomes) & (outcomes <= quantiles[..., upper])


def hit_rate(outcomes: FloatArray, medians: FloatArray, closes: FloatArray) -> float:
    """Share of right directions, seen from the close at the origin; all three have shape (n,).

    Only origins count where the forecast names a direction and the price moved; NaN where there are none.
    """
    named, came = np.sign(medians - closes), np.sign(outcomes - closes)
    counted = (named != 0) & (came != 0)
    return float(np.mean(named[counted] == came[counted])) if counted.any() else float("nan")
