"""Pure: what is different between what was stored of a symbol and what is stored now."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from forecasting.prices.merging import SAME
from forecasting.types.bars import PriceHistory

TOLERANCES: Final = {"open": SAME, "high": SAME, "low": SAME, "close": SAME, "volume": 0.0}
"""Numbers of a column that differ by no more, relatively, are the same."""


@dataclass(frozen=True, slots=True)
class PriceChanges:
    """How many sessions were added, removed and revised, and the first of them (None where there are none)."""

    added: int
    removed: int
    revised: int
    first: date | None


@dataclass(frozen=True, slots=True)
class Refetched:
    """A history that was fetched anew, and what is different from what was stored."""

    history: PriceHistory
    changes: PriceChanges


def changes(before: PriceHistory | None, after: PriceHistory) -> PriceChanges:
    """From one history to another of the same symbol; all sessions are new where there was none."""
    if before is None:
        return PriceChanges(len(after), 0, 0, after.sessions[0].item())
    common, old, new = np.intersect1d(before.sessions, after.sessions, assume_unique=True, return_indices=True)
    same = [
        np.isclose(getattr(after, column)[new], getattr(before, column)[old], rtol=tolerance, atol=0)
        for column, tolerance in TOLERANCES.items()
    ]
    revised = common[~np.all(same, axis=0)]
    added, removed = (np.setdiff1d(one.sessions, common) for one in (after, before))
    first = min((days[0].item() for days in (added, removed, revised) if len(days)), default=None)
    return PriceChanges(len(added), len(removed), len(revised), first)
