"""Conformal calibration: bands widen or narrow until their coverage is right, by past outcomes only."""

from typing import Final

import numpy as np

from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import BANDS, LEVELS, MAX_HORIZON, MEDIAN, band_columns

_HORIZONS: Final = np.arange(1, MAX_HORIZON + 1)
RATES: Final = np.stack([0.04 / _HORIZONS**0.25, 0.01 / _HORIZONS**0.5, 0.01 / _HORIZONS**0.5], axis=-1)
"""How far one outcome moves the logarithm of a factor, for each horizon and band: outcomes of long horizons overlap."""
_LOG_DISTANCES: Final = np.log(_HORIZONS)[:, None] - np.log(_HORIZONS)
_KERNEL: Final = np.exp(-0.5 * (_LOG_DISTANCES / 0.25) ** 2)
NEIGHBOURS: Final = _KERNEL / _KERNEL.sum(axis=1, keepdims=True)
"""Shares in which a horizon learns from the misses of all: near ones carry the same signal with other noise."""
LIMIT: Final = 0.7
"""No factor's logarithm leaves plus and minus this."""
_CENTRAL: Final = np.abs(2 * np.array(LEVELS) - 1)


def calibration_factors(quantiles: FloatArray, outcomes: FloatArray) -> FloatArray:
    """Factors on the distance from the median, one per origin, horizon and level: shape (T, 20, 21).

    Adaptive conformal inference (Gibbs and Candes 2021) on the logarithm of a band's width: every outcome outside
    widens it, every one inside narrows it, in the proportion that gives the band its coverage in the long run.

    Args:
        quantiles: of every session, shape (T, 20, 21).
        outcomes: shape (T, 20) in the same unit; NaN where the day has not come by row T.
    """
    scores = np.stack([_excess(quantiles, outcomes, band) for band in BANDS], axis=-1)
    rows, horizons = np.arange(len(quantiles)), np.arange(MAX_HORIZON)
    made = rows[:, None] - 1 - horizons  # the origin whose outcome at each horizon becomes known at a row
    past = np.maximum(made, 0)
    came = np.where(made[..., None] >= 0, scores[past, horizons], np.nan)
    known = np.isfinite(came)
    logs = np.zeros(scores.shape)
    flat, places = logs.reshape(-1, len(BANDS)), past * MAX_HORIZON + horizons
    miss = 1 - np.array(BANDS)
    for row in rows[1:]:
        step = np.where(known[row], (came[row] > flat.take(places[row], axis=0)) - miss, 0.0)
        moved = logs[row - 1] + RATES * (NEIGHBOURS @ step)
        np.minimum(np.maximum(moved, -LIMIT), LIMIT, out=logs[row])
    return np.exp(_spread_over_levels(logs))


def calibrated(quantiles: FloatArray, factors: FloatArray) -> FloatArray:
    """Quantiles with their distances from the median multiplied by the factors, still increasing."""
    median = quantiles[..., MEDIAN : MEDIAN + 1]
    widened = median + (quantiles - median) * factors
    upper = np.maximum.accumulate(widened[..., MEDIAN:], axis=-1)
    lower = np.minimum.accumulate(widened[..., MEDIAN::-1], axis=-1)[..., ::-1]
    return np.concatenate([lower, upper[..., 1:]], axis=-1)


def _excess(quantiles: FloatArray, outcomes: FloatArray, band: float) -> FloatArray:
    """Log of the factor that would have put each outcome on the edge of the band, shape (T, 20)."""
    low, high = band_columns(band)
    median = quantiles[..., MEDIAN]
    away = outcomes - median
    width = np.where(away > 0, quantiles[..., high] - median, median - quantiles[..., low])
    return np.asarray(np.log(np.maximum(np.abs(away), 1e-12) / np.maximum(width, 1e-12)))


def _spread_over_levels(logs: FloatArray) -> FloatArray:
    """From factors per band (..., 3) to factors per level (..., 21), linear between the bands."""
    weights = np.stack([np.interp(_CENTRAL, BANDS, row) for row in np.eye(len(BANDS))])
    return np.asarray(logs @ weights)
