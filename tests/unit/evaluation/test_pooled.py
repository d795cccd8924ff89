"""Many scorecards as one table: geometric means of ratios per symbol and horizon."""

from dataclasses import replace

import numpy as np
import pytest

from forecasting.evaluation.pooled import PooledScore, pool
from forecasting.types.scorecards import Scorecard
from tests.factories import score, scorecard


def card(symbol: str, model: float, unit: float, naive: float = 1.0) -> Scorecard:
    """A scorecard where model, historical quantiles and naive lost in these proportions."""
    scales = {"model": model, "historical quantiles": unit, "naive": naive}
    scores = tuple(score(name, horizon, scale=scale) for horizon in (1, 5) for name, scale in scales.items())
    return replace(scorecard(symbol), scores=scores)


def of(table: tuple[PooledScore, ...], forecaster: str, horizon: int | None) -> PooledScore:
    return next(row for row in table if (row.forecaster, row.horizon) == (forecaster, horizon))


def test_ratios_are_geometric_means_over_symbols_and_horizons() -> None:
    table = pool([card("A", 0.8, 1.0), card("B", 1.0, 2.0)])
    assert of(table, "model", 1).crps_ratio == pytest.approx(np.sqrt(0.8 * 0.5))
    assert of(table, "model", None).crps_ratio == pytest.approx(np.sqrt(0.8 * 0.5))
    assert of(table, "model", 5).rmse_ratio == pytest.approx(np.sqrt(0.8 * 1.0))
    assert of(table, "historical quantiles", 5).crps_ratio == pytest.approx(1.0)
    assert of(table, "model", 1).symbols == 2


def test_coverages_are_means() -> None:
    first, second = card("A", 1, 1), card("B", 1, 1)
    wide = replace(second, scores=tuple(replace(each, coverage_80=0.9) for each in second.scores))
    assert of(pool([first, wide]), "model", 5).coverage_80 == pytest.approx((0.81 + 0.9) / 2)


def test_every_forecaster_has_a_row_per_horizon_and_one_for_all() -> None:
    rows = [(row.forecaster, row.horizon) for row in pool([card("A", 1, 1)])]
    names = ["model", "historical quantiles", "naive"]
    assert rows == [(name, horizon) for name in names for horizon in (1, 5, None)]


def test_a_symbol_without_its_unit_is_left_out_of_the_ratio() -> None:
    lacking = replace(card("B", 5, 1), scores=tuple(s for s in card("B", 5, 1).scores if s.forecaster == "model"))
    table = pool([card("A", 0.9, 1.0), lacking])
    assert of(table, "model", 1).crps_ratio == pytest.approx(0.9)


def test_no_scorecards_make_no_table() -> None:
    assert pool([]) == ()
