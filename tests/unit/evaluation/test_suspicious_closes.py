"""Closes that look wrong: which are doubted, from when on a spike is known, and that the future changes neither."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.suspicious_closes import suspicious_closes
from forecasting.types.bars import PriceHistory
from tests.factories import price_history, with_closes

CALM = price_history(sessions=400)
SPIKE = 300


def stepped(factor: float, row: int = SPIKE) -> PriceHistory:
    """The calm history, all of whose prices change by a factor at a row for good."""
    return with_closes(CALM, dict.fromkeys(range(row, len(CALM)), factor))


def with_volume(history: PriceHistory, row: int, factor: float) -> PriceHistory:
    """The history with one volume a multiple of the median."""
    volume = history.volume.copy()
    volume[row] = factor * np.median(volume)
    return replace(history, volume=volume)


def test_a_usual_history_has_none() -> None:
    found = suspicious_closes(CALM)
    assert not found.doubted.any()
    assert not found.known_wrong(len(CALM) - 1).any()


@pytest.mark.parametrize("factor", [10, 0.1, 1.2, 0.01, 2])
def test_a_spike_is_doubted_at_once_and_known_when_it_is_taken_back(factor: float) -> None:
    found = suspicious_closes(with_closes(CALM, {SPIKE: factor}))
    assert np.flatnonzero(found.doubted).tolist() == [SPIKE]
    assert found.wrong_from[SPIKE] == SPIKE + 1
    assert np.flatnonzero(found.known_wrong(len(CALM) - 1)).tolist() == [SPIKE]


def test_a_spike_of_two_sessions_is_believed_on_the_second_and_wrong_on_the_third() -> None:
    found = suspicious_closes(with_closes(CALM, {SPIKE: 10, SPIKE + 1: 10}))
    assert np.flatnonzero(found.doubted).tolist() == [SPIKE]
    assert not found.known_wrong(SPIKE + 1).any()
    assert np.flatnonzero(found.known_wrong(SPIKE + 2)).tolist() == [SPIKE, SPIKE + 1]


def test_a_level_that_stands_is_a_price() -> None:
    found = suspicious_closes(stepped(0.6))
    assert found.doubted[SPIKE]
    assert not any(found.known_wrong(row).any() for row in range(SPIKE + 1, len(CALM)))


@pytest.mark.parametrize(("factor", "volume", "explained"), [(0.6, 5, True), (0.6, 1.5, False), (1.4, 3, True)])
def test_volume_explains_a_gap(factor: float, volume: float, explained: bool) -> None:  # noqa: FBT001
    found = suspicious_closes(with_volume(stepped(factor), SPIKE, volume))
    assert bool(found.doubted[SPIKE]) is not explained


def test_neither_the_shares_of_an_unknown_split_nor_the_money_of_a_tenfold_price_is_a_busy_day() -> None:
    assert suspicious_closes(with_volume(stepped(0.25), SPIKE, 4)).doubted[SPIKE]
    assert suspicious_closes(with_volume(stepped(10), SPIKE, 1)).doubted[SPIKE]


def test_an_unknown_volume_explains_nothing_and_accuses_of_nothing() -> None:
    silent = replace(CALM, volume=np.zeros(len(CALM)))
    assert not suspicious_closes(silent).doubted.any()
    assert suspicious_closes(with_closes(silent, {SPIKE: 10})).doubted[SPIKE]


def test_the_next_spike_is_measured_by_the_volatility_without_the_one_before() -> None:
    found = suspicious_closes(with_closes(CALM, {SPIKE: 10, SPIKE + 4: 1.2}))
    assert np.flatnonzero(found.doubted).tolist() == [SPIKE, SPIKE + 4]


@pytest.mark.parametrize("step", [1.001, 1.019])
def test_the_small_move_of_a_pegged_price_is_not_doubted(step: float) -> None:
    still = replace(CALM, close=np.full(len(CALM), 7.8), volume=np.zeros(len(CALM)))
    assert not suspicious_closes(with_closes(still, {SPIKE: step})).doubted.any()


def test_a_price_of_one_or_two_ticks_is_doubted_when_it_first_moves_and_never_again() -> None:
    ticks = np.where(np.arange(400) % 40 == 30, 2, 1)
    found = suspicious_closes(replace(CALM, close=1e-4 * ticks))
    assert np.flatnonzero(found.doubted).tolist() == [30]


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(st.integers(30, 399), st.sampled_from([0.1, 0.5, 1.15, 4, 10]), max_size=8), st.integers(21, 398)
)
def test_what_comes_later_changes_nothing(closes: dict[int, float], row: int) -> None:
    history = with_closes(CALM, closes)
    whole, seen = suspicious_closes(history), suspicious_closes(history.take(slice(row + 1)))
    assert whole.doubted[: row + 1].tolist() == seen.doubted.tolist()
    assert whole.known_wrong(row)[: row + 1].tolist() == seen.known_wrong(row).tolist()
    assert not whole.known_wrong(row)[row + 1 :].any()
