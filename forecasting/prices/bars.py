"""Daily bars as a source sent them, before they are checked."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forecasting.types.bars import FloatArray, IndexArray, SessionArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RawBars:
    """n daily bars in any order and any state: dates may be NaT, numbers may be NaN."""

    sessions: SessionArray  # datetime64[D], shape (n,)
    prices: FloatArray  # open, high, low and close, adjusted, shape (n, 4)
    volume: FloatArray  # shares, shape (n,)

    @property
    def close(self) -> FloatArray:
        """The closes, shape (n,)."""
        return self.prices[:, 3]

    def __len__(self) -> int:
        return len(self.sessions)

    def take(self, which: Mask | IndexArray) -> Self:
        """The bars that a mask or row numbers choose."""
        return replace(self, sessions=self.sessions[which], prices=self.prices[which], volume=self.volume[which])


@dataclass(frozen=True, slots=True)
class SourceListing:
    """What a source knows of a symbol besides its prices."""

    symbol: str
    currency: str
    exchange: str  # a calendar name
    name: str
    source: str
