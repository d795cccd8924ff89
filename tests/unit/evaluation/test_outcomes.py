"""A published forecast is scored against the close that came, on whatever adjustment prices stand now."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecasting.evaluation.outcomes import outcome
from forecasting.types.bars import PriceHistory
from forecasting.types.quantile_forecast import LEVELS
from tests.factories import forecast, price_history

HISTORY = price_history(sessions=400)
PUBLISHED = replace(forecast(HISTORY.take(slice(None, -20))), targets=tuple(HISTORY.sessions[-20:].astype(object)))


def with_close_on(horizon: int, close: float) -> PriceHistory:
    closes = HISTORY.close.copy()
    closes[-21 + horizon] = close
    return replace(HISTORY, close=closes)


def test_the_close_that_came_is_found_by_its_date() -> None:
    scored = outcome(PUBLISHED, 5, HISTORY)
    assert scored is not None
    assert scored.target == HISTORY.sessions[-16].astype(object)
    assert scored.close == pytest.approx(HISTORY.close[-16], rel=1e-12)
    assert scored.naive_error == pytest.approx(HISTORY.close[-16] / HISTORY.close[-21] - 1)


def test_nothing_is_scored_before_its_day() -> None:
    assert outcome(PUBLISHED, 5, HISTORY.take(slice(None, -16))) is None


def test_a_session_that_prices_lack_is_not_scored() -> None:
    assert outcome(replace(PUBLISHED, targets=(date(2024, 6, 8), *PUBLISHED.targets[1:])), 1, HISTORY) is None


def test_a_split_since_changes_nothing() -> None:
    split = replace(HISTORY, close=HISTORY.close / 4)
    assert outcome(PUBLISHED, 10, split) == outcome(PUBLISHED, 10, HISTORY)


@pytest.mark.parametrize(("level", "band"), [(0.5, 0.5), (0.2, 0.8), (0.95, 0.95), (0.025, 0.95)])
def test_the_smallest_band_that_held_the_close_is_named(level: float, band: float) -> None:
    close = float(PUBLISHED.prices[4, LEVELS.index(level)])
    scored = outcome(PUBLISHED, 5, with_close_on(5, close * (1 + 1e-9 if level < 0.5 else 1 - 1e-9)))
    assert scored is not None
    assert scored.band == band


def test_a_close_outside_all_bands_is_said_to_be_so() -> None:
    scored = outcome(PUBLISHED, 5, with_close_on(5, 3 * PUBLISHED.close))
    assert scored is not None
    assert scored.band == 1.0


def test_crps_of_a_certain_forecast_is_its_absolute_error() -> None:
    certain = replace(PUBLISHED, prices=np.full_like(PUBLISHED.prices, PUBLISHED.close))
    scored = outcome(certain, 20, HISTORY)
    assert scored is not None
    assert scored.crps == pytest.approx(scored.naive_crps)
