"""Walk-forward evaluation: many past origins, at each only what was known then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from forecasting.known_past import credible
from forecasting.ports import Forecaster
from forecasting.readings import readings
from forecasting.suspicious_closes import BoolArray, suspicious_closes
from forecasting.types.bars import MIN_SESSIONS, FloatArray, IndexArray, MarketContext, PriceHistory, SessionArray
from forecasting.types.quantile_forecast import MAX_HORIZON
from forecasting.types.scorecards import SCORED_HORIZONS


@dataclass(frozen=True, slots=True)
class Schedule:
    """Which origins and horizons are evaluated: every `step`-th session of the last `origins * step`."""

    origins: int = 100
    step: int = 5  # sessions between two origins
    horizons: tuple[int, ...] = SCORED_HORIZONS


DEFAULT_SCHEDULE: Final = Schedule()


@dataclass(frozen=True, slots=True)
class Run:
    """One forecaster's quantiles at every origin."""

    forecaster: str
    quantiles: FloatArray  # prices, shape (origins, horizons, 21)


@dataclass(frozen=True, slots=True)
class WalkForward:
    """Several forecasters' quantiles at the same origins, and the outcomes."""

    symbol: str
    step: int  # sessions between two origins
    horizons: tuple[int, ...]
    origins: SessionArray  # datetime64[D], shape (origins,), ascending
    closes: FloatArray  # price at each origin, shape (origins,)
    outcomes: FloatArray  # price at the horizon, shape (origins, horizons)
    naive_error: float  # mean absolute one-session return before the first origin: the unit of MASE
    runs: tuple[Run, ...]


def origin_rows(sessions: int, schedule: Schedule = DEFAULT_SCHEDULE, first: int = MIN_SESSIONS - 1) -> IndexArray:
    """Row numbers of the origins in a history of `sessions` rows, ascending; empty when there are none.

    They are `range(n - 20 - origins * step, n - 20, step)`, so every one has 20 sessions after it; rows before `first`
    are left out, which shortens the evaluation of a short history or of a model that saw the earlier rows.
    """
    end = sessions - MAX_HORIZON
    rows = np.arange(end - schedule.origins * schedule.step, end, schedule.step, dtype=np.intp)
    return rows[rows >= first]


def first_unseen_row(history: PriceHistory, trained_to: date | None) -> int:
    """The first row that may be an origin for a model whose training saw nothing after `trained_to`.

    Every session that such an origin is scored on lies after the training's last one. None: a model that never saw
    a real price; then only the shortest history of a forecast counts.
    """
    if trained_to is None:
        return MIN_SESSIONS - 1
    after = np.searchsorted(history.sessions, np.datetime64(trained_to, "D"), side="right")
    return max(MIN_SESSIONS - 1, int(after))


def min_sessions(schedule: Schedule = DEFAULT_SCHEDULE) -> int:
    """The shortest history that has an origin."""
    return MIN_SESSIONS + MAX_HORIZON + schedule.step - 1


def scored_rows(history: PriceHistory, trained_to: date | None, schedule: Schedule = DEFAULT_SCHEDULE) -> IndexArray:
    """Row numbers of the origins on which a model may be scored, ascending; empty when there are none.

    Left out are those that cannot be measured: their close, or one of those that came, looks wrong
    by now, or a split between them may not be posted yet.
    """
    rows = origin_rows(len(history), schedule, first_unseen_row(history, trained_to))
    closes, last = suspicious_closes(history), len(history) - 1
    wrong = np.any(closes.known_wrong(last)[rows[:, None] + np.array((0, *schedule.horizons))], axis=1)
    ahead = closes.unposted_splits(last) - rows[:, None]
    crossed = np.any((ahead > 0) & (ahead <= MAX_HORIZON), axis=1)
    measured: BoolArray = ~(wrong | crossed)
    return rows[measured]


@dataclass(frozen=True, slots=True)
class KnownQuantiles:
    """A `Forecaster` of quantiles that were computed before, at some rows of one history."""

    name: str
    rows: IndexArray  # ascending, shape (n,)
    values: FloatArray  # prices, shape (n, 20, 21)

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); `origins` must be among the rows."""
        del history, context
        return self.values[np.searchsorted(self.rows, origins)]


def walk_forward(
    history: PriceHistory,
    forecasters: Sequence[Forecaster],
    rows: IndexArray,
    schedule: Schedule = DEFAULT_SCHEDULE,
    context: MarketContext | None = None,
) -> WalkForward:
    """Every forecaster at the origins `rows` (at least one, each with 20 sessions after it), with the outcomes."""
    ahead = np.array(schedule.horizons)
    [first] = readings(history, rows[:1])
    before = credible(first.history).close
    return WalkForward(
        symbol=history.symbol,
        step=schedule.step,
        horizons=schedule.horizons,
        origins=history.sessions[rows],
        closes=history.close[rows],
        outcomes=history.close[rows[:, None] + ahead],
        naive_error=float(np.mean(np.abs(np.diff(before) / before[:-1]))),
        runs=tuple(Run(f.name, f.quantiles(history, rows, context)[:, ahead - 1]) for f in forecasters),
    )
