"""Pure: the currency of a stored symbol, which one odd answer does not change."""

from dataclasses import replace
from typing import Final

import numpy as np

from forecasting.types.bars import PriceHistory

_NEWEST: Final = 5
"""Stored sessions whose closes tell whether prices are in another unit now."""
_SAME_UNIT: Final = 0.2
"""Closes that moved by less, relatively, are in the same unit: a dividend moves them, another currency by more."""


def with_settled_currency(stored: PriceHistory, answer: PriceHistory) -> PriceHistory:
    """The answer, in the stored currency where it names another one for the same closes; that is noted.

    Where the closes changed by a factor with the name, prices are in another unit now, and the answer is right. An
    index is right about its own: it has no currency, whatever was stored of it once.
    """
    is_settled = answer.currency == stored.currency or not stored.currency or answer.symbol.startswith("^")
    if is_settled or not _in_the_same_unit(stored, answer):
        return answer
    note = f"currency {answer.currency} in the newest answer, {stored.currency} kept"
    notes = (*answer.notes, note) if answer.currency else answer.notes
    return replace(answer, currency=stored.currency, notes=notes)


def _in_the_same_unit(stored: PriceHistory, answer: PriceHistory) -> bool:
    """Whether the newest stored closes come again, but for a dividend."""
    _, old, new = np.intersect1d(stored.sessions[-_NEWEST:], answer.sessions, return_indices=True)
    ratios = answer.close[new] / stored.close[-_NEWEST:][old]
    return len(ratios) > 0 and abs(float(np.median(ratios)) - 1) < _SAME_UNIT
