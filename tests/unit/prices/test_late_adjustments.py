"""A split or dividend that is told before the earlier prices know of it: they are adjusted here, as the source will."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecasting.prices.late_adjustments import adjusted
from forecasting.suspicious_closes import newest_is_doubted
from forecasting.types.bars import Dividend, PriceHistory, Split
from tests.factories import price_history, with_closes

RIGHT = price_history(sessions=400)
DAY: date = RIGHT.sessions[399].astype(object)
SPLIT = (Split(DAY, 4.0),)
PAYS = Dividend(DAY, 20.0)


def too_high_before(factor: float) -> PriceHistory:
    """The prices before the newest day as they were before an adjustment."""
    scale = np.where(np.arange(len(RIGHT)) < len(RIGHT) - 1, factor, 1.0)
    prices = {name: getattr(RIGHT, name) * scale for name in ("open", "high", "low", "close")}
    return replace(RIGHT, **prices, volume=RIGHT.volume / scale)


def test_prices_before_a_split_that_they_do_not_know_are_divided() -> None:
    history = replace(too_high_before(4.0), splits=SPLIT)
    assert newest_is_doubted(history)
    found = adjusted(history)
    np.testing.assert_allclose(found.close, RIGHT.close)
    np.testing.assert_allclose(found.volume, RIGHT.volume)
    assert found.notes == ("prices before the 4:1 split adjusted here",)
    assert not newest_is_doubted(found)


def test_so_they_are_on_a_day_so_busy_that_its_gap_is_not_doubted() -> None:
    volume = np.append(RIGHT.volume[:-1], 3 * RIGHT.volume.max())
    history = replace(too_high_before(4.0), splits=SPLIT, volume=np.append(volume[:-1] / 4, volume[-1]))
    assert not newest_is_doubted(history)
    np.testing.assert_allclose(adjusted(history).close, RIGHT.close)


def test_so_are_prices_before_a_dividend_of_a_third() -> None:
    before = float(too_high_before(1.5).close[-2])
    history = replace(too_high_before(1.5), volume=RIGHT.volume, dividends=(Dividend(DAY, before / 3),))
    found = adjusted(history)
    np.testing.assert_allclose(found.close, RIGHT.close)
    assert found.notes == ("prices before the dividend adjusted here",)


@pytest.mark.parametrize(
    "history",
    [
        replace(RIGHT, splits=SPLIT),
        too_high_before(4.0),
        replace(too_high_before(4.0), splits=(Split(date(2023, 1, 3), 4.0),)),
        replace(too_high_before(10.0), splits=SPLIT),
        replace(with_closes(RIGHT, {-1: 10}), splits=SPLIT, dividends=(PAYS,)),
        replace(RIGHT, splits=SPLIT, dividends=(Dividend(DAY, float(RIGHT.close[-2] - RIGHT.close[-1])),)),
        replace(RIGHT, splits=(Split(RIGHT.sessions[0].item(), 4.0),)),
    ],
    ids=[
        "known already",
        "not told",
        "of another day",
        "of another size",
        "a wrong print",
        "a usual move of the dividend's size",
        "of the first session",
    ],
)
def test_everything_else_stays_as_it_is(history: PriceHistory) -> None:
    assert adjusted(history) is history
