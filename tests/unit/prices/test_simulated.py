"""The simulated source: a market for every symbol, whose past never changes."""

from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.prices.sources.simulated import SimulatedSource
from tests.factories import NOW
from tests.fakes import ManualClock


def test_a_new_day_appends_and_the_past_stays() -> None:
    clock = ManualClock()
    before = SimulatedSource(clock).history("AAPL")
    clock.advance(timedelta(days=2))  # over Independence Day
    after = SimulatedSource(clock).history("AAPL")
    assert (before.last_session, after.last_session) == (date(2024, 7, 3), date(2024, 7, 5))
    assert len(after) == len(before) + 1
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(after, name)[:-1], getattr(before, name)), name


def test_symbols_differ_and_say_that_they_are_simulated() -> None:
    source = SimulatedSource(ManualClock())
    apple, other = source.history("AAPL"), source.history("MSFT")
    assert not np.allclose(apple.close, other.close)
    assert (apple.source, apple.name) == ("simulated", "AAPL (simulated)")
    assert apple.notes == ()
    assert source.search("apple") == ()


@pytest.mark.parametrize(
    ("symbol", "exchange", "last"), [("BTC-USD", "24/7", date(2024, 7, 2)), ("7203.T", "XTKS", date(2024, 7, 3))]
)
def test_sessions_are_those_of_the_exchange(symbol: str, exchange: str, last: date) -> None:
    history = SimulatedSource(ManualClock(NOW)).history(symbol)
    assert (history.exchange, history.last_session) == (exchange, last)
