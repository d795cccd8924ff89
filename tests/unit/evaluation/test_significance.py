"""The Diebold-Mariano test: by hand, against statsmodels, its size under no difference, and where it cannot tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student
from scipy.stats import ttest_rel
from statsmodels.regression.linear_model import OLS

from forecasting.evaluation.significance import diebold_mariano
from forecasting.types.bars import FloatArray


def losses(count: int = 80, seed: int = 5, *, advantage: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Two series of losses; the first is lower by `advantage` on average."""
    random = np.random.default_rng(seed)
    return random.exponential(1.0, count) - advantage, random.exponential(1.0, count)


def test_one_session_ahead_it_is_the_paired_t_test() -> None:
    ours, theirs = losses()
    expected = ttest_rel(ours, theirs)
    found = diebold_mariano(ours, theirs, 1)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)


def test_overlap_counts_the_autocovariances_by_hand() -> None:
    a, b = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0]), np.array([2.0, 2.0, 2.0, 3.0, 3.0, 4.0])
    centred = (a - b) - (a - b).mean()
    variance = (centred @ centred + 2 * centred[1:] @ centred[:-1]) / 6 / 6
    correction = (6 + 1 - 4 + 2 * 1 / 6) / 6  # eq. 9 of Harvey, Leybourne and Newbold with h = 2, n = 6
    expected = (a - b).mean() / np.sqrt(variance) * np.sqrt(correction)
    found = diebold_mariano(a, b, 2)
    assert found.statistic == pytest.approx(expected)
    assert found.p_value == pytest.approx(2 * student.sf(abs(expected), 5))


def test_bartletts_weights_step_in_where_the_plain_variance_is_not_positive() -> None:
    difference = np.tile([1.0, -1.0], 10) + np.linspace(0, 0.1, 20)  # negative autocovariance outweighs the variance
    fit = OLS(difference, np.ones(20)).fit(cov_type="HAC", cov_kwds={"maxlags": 1, "use_correction": False})
    correction = (20 + 1 - 4 + 2 / 20) / 20
    found = diebold_mariano(difference, np.zeros(20), 2)
    assert found.statistic == pytest.approx(float(fit.tvalues[0]) * np.sqrt(correction), rel=1e-9)


@pytest.mark.parametrize(("horizon", "step", "same_as"), [(5, 5, 1), (20, 5, 4), (10, 4, 3), (1, 5, 1), (6, 5, 2)])
def test_only_overlapping_origins_count(horizon: int, step: int, same_as: int) -> None:
    ours, theirs = losses()
    assert diebold_mariano(ours, theirs, horizon, step) == diebold_mariano(ours, theirs, same_as)


@given(st.integers(0, 500), st.sampled_from([1, 5, 20]))
@settings(max_examples=40)
def test_swapping_the_forecasters_swaps_the_sign_alone(seed: int, horizon: int) -> None:
    ours, theirs = losses(60, seed)
    there, back = diebold_mariano(ours, theirs, horizon), diebold_mariano(theirs, ours, horizon)
    assert there.statistic == pytest.approx(-back.statistic)
    assert there.p_value == pytest.approx(back.p_value)
    assert 0 <= there.p_value <= 1


def test_a_clear_winner_is_found_and_negative_says_the_first() -> None:
    ours, theirs = losses(200, advantage=1.0)
    found = diebold_mariano(ours, theirs, 5)
    assert found.statistic < 0
    assert found.p_value < 0.001


def test_equal_forecasters_are_told_apart_about_as_rarely_as_promised() -> None:
    random = np.random.default_rng(11)
    shocks = random.standard_normal((400, 104))
    overlapping = np.lib.stride_tricks.sliding_window_view(shocks, 4, axis=1).sum(axis=-1)  # looks 4 steps ahead
    p_values = np.array([diebold_mariano(series, np.zeros(101), 4).p_value for series in overlapping])
    assert 0.02 < np.mean(p_values < 0.05) < 0.11


@pytest.mark.parametrize(
    ("ours", "theirs", "horizon"),
    [
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], 1),  # the same forecaster
        ([1.1, 2.1, 3.1], [1.0, 2.0, 3.0], 1),  # a constant difference
        ([1.0], [2.0], 1),  # one origin
        ([], [], 1),
        ([1.0, 5.0, 2.0], [2.0, 1.0, 1.0], 5),  # all origins overlap
        ([1.0, np.nan, 2.0], [2.0, 1.0, 1.0], 1),
        ([1.0, np.inf, 2.0], [2.0, 1.0, 1.0], 1),
    ],
)
def test_where_it_cannot_be_told_both_values_are_nan(ours: list[float], theirs: list[float], horizon: int) -> None:
    found = diebold_mariano(np.array(ours), np.array(theirs), horizon)
    assert np.isnan(found.statistic)
    assert np.isnan(found.p_value)
