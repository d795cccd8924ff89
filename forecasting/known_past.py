"""What was known of a history at each of its sessions, of ten years, without the closes that looked wrong then."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.ports import Forecaster
from forecasting.readings import readings
from forecasting.suspicious_closes import BoolArray, suspicious_closes, unposted_splits
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON

SHOWN: Final = 60
"""Sessions up to the origin that a forecast carries, so that it can be drawn by itself."""
Read = Callable[[PriceHistory, IndexArray], FloatArray]
"""Price quantiles at rows of a history, shape (rows, 20, 21)."""


@dataclass(frozen=True, slots=True)
class KnownPast:
    """The history as some origins knew it."""

    history: PriceHistory  # without the sessions whose closes looked wrong at these origins
    origins: IndexArray  # rows of `history`; of a doubted origin, the last row before it
    wanted: BoolArray  # which of the origins that were asked for these are
    factors: FloatArray  # close at each origin over the close at its row here: 1 but for doubted ones


def known_pasts(history: PriceHistory, origins: IndexArray) -> Iterator[KnownPast]:
    """One past for all origins that knew the same closes to be wrong; `origins` are ascending row numbers.

    A forecast at a doubted origin is that of the session before, moved to its close: whatever the gap was, it is no
    part of any volatility until the next session has confirmed it. One that may be a split which is not posted yet is
    none for 30 sessions: the prices before it are brought to those after it.
    """
    closes = suspicious_closes(history)
    groups: dict[tuple[bytes, bytes], list[int]] = {}
    for place, origin in enumerate(origins.tolist()):
        splits = closes.unposted_splits(origin)
        key = closes.known_wrong(origin).tobytes(), splits[splits < origin].tobytes()
        groups.setdefault(key, []).append(place)
    for (wrong, earlier), places in groups.items():
        kept = ~np.frombuffer(wrong, np.bool_)
        rows = origins[places]
        known = np.cumsum(kept)[rows] - 1
        joined = _joined_at(history, np.frombuffer(earlier, np.intp))
        past = joined if kept.all() else joined.take(np.flatnonzero(kept))
        wanted = np.zeros(len(origins), np.bool_)
        wanted[places] = True
        yield KnownPast(past, known, wanted, history.close[rows] / past.close[known])


def _joined_at(history: PriceHistory, splits: IndexArray) -> PriceHistory:
    """The history without the gaps at some rows, as if the prices before them had been adjusted."""
    factors = np.ones(len(history))
    for row in splits.tolist():
        factors[:row] *= history.close[row] / history.close[row - 1]
    return history.scaled(factors, 1 / factors) if len(splits) else history


def credible(history: PriceHistory) -> PriceHistory:
    """The sessions whose closes do not look wrong at the history's end."""
    wrong = suspicious_closes(history).known_wrong(len(history) - 1)
    return history.take(np.flatnonzero(~wrong)) if wrong.any() else history


def as_known(read: Read, history: PriceHistory, origins: IndexArray) -> FloatArray:
    """Price quantiles, shape (origins, 20, 21): `read` at each origin of what was known then, around its close."""
    answers = np.empty((len(origins), MAX_HORIZON, len(LEVELS)))
    for past in known_pasts(history, origins):
        answers[past.wanted] = past.factors[:, None, None] * _of_ten_years(read, past.history, past.origins)
    return answers


def _of_ten_years(read: Read, history: PriceHistory, origins: IndexArray) -> FloatArray:
    """Price quantiles, shape (origins, 20, 21): `read` once for the origins of each window."""
    answers = np.empty((len(origins), MAX_HORIZON, len(LEVELS)))
    for reading in readings(history, origins):
        answers[reading.wanted] = read(reading.history, reading.origins)
    return answers


@dataclass(frozen=True, slots=True)
class RecentPast:
    """The newest sessions as people are shown them."""

    history: PriceHistory  # up to `SHOWN` sessions, without spikes that were taken back; ends with the newest
    doubted: bool  # whether the newest close looks wrong
    notes: tuple[str, ...]  # what was left out of them, and what is doubted


def recent_past(history: PriceHistory) -> RecentPast:
    """The newest sessions, a doubted last one included: it is shown and marked, since nobody can know yet."""
    wrong = suspicious_closes(history).known_wrong(len(history) - 1)[-SHOWN:]
    doubted, wrong[-1] = bool(wrong[-1]), False
    count = int(wrong.sum())
    notes: tuple[str, ...] = ()
    if count:
        notes += (f"left out {count} close{'s' if count > 1 else ''} that the next sessions took back",)
    if len(unposted_splits(history)):
        notes += ("a gap looks like a split that is not posted yet",)
    shown = history.take(slice(-SHOWN, None)).take(np.flatnonzero(~wrong))
    return RecentPast(shown, doubted, notes)


@dataclass(frozen=True, slots=True)
class WithKnownPast:
    """A `Forecaster` that is given, at each origin, what was known then."""

    forecaster: Forecaster

    @property
    def name(self) -> str:
        """The forecaster's."""
        return self.forecaster.name

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Price quantiles, shape (origins, 20, 21), around the closes at the origins, doubted ones too."""
        return as_known(lambda past, rows: self.forecaster.quantiles(past, rows, context), history, origins)
