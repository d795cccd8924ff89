"""The travelling values answer questions about themselves."""

import numpy as np
import pytest

from forecasting.types.quantile_forecast import BANDS, LEVELS, MEDIAN, band_columns
from tests.factories import forecast, price_history, scorecard


def test_levels_are_the_21_of_the_plan() -> None:
    assert LEVELS[:3] == (0.025, 0.05, 0.1)
    assert LEVELS[-3:] == (0.9, 0.95, 0.975)
    assert len(LEVELS) == 21
    assert LEVELS[MEDIAN] == 0.5


@pytest.mark.parametrize("band", BANDS)
def test_a_band_lies_between_levels_that_hold_its_probability(band: float) -> None:
    lower, upper = band_columns(band)
    assert LEVELS[upper] - LEVELS[lower] == pytest.approx(band)
    assert LEVELS[lower] == pytest.approx(1 - LEVELS[upper])


def test_a_forecast_names_its_median_bands_and_chances() -> None:
    made = forecast()
    lower, upper = made.band(5, 0.8)
    assert lower < made.median(5) < upper
    assert made.chance_above(5, lower) == pytest.approx(0.9)
    assert made.chance_above(5, 0.01) == 1.0
    assert made.chance_above(5, 1e9) == 0.0
    assert made.close == made.past_closes[-1]


def test_a_history_is_cut_by_rows_in_every_column() -> None:
    history = price_history(sessions=300)
    cut = history.take(slice(-10, None))
    assert len(cut) == 10
    assert cut.last_session == history.last_session
    assert all(len(column) == 10 for column in (cut.open, cut.high, cut.low, cut.close, cut.volume))
    assert np.array_equal(cut.close, history.close[-10:])


def test_a_scorecard_finds_what_it_holds_and_nothing_else() -> None:
    card = scorecard()
    found = card.score("naive", 10)
    assert found is not None
    assert (found.forecaster, found.horizon) == ("naive", 10)
    assert card.score("naive", 3) is None
    assert card.comparison("naive", 5, "crps") is None
