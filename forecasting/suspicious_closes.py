"""Closes that look wrong: gaps that nothing explains, and spikes that the next sessions took back."""

from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.types.bars import FloatArray, IndexArray, PriceHistory, SessionArray

GAP: Final = 8.0
"""A move of more volatilities than this asks for an explanation."""
MIN_GAP: Final = 0.02
"""A smaller log return asks for none, however calm the price was (a pegged currency, a money-market fund)."""
TAKEN_BACK: Final = 0.25
"""A gap is taken back where no more than this share of it is left."""
WITHIN: Final = 3
"""Sessions in which a spike comes back; a level that stands longer was a price."""
BUSY: Final = 2.0
"""Turnover this many times the usual one explains a gap."""
USUAL_SESSIONS: Final = 60
"""Sessions before, of whose volumes the median is the usual one."""
MIN_KNOWN: Final = 20
"""Sessions, and known volumes, that are needed before anything is called unusual."""
POSTED_WITHIN: Final = 30
"""Sessions; a split that is not posted by then was none."""
SPLIT_RATIOS: Final = (1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 15.0, 20.0, 25.0, 50.0)
SPLIT_NOISE: Final = 0.04
"""A split's session also moves by itself; log return."""
DECAY: Final = 0.94
"""Of the exponentially weighted volatility (RiskMetrics 1996)."""
_FIRST: Final = 0.02
"""Daily volatility that stands in for the first session, which has no return."""
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SuspiciousCloses:
    """Which of n closes look wrong, and from when on that is known."""

    doubted: BoolArray  # shape (n,): an unexplained gap, as far as is known at the session itself
    wrong_from: IndexArray  # shape (n,): the row from which on the close is known to be wrong; n where it never is

    def known_wrong(self, row: int) -> BoolArray:
        """Closes that look wrong at a row, shape (n,): spikes taken back by then, and a doubted newest one."""
        wrong: BoolArray = self.wrong_from <= row
        wrong[row] |= self.doubted[row]
        return wrong


def suspicious_closes(history: PriceHistory) -> SuspiciousCloses:
    """Judge every close by its own session and those before; that it was a spike, by the sessions after it.

    A close is doubted on its own session only: the next one either confirms the level or takes the gap back.
    """
    logs, explained = np.log(history.close), _is_busy(history)
    doubted, wrong_from = np.zeros(len(logs), np.bool_), np.full(len(logs), len(logs))
    spread, spike = _Spread(_FIRST**2, 1.0), None
    for row, move in enumerate(np.diff(logs).tolist(), start=1):
        level = float(logs[row])
        if spike and spike.is_taken_back(row, level):
            wrong_from[spike.row : row] = row
            spread, spike = spike.spread.after(level - spike.before), None
            continue
        if row >= MIN_KNOWN and not explained[row] and spread.is_gap(move):
            doubted[row] = True
            spike = spike if spike and row - spike.row < WITHIN else _Spike(row, level - move, move, spread)
        spread = spread.after(move)
    return SuspiciousCloses(doubted, wrong_from)


def unposted_splits(history: PriceHistory) -> SessionArray:
    """Sessions of the last 30 whose gap nothing explains, and whose size is that of a split: it may yet be posted."""
    doubted = suspicious_closes(history).doubted[1:][-POSTED_WITHIN:]
    moves = np.abs(np.diff(np.log(history.close)))[-POSTED_WITHIN:]
    like_a_split = (np.abs(moves[:, None] - np.log(SPLIT_RATIOS)) < SPLIT_NOISE).any(axis=1)
    sessions: SessionArray = history.sessions[1:][-POSTED_WITHIN:][doubted & like_a_split]
    return sessions


def newest_is_doubted(history: PriceHistory) -> bool:
    """Whether the newest close is a gap that nothing explains."""
    return bool(suspicious_closes(history).doubted[-1])


class _Spread(NamedTuple):
    """Exponentially weighted squares of log returns, and their weight."""

    squares: float
    weight: float

    def after(self, move: float) -> "_Spread":
        return _Spread(self.squares * DECAY + min(move * move, 1.0), self.weight * DECAY + 1.0)

    def is_gap(self, move: float) -> bool:
        return abs(move) > max(MIN_GAP, GAP * sqrt(self.squares / self.weight))


class _Spike(NamedTuple):
    """An unexplained gap that may yet be taken back."""

    row: int
    before: float  # log of the close before it
    size: float  # log return
    spread: _Spread  # before it

    def is_taken_back(self, row: int, level: float) -> bool:
        return row - self.row <= WITHIN and abs(level - self.before) <= TAKEN_BACK * abs(self.size)


def _is_busy(history: PriceHistory) -> BoolArray:
    """Whether volume explains a session's gap, shape (n,); an unknown volume explains nothing.

    Counted in shares and in money, whichever is less unusual: a price that is ten times too high makes ten times the
    money of usual shares, and a split that the past does not know yet makes four times the shares of usual money.
    """
    volume = pd.Series(history.volume).where(history.volume > 0)
    usual = volume.rolling(USUAL_SESSIONS, min_periods=MIN_KNOWN).median().shift(1).to_numpy()
    rise: FloatArray = np.append(1.0, history.close[1:] / history.close[:-1])
    return np.asarray(history.volume * np.minimum(rise, 1.0) >= BUSY * usual)
