"""What is different between two histories is counted, and the first day of it named."""

from dataclasses import replace

import numpy as np

from forecasting.prices.changes import PriceChanges, changes
from tests.factories import price_history

WHOLE = price_history(sessions=300)
DAYS = WHOLE.sessions.tolist()


def test_where_nothing_was_stored_everything_is_added() -> None:
    assert changes(None, WHOLE) == PriceChanges(300, 0, 0, DAYS[0])


def test_the_same_again_but_for_its_last_digits_is_no_change() -> None:
    assert changes(WHOLE, replace(WHOLE, close=WHOLE.close * (1 + 5e-6))) == PriceChanges(0, 0, 0, None)


def test_each_kind_is_counted_and_the_first_day_is_of_any() -> None:
    before = WHOLE.take(np.delete(np.arange(300), [20, 21]))
    revised = replace(WHOLE, volume=WHOLE.volume + (np.arange(300) == 150))
    after = revised.take(np.delete(np.arange(300), 40))
    assert changes(before, after) == PriceChanges(2, 1, 1, DAYS[20])
    assert changes(after, before) == PriceChanges(1, 2, 1, DAYS[20])
    assert changes(WHOLE, revised) == PriceChanges(0, 0, 1, DAYS[150])
