"""Quarterly features: how large the moves were one to four quarters before the sessions that are forecast."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from forecasting.model.volatility import moving_mean
from forecasting.types.bars import FloatArray

QUARTER: Final = 63
"""Sessions between two quarterly reports, give or take a few."""
QUARTERS: Final = 4
HORIZON_GROUPS: Final = ((-3, 0), (1, 1), (2, 3), (4, 7), (8, 13), (14, 20), (21, 25))
"""Groups of sessions ahead, first and last; companies report some days earlier or later than a quarter before."""


def quarterly_features(returns: FloatArray, volatility: FloatArray, volume: FloatArray) -> Iterator[FloatArray]:
    """Per group of sessions ahead, the mean over past quarters of the largest move in its place, then of the volume.

    A share that jumps at its quarterly results has done so about 63, 126, 189 and 252 sessions before.
    """
    expected = np.concatenate([volatility[..., :1], volatility[..., :-1]], axis=-1)
    for sizes in (np.log1p(np.abs(returns) / expected), _busy_volume(volume)):
        for first, last in HORIZON_GROUPS:
            lags = [(QUARTER * k - last, QUARTER * k - first) for k in range(1, QUARTERS + 1)]
            yield 2 * np.mean([_largest(sizes, *lag) for lag in lags], 0) - 1


def _busy_volume(volume: FloatArray) -> FloatArray:
    """Log of the volume over its mean of the sessions before, 0 to 2; 0 where it is unknown."""
    known = volume > 0
    logs = np.log(np.where(known, volume, 1.0))
    level = moving_mean(logs, 20, known)
    before = np.concatenate([level[..., :1], level[..., :-1]], axis=-1)
    return np.where(known, np.clip(logs - before, 0.0, 2.0), 0.0)


def _largest(sizes: FloatArray, nearest: int, farthest: int) -> FloatArray:
    """Largest of the values `nearest` to `farthest` sessions ago; 0.5 where there was no session yet."""
    best = np.zeros(sizes.shape)
    for lag in range(nearest, min(farthest, sizes.shape[-1]) + 1):
        best[..., lag:] = np.maximum(best[..., lag:], sizes[..., : sizes.shape[-1] - lag])
    best[..., :farthest] = 0.5
    return best
