"""RecentErrors: remembered for ten minutes, forgotten after, and never more than a thousand."""

from datetime import timedelta

from forecasting.errors import TooLittleHistory, UnknownSymbol
from forecasting.prices.recent_errors import MOST, RETENTION, RecentErrors
from forecasting.types.bars import SymbolMatch
from tests.fakes import ManualClock


def test_an_error_is_remembered_for_a_while_as_a_fresh_copy() -> None:
    clock = ManualClock()
    refusals = RecentErrors(clock)
    match = SymbolMatch("AAPL", "Apple Inc.")
    error = UnknownSymbol("APPLE", (match,))
    refusals.remember("APPLE", error)
    clock.advance(RETENTION - timedelta(seconds=1))
    found = refusals.of("APPLE")
    assert isinstance(found, UnknownSymbol)
    assert found is not error
    assert (str(found), found.matches) == (str(error), (match,))
    assert refusals.of("MSFT") is None
    clock.advance(timedelta(seconds=1))
    assert refusals.of("APPLE") is None


def test_the_oldest_go_first() -> None:
    refusals = RecentErrors(ManualClock())
    for number in range(MOST + 1):
        refusals.remember(f"S{number}", TooLittleHistory(f"S{number}", number, 250))
    assert refusals.of("S0") is None
    assert refusals.of("S1") is not None
