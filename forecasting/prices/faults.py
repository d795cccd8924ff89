"""The faults that single bars have: each function marks the bars that have one, True where it is present."""

from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from forecasting.prices.calendars import is_known, last_closed_session, sessions_between
from forecasting.prices.rows import Mask, Rows

UNIT_JUMP: Final = 50.0
"""A price this many times its surroundings, or this small a part, is in another unit (pence for pounds)."""
SURROUNDINGS: Final = 41
"""Sessions whose median a bar is compared with."""
ROUNDING: Final = 1e-4
"""How far, relatively, rounding may put a high below a low."""


def undated(rows: Rows) -> Mask:
    """Bars without a date."""
    return np.isnat(rows.sessions)


def repeated(rows: Rows) -> Mask:
    """Bars, in ascending order, whose session comes again later: the source's last word on a day counts."""
    return np.append(rows.sessions[1:] == rows.sessions[:-1], False) if len(rows) else np.zeros(0, np.bool_)


def still_open(rows: Rows, exchange: str, now: datetime) -> Mask:
    """Bars of sessions that had not closed at `now`."""
    closed = np.datetime64(last_closed_session(exchange, now))
    return np.greater(rows.sessions, closed)


def incomplete(rows: Rows) -> Mask:
    """Bars that lack one of the four prices."""
    bad: Mask = np.any(~np.isfinite(rows.prices), axis=1)
    return bad


def not_positive(rows: Rows) -> Mask:
    """Bars with a price of zero or below, whatever the others are."""
    bad: Mask = np.any(rows.prices <= 0, axis=1)
    return bad


def upside_down(rows: Rows) -> Mask:
    """Bars whose high is below their low by more than rounding."""
    return np.less(rows.prices[:, 1], rows.prices[:, 2] * (1 - ROUNDING))


def outside_sessions(rows: Rows, exchange: str) -> Mask:
    """Bars without volume on days when a known exchange was closed."""
    if not len(rows) or not is_known(exchange):
        return np.zeros(len(rows), np.bool_)
    known = sessions_between(exchange, rows.sessions[0].item(), rows.sessions[-1].item())
    return ~np.isin(rows.sessions, known) & ~(rows.volume > 0)


def other_unit(rows: Rows) -> Mask:
    """Bars with a price 50-fold away from the median of the 41 closes around them, which later bars take back."""
    closes = pd.Series(np.log(rows.close))
    usual = closes.rolling(SURROUNDINGS, center=True, min_periods=1).median().to_numpy()
    bad: Mask = np.any(np.abs(np.log(rows.prices) - usual[:, None]) > np.log(UNIT_JUMP), axis=1)
    return bad
