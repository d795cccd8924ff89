"""Bands learn to hold what they say, from the past alone."""

import numpy as np
import pytest
from scipy.special import ndtri

from forecasting.model.calibration import calibrated, calibration_factors
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import BANDS, LEVELS, MAX_HORIZON, MEDIAN, band_columns

NORMAL = np.asarray(ndtri(LEVELS))


def world(sessions: int, scale: float, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Normal bands, and overlapping outcomes that are `scale` times as wide as the bands say."""
    shocks = np.random.default_rng(seed).standard_normal(sessions + MAX_HORIZON) * scale
    path = np.cumsum(shocks)
    outcomes = np.full((sessions, MAX_HORIZON), np.nan)
    for horizon in range(1, MAX_HORIZON + 1):
        known = sessions - horizon
        outcomes[:known, horizon - 1] = (path[horizon : horizon + known] - path[:known]) / np.sqrt(horizon)
    return np.broadcast_to(NORMAL, (sessions, MAX_HORIZON, len(LEVELS))).copy(), outcomes


@pytest.mark.parametrize("scale", [0.7, 1.0, 1.4])
def test_coverage_comes_to_what_bands_say(scale: float) -> None:
    quantiles, outcomes = world(4000, scale)
    found = calibrated(quantiles, calibration_factors(quantiles, outcomes))
    for band in BANDS:
        low, high = band_columns(band)
        inside = (found[..., low] <= outcomes) & (outcomes <= found[..., high])
        share = [inside[1500:-20, horizon - 1].mean() for horizon in (1, 5)]
        assert share == pytest.approx([band, band], abs=0.04)


def test_no_outcome_no_change() -> None:
    quantiles, outcomes = world(300, 2.0)
    assert (calibration_factors(quantiles, np.full_like(outcomes, np.nan)) == 1).all()


def test_factors_stand_before_the_outcome_is_known() -> None:
    quantiles, outcomes = world(300, 2.0)
    changed = outcomes.copy()
    changed[200, 4] = 50.0  # known at row 205
    first, second = calibration_factors(quantiles, outcomes), calibration_factors(quantiles, changed)
    differs = np.flatnonzero((first != second).any(axis=(1, 2)))
    assert differs.size == 0 or differs[0] >= 205


def test_quantiles_stay_in_order_whatever_the_factors() -> None:
    rng = np.random.default_rng(0)
    factors = np.exp(rng.normal(0, 1, (50, MAX_HORIZON, len(LEVELS))))
    found = calibrated(np.broadcast_to(NORMAL + 0.3, factors.shape), factors)
    assert (np.diff(found, axis=-1) >= 0).all()
    assert (found[..., MEDIAN] == 0.3).all()
