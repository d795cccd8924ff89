"""Each origin is read from 1 January ten years before it, in a long history as in a short one."""

from datetime import date

import numpy as np

from forecasting.evaluation.scorecard import baselines, make_scorecard
from forecasting.evaluation.walkforward import Schedule
from forecasting.model.artefact import base_artefact, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.readings import readings
from tests.factories import price_history

LONG = price_history(sessions=3300)
"""From November 2011 to July 2024."""
ORIGINS = np.array([2750, 2850, 2950, 3050, 3150, 3299])
"""Of the years 2022 to 2024."""


def test_an_origin_is_read_from_the_first_january_ten_years_before_it() -> None:
    found = list(readings(LONG, ORIGINS))
    begins = [reading.history.sessions[0].item() for reading in found]
    assert begins == [date(2012, 1, 2), date(2013, 1, 1), date(2014, 1, 1)]
    assert np.sum([reading.wanted for reading in found], axis=0).tolist() == [1] * len(ORIGINS)
    for reading in found:
        at = reading.history.sessions[reading.origins]
        assert at.tolist() == LONG.sessions[ORIGINS[reading.wanted]].tolist()
        assert {day.year for day in at.tolist()} == {reading.history.last_session.year}


def test_a_history_of_ten_years_is_read_once_for_all_origins() -> None:
    [reading] = readings(LONG.take(slice(700, None)), ORIGINS - 700)
    assert reading.origins.tolist() == (ORIGINS - 700).tolist()
    assert reading.wanted.all()


def test_a_past_origin_gets_the_bits_it_got_then() -> None:
    model = ModelForecaster(load(base_artefact()))
    together = model.quantiles(LONG, ORIGINS)
    for place, origin in enumerate(ORIGINS.tolist()):
        then = LONG.take(slice(None, origin + 1))
        np.testing.assert_array_equal(model.quantiles(then, np.array([origin]))[0], together[place])


def test_what_lies_before_the_window_changes_nothing() -> None:
    model, newest = ModelForecaster(load(base_artefact())), len(LONG) - 1
    [reading] = readings(LONG, np.array([newest]))
    alone = model.quantiles(reading.history, reading.origins)
    np.testing.assert_array_equal(model.quantiles(LONG, np.array([newest])), alone)


def test_a_baseline_reads_what_the_model_reads() -> None:
    """A past origin gets the bits that it got then, and what lies before its window changes none."""
    for baseline in baselines(with_garch=True):
        together = baseline.quantiles(LONG, ORIGINS)
        for reading in readings(LONG, ORIGINS):
            alone = baseline.quantiles(reading.history, reading.origins)
            np.testing.assert_array_equal(alone, together[reading.wanted], baseline.name)


def test_the_unit_of_mase_is_of_the_same_window() -> None:
    schedule, model = Schedule(origins=5, step=1), ModelForecaster(load(base_artefact()))
    [newest] = readings(LONG, np.array([len(LONG) - 1]))
    cards = [make_scorecard(history, model, model="d" * 64, schedule=schedule) for history in (LONG, newest.history)]
    assert repr(cards[0]) == repr(cards[1])
