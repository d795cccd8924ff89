"""Splits and dividends that a source tells, and has not taken out of the earlier prices yet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from forecasting.suspicious_closes import SPLIT_RATIOS, TAKEN_BACK, suspicious_closes
from forecasting.types.bars import PriceHistory

LARGE: Final = SPLIT_RATIOS[0]
"""A split of this ratio, or its inverse, leaves a gap that no session makes by itself, however busy it was."""


def adjusted(history: PriceHistory) -> PriceHistory:
    """The prices as the source will have them: those before a split or dividend whose whole gap is left are lowered.

    Only a gap that looks wrong, or is a large split's own, is taken for one, and only on the very session of the event.
    It is noted.
    """
    prices, shares, notes = np.ones(len(history)), np.ones(len(history)), history.notes
    doubted = suspicious_closes(history).doubted
    large = [split.session for split in history.splits if max(split.ratio, 1 / split.ratio) >= LARGE]
    rows = np.flatnonzero(doubted | np.isin(history.sessions, np.array(large, "datetime64[D]")))
    for row in rows[rows > 0].tolist():
        for what, price_factor, share_factor in _events(history, row, with_dividends=bool(doubted[row])):
            left = np.log(history.close[row] / history.close[row - 1])
            if abs(left - np.log(price_factor)) <= TAKEN_BACK * abs(left):
                prices[:row] *= price_factor
                shares[:row] *= share_factor
                notes = (*notes, f"prices before the {what} adjusted here")
    return history if notes == history.notes else replace(history.scaled(prices, shares), notes=notes)


def _events(history: PriceHistory, row: int, *, with_dividends: bool) -> Iterator[tuple[str, float, float]]:
    """Name of each split and dividend of a session, and its factors on earlier prices and volumes."""
    day: date = history.sessions[row].astype(object)
    yield from ((f"{one.ratio:g}:1 split", 1 / one.ratio, one.ratio) for one in history.splits if one.session == day)
    for dividend in history.dividends if with_dividends else ():
        if dividend.session == day and dividend.amount < history.close[row - 1]:
            yield "dividend", 1 - dividend.amount / float(history.close[row - 1]), 1.0
