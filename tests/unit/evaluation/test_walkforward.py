"""Which origins are evaluated, and that each forecaster is shown the past alone."""

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.baselines.drift import Naive
from forecasting.evaluation.walkforward import Schedule, first_unseen_row, origin_rows, walk_forward
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON
from tests.factories import price_history


@dataclass(frozen=True, slots=True)
class Ladder:
    """A recording forecaster: quantile k at horizon h is h + k / 100."""

    asked: list[tuple[list[int], MarketContext | None]] = field(default_factory=list)
    name: str = "model"

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        del history
        self.asked.append((origins.tolist(), context))
        ladder = np.arange(1, MAX_HORIZON + 1)[:, None] + np.arange(len(LEVELS)) / 100
        return np.broadcast_to(ladder, (len(origins), MAX_HORIZON, len(LEVELS))).astype(np.float64)


def test_the_origins_are_those_of_the_protocol() -> None:
    assert origin_rows(2500).tolist() == list(range(2500 - 20 - 500, 2500 - 20, 5))
    assert len(origin_rows(2500)) == 100


@given(st.integers(0, 3000), st.integers(1, 150), st.integers(1, 30))
def test_every_origin_has_20_sessions_after_it_and_250_up_to_it(sessions: int, origins: int, step: int) -> None:
    rows = origin_rows(sessions, Schedule(origins, step))
    whole = range(sessions - 20 - origins * step, sessions - 20, step)
    assert rows.tolist() == [row for row in whole if row >= 249]


@pytest.mark.parametrize(
    ("sessions", "count"), [(269, 0), (270, 0), (274, 1), (275, 1), (279, 2), (420, 30), (769, 100)]
)
def test_a_short_history_has_fewer_origins(sessions: int, count: int) -> None:
    assert len(origin_rows(sessions)) == count


def test_a_model_is_judged_only_on_sessions_after_its_training() -> None:
    history = price_history(sessions=600)
    last_seen: date = history.sessions[400].astype(object)
    assert first_unseen_row(history, last_seen) == 401
    assert first_unseen_row(history, date(1990, 1, 1)) == 249
    assert first_unseen_row(history, date(2090, 1, 1)) == 600
    assert first_unseen_row(history, None) == 249


def test_a_training_that_ended_on_a_weekend_ends_before_monday() -> None:
    history = price_history(sessions=600)
    friday = next(row for row in range(400, 410) if history.sessions[row].astype(object).weekday() == 4)
    saturday = (history.sessions[friday] + 1).astype(object)
    assert first_unseen_row(history, saturday) == friday + 1


def test_forecasters_are_asked_once_and_their_horizons_are_picked() -> None:
    history, model = price_history(sessions=400), Ladder()
    rows = origin_rows(400, Schedule(origins=3, step=5))
    walk = walk_forward(history, (model, Naive()), rows, Schedule(3, 5, (2, 20)))
    assert model.asked == [(rows.tolist(), None)]
    assert [run.forecaster for run in walk.runs] == ["model", "naive"]
    np.testing.assert_array_equal(walk.runs[0].quantiles[:, :, 0], [[2.0, 20.0]] * 3)
    np.testing.assert_array_equal(walk.outcomes, history.close[rows[:, None] + [2, 20]])
    np.testing.assert_array_equal(walk.closes, history.close[rows])
    np.testing.assert_array_equal(walk.origins, history.sessions[rows])


def test_the_unit_of_mase_knows_only_what_was_known_at_the_first_origin() -> None:
    history = price_history(sessions=400)
    rows = np.array([300, 310])
    closes = history.close.copy()
    closes[301:] *= 3
    changed = walk_forward(replace(history, close=closes), (Naive(),), rows)
    assert changed.naive_error == walk_forward(history, (Naive(),), rows).naive_error
    moves = np.abs(history.close[1:301] / history.close[:300] - 1)
    assert changed.naive_error == pytest.approx(moves.mean())
