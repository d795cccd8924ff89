"""The losses: against numbers worked out by hand, against scikit-learn, and by the properties that define them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_pinball_loss,
    mean_squared_error,
)

from forecasting.evaluation import metrics
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import BANDS, LEVELS, MEDIAN, band_columns

finite = st.floats(-100, 100, allow_nan=False)


def fan(count: int = 50, seed: int = 3) -> tuple[FloatArray, FloatArray]:
    """Outcomes (count,) around 1 and sorted quantiles (count, 21)."""
    random = np.random.default_rng(seed)
    quantiles = np.sort(1 + 0.1 * random.standard_normal((count, len(LEVELS))), axis=1)
    return 1 + 0.1 * random.standard_normal(count), quantiles


def test_crps_of_a_hand_made_fan() -> None:
    # every quantile at 0 but the upper eleven at 2, outcome 1:
    # below the outcome the level counts, above it 1 - level
    quantiles = np.where(np.arange(21) < 10, 0.0, 2.0)[None]
    pinball = [level if quantile < 1 else 1 - level for level, quantile in zip(LEVELS, quantiles[0], strict=True)]
    assert metrics.crps(np.array([1.0]), quantiles) == pytest.approx([2 * sum(pinball) / 21])


def test_crps_is_twice_the_mean_pinball_loss_of_scikit_learn() -> None:
    outcomes, quantiles = fan()
    losses = [mean_pinball_loss(outcomes, quantiles[:, column], alpha=level) for column, level in enumerate(LEVELS)]
    assert metrics.crps(outcomes, quantiles).mean() == pytest.approx(2 * np.mean(losses), rel=1e-12)


def test_point_losses_are_those_of_scikit_learn() -> None:
    outcomes, quantiles = fan()
    medians = quantiles[:, MEDIAN]
    assert metrics.squared_error(outcomes, quantiles).mean() == pytest.approx(mean_squared_error(outcomes, medians))
    assert metrics.absolute_error(outcomes, quantiles).mean() == pytest.approx(mean_absolute_error(outcomes, medians))
    assert metrics.percentage_error(outcomes, quantiles).mean() == pytest.approx(
        100 * mean_absolute_percentage_error(outcomes, medians)
    )


def test_losses_keep_the_shape_of_the_outcomes() -> None:
    outcomes, quantiles = fan(12)
    table, tables = outcomes.reshape(3, 4), quantiles.reshape(3, 4, 21)
    assert metrics.crps(table, tables).shape == (3, 4)
    assert metrics.winkler(table, tables, 0.8).shape == (3, 4)
    assert metrics.inside(table, tables, 0.8).shape == (3, 4)
    assert metrics.winkler(outcomes[:1], quantiles[:1], 0.8).shape == (1,)
    np.testing.assert_array_equal(metrics.crps(table, tables).ravel(), metrics.crps(outcomes, quantiles))


@given(close=st.floats(0.01, 1000), outcome=st.floats(0.01, 1000))
def test_crps_of_a_point_mass_is_the_absolute_error(close: float, outcome: float) -> None:
    loss = metrics.crps(np.array([outcome]), np.full((1, 21), close))
    assert loss == pytest.approx([abs(outcome - close)], abs=1e-9)


@given(st.lists(finite, min_size=5, max_size=60), st.lists(finite, min_size=21, max_size=21), st.floats(0.5, 20))
@settings(max_examples=60)
def test_no_other_fan_scores_better_than_the_empirical_quantiles(
    values: list[float], other: list[float], scale: float
) -> None:
    outcomes = np.array(values)
    # "inverted_cdf" minimises the pinball loss exactly; any other quantiles can only lose
    true = np.quantile(outcomes, LEVELS, method="inverted_cdf")
    other_quantiles = np.sort(np.array(other)) / scale
    best = metrics.crps(outcomes, np.broadcast_to(true, (len(outcomes), 21))).mean()
    assert best <= metrics.crps(outcomes, np.broadcast_to(other_quantiles, (len(outcomes), 21))).mean() + 1e-9


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [(1.0, 2.0), (0.0, 2.0), (2.0, 2.0), (2.5, 2.0 + 10 * 0.5), (-1.0, 2.0 + 10 * 1.0)],
)
def test_winkler_is_the_width_and_a_tenfold_fine_outside_the_80_percent_band(outcome: float, expected: float) -> None:
    lower, upper = band_columns(0.8)
    quantiles = np.linspace(-1, 3, 21)
    quantiles[lower], quantiles[upper] = 0.0, 2.0
    assert metrics.winkler(np.array([outcome]), quantiles[None], 0.8) == pytest.approx([expected])


@given(st.integers(0, 1000))
@settings(max_examples=40)
def test_wider_bands_hold_more(seed: int) -> None:
    outcomes, quantiles = fan(30, seed)
    held = [float(metrics.inside(outcomes, quantiles, band).mean()) for band in BANDS]
    assert 0 <= held[0] <= held[1] <= held[2] <= 1


def test_a_band_holds_its_own_bounds() -> None:
    quantiles = np.linspace(0, 1, 21)[None]
    lower, upper = band_columns(0.5)
    assert metrics.inside(quantiles[:, lower], quantiles, 0.5).all()
    assert metrics.inside(quantiles[:, upper], quantiles, 0.5).all()
    assert not metrics.inside(np.nextafter(quantiles[:, upper], 2), quantiles, 0.5).any()


def test_hit_rate_counts_named_directions_only() -> None:
    closes = np.ones(5)
    medians = np.array([1.1, 1.1, 0.9, 1.0, 1.2])  # up, up, down, none, up
    outcomes = np.array([1.2, 0.9, 0.8, 1.5, 1.0])  # right, wrong, right, not named, did not move
    assert metrics.hit_rate(outcomes, medians, closes) == pytest.approx(2 / 3)


def test_hit_rate_of_a_forecaster_that_names_no_direction_is_unknown() -> None:
    assert np.isnan(metrics.hit_rate(np.array([1.1, 0.9]), np.ones(2), np.ones(2)))
