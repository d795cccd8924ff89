"""Pure: what is stored of a symbol and what a source sent since, made one history."""

from dataclasses import replace
from typing import Final

import numpy as np

from forecasting.prices.bar_checks import missing_note
from forecasting.types.bars import FloatArray, PriceHistory, SessionArray

SAME: Final = 2e-5
"""Prices of one source that differ by less, relatively, are the same.

Yahoo sends float32, rounded once for each dividend: two answers of one minute differ by 4e-7 after 25 dividends, and a
share listed in 1962 has had 250.
"""
ALIKE: Final = 1e-3
"""Closes that differ by less are of the same adjustment, whichever source they are of."""
OVERLAP: Final = 20
"""Newest stored sessions that another source has to agree with before it adds to them."""
UNEXPLAINED: Final = "earlier prices rescaled without a split or dividend"
_OLDEST: Final = 5
"""Sessions whose median change tells a re-adjustment: each one rescales the oldest, which nobody corrects any more."""


def united(stored: PriceHistory, newest: PriceHistory) -> PriceHistory | None:
    """Every session of both; where both have one, the newest answer's values.

    A session that the answer lacks stays, rescaled as the answer rescaled those around it, and so does a volume.
    Where the two have nothing in common the symbol is of another listing now; None where the answer is the older one.
    Splits and dividends are the answer's, and those that are older than the answer.
    """
    common, old, new = np.intersect1d(stored.sessions, newest.sessions, assume_unique=True, return_indices=True)
    events = event_sessions(newest)
    factors = _Factors.between(common, stored.close[old], newest.close[new], events)
    if factors is None:
        return newest if newest.last_session > stored.last_session else None
    counted = (stored.volume[old] > 0) & (newest.volume[new] > 0)
    volumes = _Factors.between(common[counted], stored.volume[old][counted], newest.volume[new][counted], events)
    shares = _new_shares(stored, newest) if volumes is None else volumes.at(stored.sessions)
    earlier = stored.scaled(factors.at(stored.sessions), shares)
    silent = np.flatnonzero((newest.volume[new] == 0) & (stored.volume[old] > 0))
    volume = newest.volume.copy()
    volume[new[silent]] = earlier.volume[old[silent]]
    kept = np.setdiff1d(np.arange(len(stored)), old)
    first = newest.sessions[0].item()
    merged = replace(
        _joined(earlier.take(kept), replace(newest, volume=volume)),
        splits=tuple(split for split in stored.splits if split.session < first) + newest.splits,
        dividends=tuple(each for each in stored.dividends if each.session < first) + newest.dividends,
    )
    is_filled = bool(len(kept)) and bool(stored.sessions[kept[-1]] > newest.sessions[0])
    notes = _without_gaps(merged) if is_filled else merged.notes
    return replace(merged, notes=(*notes, *_unexplained(stored, merged)))


def supplemented(stored: PriceHistory, other: PriceHistory) -> PriceHistory | None:
    """Stored prices with another source's newer sessions; None where it has none, or the two do not agree."""
    _, old, new = np.intersect1d(stored.sessions[-OVERLAP:], other.sessions, return_indices=True)
    newer = np.flatnonzero(other.sessions > stored.sessions[-1])
    agree = len(old) > 0 and np.allclose(other.close[new], stored.close[-OVERLAP:][old], rtol=ALIKE, atol=0.0)
    if not len(newer) or not agree:
        return None
    notes = dict.fromkeys((*stored.notes, f"newest prices from {other.source}"))
    return replace(_joined(other.take(newer), stored), fetched_at=other.fetched_at, notes=tuple(notes))


def readjusted(before: PriceHistory, after: PriceHistory) -> bool:
    """Whether closes changed by one common factor (a split, a dividend), or any of them by more than 1e-3."""
    moves = _moves(before, after)
    return not len(moves) or bool(moves.max() > ALIKE) or _rescaled_as_a_whole(before, after)


def _moves(before: PriceHistory, after: PriceHistory) -> FloatArray:
    """How far, relatively, each close has moved that both have."""
    _, old, new = np.intersect1d(before.sessions, after.sessions, assume_unique=True, return_indices=True)
    return np.abs(after.close[new] / before.close[old] - 1)


def _rescaled_as_a_whole(before: PriceHistory, after: PriceHistory) -> bool:
    """Whether closes of one source changed by a common factor: between two sources it is never quite the same."""
    return before.source == after.source and bool(np.median(_moves(before, after)[:_OLDEST]) > SAME)


def _without_gaps(merged: PriceHistory) -> tuple[str, ...]:
    """The notes of an answer whose gaps are filled by what was stored: what it dropped is no longer true."""
    missing = missing_note(merged.sessions, merged.exchange)
    others = (note for note in merged.notes if not note.startswith("dropped ") and " missing" not in note)
    return (*others, *([missing] if missing else []))


def _unexplained(stored: PriceHistory, merged: PriceHistory) -> tuple[str, ...]:
    """A note where prices were rescaled and no split or dividend is new."""
    explained = (stored.splits, stored.dividends) != (merged.splits, merged.dividends)
    return () if explained or not _rescaled_as_a_whole(stored, merged) else (UNEXPLAINED,)


def event_sessions(history: PriceHistory) -> SessionArray:
    """The sessions of splits and dividends, ascending."""
    days = [split.session for split in history.splits] + [dividend.session for dividend in history.dividends]
    return np.sort(np.array(days, dtype="datetime64[D]"))


class _Factors:
    """By what a column was multiplied between two answers, session by session."""

    def __init__(self, sessions: SessionArray, ratios: FloatArray, events: SessionArray) -> None:
        self._sessions = sessions
        self._ratios = ratios
        self._events = events

    @classmethod
    def between(
        cls, sessions: SessionArray, old: FloatArray, new: FloatArray, events: SessionArray
    ) -> "_Factors | None":
        """Those of the sessions that both answers have; None where most of them agree with no neighbour.

        A single wrong print changes one ratio alone, an adjustment all that came before it: up to one of `events`.
        Of two companies' prices some agree by chance.
        """
        ratios = new / old
        alike = np.isclose(ratios[1:], ratios[:-1], rtol=ALIKE, atol=0.0)
        steady = np.append(alike, False) | np.append(False, alike)
        return cls(sessions[steady], ratios[steady], events) if 2 * steady.sum() > len(steady) else None

    def at(self, sessions: SessionArray) -> FloatArray:
        """The factor at each session: of the nearest one before it, or after it where a split or dividend lies between.

        After the last one and an event nothing was rescaled.
        """
        rows = np.searchsorted(self._sessions, sessions, side="right") - 1
        before = self._sessions[np.maximum(rows, 0)]
        crossed = np.searchsorted(self._events, sessions, "right") > np.searchsorted(self._events, before, "right")
        factors: FloatArray = np.append(self._ratios, 1.0)[np.maximum(rows, 0) + crossed]
        return factors


def _new_shares(stored: PriceHistory, newest: PriceHistory) -> FloatArray:
    """Shares of today for one stored share of each session, by the splits that are new."""
    shares = np.ones(len(stored))
    for split in set(newest.splits) - set(stored.splits):
        shares[stored.sessions < np.datetime64(split.session)] *= split.ratio
    return shares


def _joined(some: PriceHistory, main: PriceHistory) -> PriceHistory:
    """The sessions of both, which have none in common; everything else is the second one's."""
    both = replace(
        main,
        sessions=np.concatenate([some.sessions, main.sessions]),
        open=np.concatenate([some.open, main.open]),
        high=np.concatenate([some.high, main.high]),
        low=np.concatenate([some.low, main.low]),
        close=np.concatenate([some.close, main.close]),
        volume=np.concatenate([some.volume, main.volume]),
    )
    return both.take(np.argsort(both.sessions))
