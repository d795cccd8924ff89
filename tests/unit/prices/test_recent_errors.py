"""RecentErrors: remembered for ten minutes, forgotten after, and never more than a thousand."""

from datetime import timedelta

from forecasting.errors import TooLittleHistory, UnknownSymbol
from forecasting.prices.recent_errors import MAX_SYMBOLS, RETENTION, RecentErrors
from forecasting.types.bars import SymbolMatch
from tests.fakes import ManualClock


def test_an_error_is_remembered_for_a_while_as_a_fresh_copy() -> None:
    clock = ManualClock()
    errors = RecentErrors(clock)
    match = SymbolMatch("AAPL", "Apple Inc.")
    error = UnknownSymbol("APPLE", (match,))
    errors.remember("APPLE", error)
    clock.advance(RETENTION - timedelta(seconds=1))
    found = errors.of("APPLE")
    assert isinstance(found, UnknownSymbol)
    assert found is not error
    assert (str(found), found.matches) == (str(error), (match,))
    assert errors.of("MSFT") is None
    clock.advance(timedelta(seconds=1))
    assert errors.of("APPLE") is None


def test_those_not_asked_for_the_longest_go_first() -> None:
    errors = RecentErrors(ManualClock())
    for number in range(MAX_SYMBOLS + 1):
        errors.remember(f"S{number}", TooLittleHistory(f"S{number}", number, 250))
    assert errors.of("S0") is None
    assert errors.of("S1") is not None
