"""Quarterly echoes: how large the moves were one to four quarters before the sessions that are forecast."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from forecasting.types import FloatArray

QUARTER: Final = 63
"""Sessions between two quarterly reports, give or take a few."""
QUARTERS: Final = 4
AHEAD: Final = ((0, 2), (2, 6), (5, 11), (10, 21))
"""Groups of sessions ahead, first and last; the slack at their ends allows for holidays."""


def quarter_echoes(returns: FloatArray, volatility: FloatArray) -> Iterator[FloatArray]:
    """Per group of sessions ahead, the mean over past quarters of the largest move in that place.

    A share that jumps at its quarterly results has done so about 63, 126, 189 and 252 sessions before.
    """
    expected = np.concatenate([volatility[..., :1], volatility[..., :-1]], axis=-1)
    sizes = np.log1p(np.abs(returns) / expected)
    for first, last in AHEAD:
        yield np.mean([_largest(sizes, QUARTER * k - last, QUARTER * k - first) for k in range(1, QUARTERS + 1)], 0) - 1


def _largest(sizes: FloatArray, nearest: int, farthest: int) -> FloatArray:
    """Largest of the values `nearest` to `farthest` sessions ago; 1 where there was no session yet."""
    best = np.zeros(sizes.shape)
    for lag in range(nearest, min(farthest, sizes.shape[-1]) + 1):
        best[..., lag:] = np.maximum(best[..., lag:], sizes[..., : sizes.shape[-1] - lag])
    best[..., :farthest] = 1.0
    return best
