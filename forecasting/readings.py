"""What is read of a history at each origin, so that a past origin is scored as it was forecast then."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.types.bars import IndexArray, PriceHistory

YEARS: Final = 10
"""Model and baselines read from the 1 January so many years before an origin, however far back the prices go."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The sessions that some origins share."""

    history: PriceHistory  # from the first session that is read to the last of the origins
    origins: IndexArray  # rows of `history`
    wanted: NDArray[np.bool_]  # which of the origins that were asked for these are


def newest_years(history: PriceHistory) -> PriceHistory:
    """What is read of a history at its newest session, and learned from."""
    begin = (history.sessions[-1].astype("datetime64[Y]") - YEARS).astype("datetime64[D]")
    return history.take(slice(int(np.searchsorted(history.sessions, begin)), None))


def readings(history: PriceHistory, origins: IndexArray) -> Iterator[Reading]:
    """One reading for the origins whose windows begin at the same row: those of one year, or all of a short history.

    `origins` are ascending row numbers of `history`.
    """
    begins = (history.sessions[origins].astype("datetime64[Y]") - YEARS).astype("datetime64[D]")
    firsts = np.searchsorted(history.sessions, begins)
    for first in np.unique(firsts).tolist():
        wanted = firsts == first
        rows = origins[wanted]
        yield Reading(history.take(slice(first, int(rows[-1]) + 1)), rows - first, wanted)
