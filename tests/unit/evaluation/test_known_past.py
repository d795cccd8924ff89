"""What was known at each origin: wrong closes are no part of any band, and what comes later changes no bit."""

from functools import cache

import numpy as np
import pytest

from forecasting.evaluation.scorecard import baselines
from forecasting.evaluation.walkforward import Schedule, scored_rows, walk_forward
from forecasting.known_past import credible
from forecasting.model.artefact import base_artefact, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.ports import Forecaster
from forecasting.types.bars import FloatArray, PriceHistory
from tests.factories import price_history, with_closes

CALM = price_history(sessions=420)
SPIKE = 380
NAMES = ("model", "naive", "drift", "volatility band", "historical quantiles", "ewma band", "gjr-garch-t")
each = pytest.mark.parametrize("name", NAMES)


@cache
def forecasters() -> dict[str, Forecaster]:
    every = (ModelForecaster(load(base_artefact())), *baselines(with_garch=True))
    return {forecaster.name: forecaster for forecaster in every}


def fan(name: str, history: PriceHistory, row: int) -> FloatArray:
    """The quantiles at one row, over the close there."""
    quantiles: FloatArray = forecasters()[name].quantiles(history, np.array([row]))[0] / history.close[row]
    return quantiles


@each
@pytest.mark.parametrize("factor", [10, 1.2])
def test_a_doubted_close_moves_the_fan_of_the_session_before(name: str, factor: float) -> None:
    spiked = with_closes(CALM, {SPIKE: factor})
    np.testing.assert_allclose(fan(name, spiked, SPIKE), fan(name, CALM, SPIKE - 1), rtol=1e-12)


@each
@pytest.mark.parametrize("later", [1, 10])
def test_a_spike_that_was_taken_back_is_left_out_of_every_later_forecast(name: str, later: int) -> None:
    spiked = with_closes(CALM, {SPIKE: 10})
    kept = np.arange(len(CALM)) != SPIKE
    wanted = fan(name, CALM.take(np.flatnonzero(kept)), SPIKE + later - 1)
    np.testing.assert_array_equal(fan(name, spiked, SPIKE + later), wanted)


@each
def test_a_confirmed_level_is_a_return_like_any_other(name: str) -> None:
    crashed = with_closes(CALM, dict.fromkeys(range(SPIKE, len(CALM)), 0.6))
    bare = dict(zip(NAMES[1:], (b.forecaster for b in baselines(with_garch=True)), strict=True))  # type: ignore[attr-defined]
    row = np.array([SPIKE + 1])
    answer = forecasters()[name].quantiles(crashed, row)
    assert np.ptp(np.log(answer[0, 4])) > np.ptp(np.log(fan(name, CALM, SPIKE + 1)[4])) or name in ("naive", "drift")
    if name in bare:
        np.testing.assert_array_equal(answer, bare[name].quantiles(crashed, row))


@each
def test_what_comes_later_changes_no_bit(name: str) -> None:
    history = with_closes(CALM, {300: 10, SPIKE: 0.5, SPIKE + 1: 0.5, 400: 1.2})
    rows = np.array([299, 300, 301, SPIKE, SPIKE + 1, SPIKE + 2, 400, 401])
    together = forecasters()[name].quantiles(history, rows)
    for row, answer in zip(rows.tolist(), together, strict=True):
        alone = forecasters()[name].quantiles(history.take(slice(row + 1)), np.array([row]))[0]
        np.testing.assert_array_equal(answer, alone)


def test_a_scorecard_leaves_out_what_cannot_be_measured() -> None:
    schedule = Schedule(origins=20, step=5)
    spiked = with_closes(CALM, {SPIKE: 10})
    rows, usual = scored_rows(spiked, None, schedule), scored_rows(CALM, None, schedule)
    left_out = set(usual.tolist()) - set(rows.tolist())
    assert left_out == {row for row in usual.tolist() if SPIKE - row in (0, *schedule.horizons)} != set()
    walk = walk_forward(spiked, baselines(with_garch=False), rows, schedule)
    assert walk.outcomes.max() < 2 * CALM.close.max()


def test_the_unit_of_mase_is_of_credible_closes() -> None:
    spiked = with_closes(CALM, {260: 10})
    assert len(credible(spiked)) == len(CALM) - 1
    rows = np.array([390])
    spiked_unit, unit = (walk_forward(h, (), rows).naive_error for h in (spiked, CALM))
    assert spiked_unit == pytest.approx(unit, rel=0.02)


@each
def test_a_gap_that_may_be_a_split_widens_no_band_for_thirty_sessions(name: str) -> None:
    factors = np.where(np.arange(len(CALM)) < SPIKE, 4.0, 1.0)
    split = CALM.scaled(factors, 1 / factors)
    for row in (SPIKE, SPIKE + 5, SPIKE + 29):
        assert np.ptp(np.log(fan(name, split, row)[4])) <= 1.5 * np.ptp(np.log(fan(name, CALM, row)[4]))


def test_a_gap_of_a_split_that_was_never_posted_is_believed_after_thirty_sessions() -> None:
    crashed = with_closes(CALM, dict.fromkeys(range(SPIKE, len(CALM)), 0.25))
    before, after = (np.ptp(np.log(fan("ewma band", crashed, row)[4])) for row in (SPIKE + 29, SPIKE + 30))
    assert after > 2 * before
