"""The edges of scoring: outcomes by hand to the last digit, bounds that count, and ratios of nothing."""

from dataclasses import replace
from datetime import date
from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.evaluation import metrics
from forecasting.evaluation.outcomes import outcome
from forecasting.evaluation.pooled import PooledScore, pool
from forecasting.evaluation.verdict import SIGNIFICANT, verdict
from forecasting.evaluation.walkforward import Schedule, first_unseen_row, origin_rows
from forecasting.types.bars import PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON, Forecast
from forecasting.types.scorecards import Comparison, Scorecard
from tests.factories import forecast, price_history, score, scorecard, weekdays

HISTORY = price_history(sessions=300)
COUNT = len(LEVELS)


def published(fan: list[float]) -> Forecast:
    """A forecast from a close of 200, whose fan one session ahead has these 21 prices, and far higher ones later."""
    origin = date(2024, 6, 28)
    made = replace(forecast(), origin=origin, past_closes=(190.0, 200.0), targets=(date(2024, 7, 1),) * MAX_HORIZON)
    return replace(made, prices=np.array(fan) + 1000.0 * np.arange(MAX_HORIZON)[:, None])


def came(close: float, then: float = 50.0) -> PriceHistory:
    """Prices on another adjustment: the origin stood at `then`, the target at `close`."""
    closes = np.array([then, close])
    sessions = weekdays(date(2024, 7, 1), 2)
    return replace(HISTORY, sessions=sessions, open=closes, high=closes, low=closes, close=closes, volume=closes)


STEPS = [196.0 + step * 0.5 for step in range(COUNT)]
"""196.0 to 206.0 in steps of 0.5; the median, the eleventh, is 201.0."""


def test_an_outcome_by_hand() -> None:
    scored = outcome(published(STEPS), 1, came(51.0))
    assert scored is not None
    assert scored.close == pytest.approx(204.0)  # 200 x 51 / 50
    assert scored.median == 201.0
    assert scored.error == pytest.approx(3.0 / 200.0)
    assert scored.naive_error == pytest.approx(0.02)
    assert scored.naive_crps == pytest.approx(0.02)
    pinball = [
        (204.0 - price) * level if price <= 204.0 else (price - 204.0) * (1 - level)
        for price, level in zip(STEPS, LEVELS, strict=True)
    ]
    assert scored.crps == pytest.approx(2 * sum(pinball) / COUNT / 200.0)


def test_a_fall_has_a_negative_error_and_a_positive_loss() -> None:
    scored = outcome(published(STEPS), 1, came(49.5))
    assert scored is not None
    assert scored.error == pytest.approx(-3.0 / 200.0)
    assert scored.naive_error == pytest.approx(-0.01)
    assert scored.naive_crps == pytest.approx(0.01)
    assert scored.crps > 0


@pytest.mark.parametrize(
    ("level", "band"), [(0.25, 0.5), (0.75, 0.5), (0.1, 0.8), (0.9, 0.8), (0.025, 0.95), (0.975, 0.95)]
)
def test_a_close_on_a_band_s_bound_is_inside(level: float, band: float) -> None:
    fan = [price * 0.25 for price in range(790, 790 + COUNT)]  # quarters: exact in binary
    price = fan[LEVELS.index(level)]
    scored = outcome(published(fan), 1, came(price, then=200.0))
    assert scored is not None
    assert scored.close == price
    assert scored.band == band


def of(table: tuple[PooledScore, ...], forecaster: str) -> PooledScore:
    return next(row for row in table if (row.forecaster, row.horizon) == (forecaster, 5))


def test_a_ratio_of_nothing_is_unknown_and_spoils_no_other() -> None:
    names = ("model", "historical quantiles", "naive")
    good = replace(scorecard(), scores=tuple(score(name, 5) for name in names))
    flat = replace(good, scores=tuple(replace(one, crps=0.0, rmse=0.0) for one in good.scores))
    alone = pool([flat])
    assert isnan(of(alone, "model").crps_ratio)
    assert isnan(of(alone, "model").rmse_ratio)
    both = pool([good, flat])
    assert of(both, "model").crps_ratio == pytest.approx(1.0)
    assert of(both, "model").symbols == 2


def test_a_perfect_forecaster_does_not_pull_the_geometric_mean_to_nothing() -> None:
    names = ("model", "historical quantiles", "naive")
    good = replace(scorecard(), scores=tuple(score(name, 5) for name in names))
    halved = tuple(replace(one, crps=one.crps / 2) if one.forecaster == "model" else one for one in good.scores)
    perfect = tuple(replace(one, crps=0.0) if one.forecaster == "model" else one for one in good.scores)
    table = pool([good, replace(good, scores=halved), replace(good, scores=perfect)])
    assert of(table, "model").crps_ratio == pytest.approx(sqrt(0.5))


def test_every_coverage_is_pooled_by_itself() -> None:
    first = replace(scorecard(), scores=(replace(score("model", 5), coverage_50=0.4, coverage_95=0.9),))
    second = replace(first, scores=(replace(score("model", 5), coverage_50=0.6, coverage_95=1.0),))
    row = of(pool([first, second]), "model")
    assert (row.coverage_50, row.coverage_80, row.coverage_95) == pytest.approx((0.5, 0.81, 0.95))


def compared(p_value: float, skill: float, origins: int) -> Scorecard:
    """A scorecard with one comparison on spread."""
    scores = tuple(replace(one, origins=origins) for one in scorecard().scores)
    comparison = Comparison("historical quantiles", 5, "crps", skill, p_value)
    return replace(scorecard(), scores=scores, comparisons=(comparison,))


@pytest.mark.parametrize(
    ("p_value", "skill", "origins", "begins"),
    [
        (SIGNIFICANT, 0.1, 100, "No clear winner"),
        (SIGNIFICANT - 1e-9, 0.1, 100, "Beats no change on spread (p = 0.05)"),
        (SIGNIFICANT - 1e-9, -0.1, 100, "No change wins on spread"),
        (0.01, 0.0, 100, "No change wins on spread"),  # no better is not better
        (0.01, 0.1, 30, "Beats no change"),
        (0.01, 0.1, 29, "Too few past forecasts (29)"),
        (0.001, 0.1, 100, "Beats no change on spread (p = 0.001)"),
        (0.00099, 0.1, 100, "Beats no change on spread (p < 0.001)"),
    ],
)
def test_a_verdict_at_its_bounds(p_value: float, skill: float, origins: int, begins: str) -> None:
    assert verdict(compared(p_value, skill, origins), 5).startswith(begins)


@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 1000), outcome=st.floats(50, 150))
def test_losses_are_in_the_unit_of_the_prices(seed: int, scale: float, outcome: float) -> None:
    """In pence a loss is a hundred times what it is in pounds, and a squared one ten thousand times."""
    fan = np.sort(np.random.default_rng(seed).uniform(50, 150, COUNT))
    here, there = np.array(outcome), np.array(outcome * scale)
    for loss, power in ((metrics.crps, 1), (metrics.absolute_error, 1), (metrics.squared_error, 2)):
        assert loss(there, fan * scale) == pytest.approx(loss(here, fan) * scale**power, rel=1e-9, abs=1e-9)
    assert metrics.percentage_error(there, fan * scale) == pytest.approx(metrics.percentage_error(here, fan))
    assert metrics.winkler(there, fan * scale, 0.8) == pytest.approx(metrics.winkler(here, fan, 0.8) * scale)


@given(seed=st.integers(0, 10_000), band=st.sampled_from((0.5, 0.8, 0.95)))
def test_a_band_that_holds_the_close_is_fined_its_width_alone(seed: int, band: float) -> None:
    fan = np.sort(np.random.default_rng(seed).uniform(50, 150, COUNT))
    median = np.array(fan[COUNT // 2])
    assert metrics.inside(median, fan, band)
    low, high = LEVELS.index(round((1 - band) / 2, 3)), LEVELS.index(round((1 + band) / 2, 3))
    assert metrics.winkler(median, fan, band) == pytest.approx(fan[high] - fan[low])


@pytest.mark.parametrize(
    ("sessions", "origins", "step", "rows"),
    [
        (300, 3, 5, [265, 270, 275]),
        (300, 2, 1, [278, 279]),
        (300, 1, 20, [260]),
        (269, 100, 1, []),
        (270, 100, 1, [249]),
    ],
)
def test_origins_by_their_rows(sessions: int, origins: int, step: int, rows: list[int]) -> None:
    assert list(origin_rows(sessions, Schedule(origins, step))) == rows


@given(back=st.integers(0, 299))
def test_an_origin_after_a_training_is_scored_on_sessions_it_did_not_see(back: int) -> None:
    trained_to = HISTORY.sessions[-1 - back].astype(object)
    first = first_unseen_row(HISTORY, trained_to)
    assert first >= 249
    unseen = HISTORY.sessions[first:]
    assert (unseen > HISTORY.sessions[-1 - back]).all()
    if first > 249:
        assert HISTORY.sessions[first - 1] == HISTORY.sessions[-1 - back]
