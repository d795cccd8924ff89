"""What one may ask a forecast: chances, bands and medians agree with each other for any fan."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.cli.chosen_models import chosen_models
from forecasting.errors import BrokenArtefact, InputError
from forecasting.model.artefact import MAX_BYTES
from forecasting.types.quantile_forecast import BANDS, LEVELS, MAX_HORIZON, MEDIAN, Forecast, band_columns
from tests.factories import NOW, forecast, price_history

SEEDS = st.integers(0, 10_000)
HORIZONS = st.integers(1, MAX_HORIZON)


def fan(seed: int) -> Forecast:
    """A forecast with any rising quantiles, by no law at all."""
    random = np.random.default_rng(seed)
    steps = random.uniform(0.01, 3.0, (MAX_HORIZON, len(LEVELS)))
    return replace(forecast(), prices=50 + np.cumsum(steps, axis=1))


@given(seed=SEEDS, horizon=HORIZONS, column=st.integers(0, len(LEVELS) - 1))
def test_the_chance_of_a_close_above_a_quantile_is_what_is_left_above_its_level(
    seed: int, horizon: int, column: int
) -> None:
    made = fan(seed)
    assert made.chance_above(horizon, made.prices[horizon - 1, column]) == pytest.approx(1 - LEVELS[column])


@given(seed=SEEDS, horizon=HORIZONS, prices=st.lists(st.floats(1, 200), min_size=2, max_size=20).map(sorted))
def test_the_higher_the_price_the_smaller_the_chance(seed: int, horizon: int, prices: list[float]) -> None:
    chances = [fan(seed).chance_above(horizon, price) for price in prices]
    assert all(lower >= higher for lower, higher in pairwise(chances))
    assert all(0 <= chance <= 1 for chance in chances)


@given(seed=SEEDS, horizon=HORIZONS)
def test_bands_lie_in_each_other_around_the_median_and_hold_what_they_say(seed: int, horizon: int) -> None:
    made = fan(seed)
    ends = [made.band(horizon, band) for band in sorted(BANDS, reverse=True)]
    nested = [end for end, _ in ends] + [made.median(horizon)] + [end for _, end in reversed(ends)]
    assert nested == sorted(nested)
    for band in BANDS:
        lower, upper = made.band(horizon, band)
        assert made.chance_above(horizon, lower) - made.chance_above(horizon, upper) == pytest.approx(band)


@given(seed=SEEDS, horizon=HORIZONS)
def test_each_horizon_answers_from_its_own_row(seed: int, horizon: int) -> None:
    made = fan(seed)
    assert made.median(horizon) == made.prices[horizon - 1, MEDIAN]
    lower, upper = band_columns(0.8)
    assert made.band(horizon, 0.8) == (made.prices[horizon - 1, lower], made.prices[horizon - 1, upper])


@pytest.mark.parametrize(("band", "lower", "upper"), [(0.5, 0.25, 0.75), (0.8, 0.1, 0.9), (0.9, 0.05, 0.95)])
def test_a_band_is_named_by_the_levels_it_lies_between(band: float, lower: float, upper: float) -> None:
    assert tuple(LEVELS[column] for column in band_columns(band)) == (lower, upper)


@given(start=st.integers(-300, 300), stop=st.integers(-300, 300) | st.none())
def test_a_part_of_a_history_is_the_same_part_of_every_column(start: int, stop: int | None) -> None:
    history = price_history(sessions=280)
    part = history.take(slice(start, stop))
    columns = ("sessions", "open", "high", "low", "close", "volume")
    for name in columns:
        assert np.array_equal(getattr(part, name), getattr(history, name)[start:stop])
    assert (part.symbol, part.exchange, part.source) == (history.symbol, history.exchange, history.source)


def test_a_model_of_the_command_line_is_a_file_of_a_sensible_size(tmp_path: Path) -> None:
    nothing, huge = tmp_path / "nothing", tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    database = tmp_path / "x.db"
    with (
        pytest.raises(InputError, match="There is no model file"),
        chosen_models(str(nothing), database, lambda: NOW),
    ):
        pass
    with pytest.raises(BrokenArtefact, match="too large for a model"), chosen_models(str(huge), database, lambda: NOW):
        pass
    assert not database.exists()
