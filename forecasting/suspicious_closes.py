"""Closes that look wrong: gaps that nothing explains, and spikes that the next sessions took back."""

from dataclasses import dataclass
from typing import Final

import numpy as np
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
TICKS: Final = 2
"""A gap of no more of the smallest moves asks for none: a share of 0.0001 that trades at 0.0002 now and then."""
TICK_SESSIONS: Final = 250
"""Sessions before, whose smallest move is taken for the tick."""
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
    split_like: BoolArray  # shape (n,): a doubted close of known volume whose gap has the size of a split

    def known_wrong(self, row: int) -> BoolArray:
        """Closes that look wrong at a row, shape (n,): spikes taken back by then, and a doubted newest one."""
        wrong: BoolArray = self.wrong_from <= row
        wrong[row] |= self.doubted[row]
        return wrong

    def unposted_splits(self, row: int) -> IndexArray:
        """Rows of the 30 up to a row whose gap may be that of a split which is not posted yet."""
        first = max(0, row + 1 - POSTED_WITHIN)
        recent = slice(first, row + 1)
        return first + np.flatnonzero(self.split_like[recent] & (self.wrong_from[recent] > row))


def suspicious_closes(history: PriceHistory) -> SuspiciousCloses:
    """Judge every close by its own session and those before; that it was a spike, by the sessions after it.

    A close is doubted on its own session only: the next one either confirms the level or takes the gap back.
    """
    logs = np.log(history.close)
    doubted, wrong_from = np.zeros(len(logs), np.bool_), np.full(len(logs), len(logs))
    moves = np.diff(logs, prepend=logs[0]).tolist()
    row, past = _PastMoves().up_to_a_gap(moves, 1)
    while row < len(logs):
        back = row
        if _is_doubted(history, row, moves[row], past):
            back = _taken_back_at(logs, row) or row
            doubted[row] = True
            doubted[row:back] = _doubted_one_by_one(history, range(row, back), moves, past)
            wrong_from[row:back] = back
        past = past.and_then(float(logs[back] - logs[row - 1]))  # where the gap was taken back, as if it had not been
        row, past = past.up_to_a_gap(moves, back + 1)
    sizes = np.abs(np.diff(logs, prepend=logs[0]))
    split_like = np.any(np.abs(sizes[:, None] - np.log(SPLIT_RATIOS)) < SPLIT_NOISE, axis=1)
    return SuspiciousCloses(doubted, wrong_from, doubted & split_like & (history.volume > 0))


def unposted_splits(history: PriceHistory) -> SessionArray:
    """Sessions of the last 30 whose gap nothing explains, and whose size is that of a split: it may yet be posted."""
    rows = suspicious_closes(history).unposted_splits(len(history) - 1)
    sessions: SessionArray = history.sessions[rows]
    return sessions


def newest_is_doubted(history: PriceHistory) -> bool:
    """Whether the newest close is a gap that nothing explains."""
    return bool(suspicious_closes(history).doubted[-1])


@dataclass(frozen=True, slots=True)
class _PastMoves:
    """The exponentially weighted mean of the squared log returns so far, each bounded by 1."""

    total: float = _FIRST**2
    weight: float = 1.0

    def and_then(self, move: float) -> "_PastMoves":
        """With one session more."""
        return _PastMoves(DECAY * self.total + min(move**2, 1.0), DECAY * self.weight + 1.0)

    def are_exceeded(self, move: float) -> bool:
        """Whether a log return is out of all proportion to them."""
        return abs(move) > MIN_GAP and move**2 * self.weight > GAP**2 * self.total

    def up_to_a_gap(self, moves: list[float], row: int) -> tuple[int, "_PastMoves"]:
        """The first row from `row` on whose move exceeds those before it (the number of rows if none), and those."""
        total, weight, decay, least, gap = self.total, self.weight, DECAY, MIN_GAP**2, GAP**2
        for at, move in enumerate(moves[row:], row):
            square = move * move
            if square > least and square * weight > gap * total:
                return at, _PastMoves(total, weight)
            total = decay * total + min(square, 1.0)
            weight = decay * weight + 1.0
        return len(moves), _PastMoves(total, weight)


def _is_doubted(history: PriceHistory, row: int, move: float, past: _PastMoves) -> bool:
    """Whether a session's move is a gap that nothing explains."""
    explained = row < MIN_KNOWN or not past.are_exceeded(move)
    return not (explained or _is_busy(history, row) or _is_of_few_ticks(history.close, row))


def _doubted_one_by_one(history: PriceHistory, rows: range, moves: list[float], past: _PastMoves) -> list[bool]:
    """The same for several sessions in a row, each after all that came before it."""
    doubted = []
    for row in rows:
        doubted.append(_is_doubted(history, row, moves[row], past))
        past = past.and_then(moves[row])
    return doubted


def _is_of_few_ticks(close: FloatArray, row: int) -> bool:
    """Whether a session's move is hardly larger than the smallest one that the price made before."""
    moves = np.abs(np.diff(close[max(0, row - TICK_SESSIONS) : row]))
    tick = np.min(moves, where=moves > 0, initial=np.inf)
    return bool(np.isfinite(tick) and abs(close[row] - close[row - 1]) < (TICKS + 0.5) * tick)


def _taken_back_at(logs: FloatArray, row: int) -> int | None:
    """The first of the next sessions at which little is left of the gap at a row; None where it stands."""
    left = np.abs(logs[row + 1 : row + 1 + WITHIN] - logs[row - 1])
    back = np.flatnonzero(left <= TAKEN_BACK * abs(logs[row] - logs[row - 1]))
    return row + 1 + int(back[0]) if len(back) else None


def _is_busy(history: PriceHistory, row: int) -> bool:
    """Whether volume explains a session's gap; an unknown volume explains nothing.

    Counted in shares and in money, whichever is less unusual: a price that is ten times too high makes ten times the
    money of usual shares, and a split that the past does not know yet makes four times the shares of usual money.
    """
    before = history.volume[max(0, row - USUAL_SESSIONS) : row]
    known = before[before > 0]
    rise = min(1.0, float(history.close[row] / history.close[row - 1]))
    return len(known) >= MIN_KNOWN and float(history.volume[row]) * rise >= BUSY * float(np.median(known))
