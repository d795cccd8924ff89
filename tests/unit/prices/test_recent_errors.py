"""RecentErrors: the first for a minute, repeated ones for up to ten, and never more than a thousand."""

from datetime import timedelta

from forecasting.errors import TooLittleHistory, UnknownSymbol
from forecasting.prices.requests.recent_errors import FIRST_RETENTION, MAX_SYMBOLS, RETENTION, RecentErrors
from forecasting.types.bars import SymbolMatch
from tests.fakes import ManualClock

SECOND = timedelta(seconds=1)


def test_an_error_is_remembered_for_a_while_as_a_fresh_copy() -> None:
    clock = ManualClock()
    errors = RecentErrors(clock)
    match = SymbolMatch("AAPL", "Apple Inc.")
    error = UnknownSymbol("APPLE", (match,))
    errors.remember("APPLE", error)
    clock.advance(FIRST_RETENTION - SECOND)
    found = errors.of("APPLE")
    assert isinstance(found, UnknownSymbol)
    assert found is not error
    assert (str(found), found.matches) == (str(error), (match,))
    assert errors.of("MSFT") is None
    clock.advance(SECOND)
    assert errors.of("APPLE") is None


def test_a_repeated_error_is_remembered_twice_as_long_each_time_and_at_most_ten_minutes() -> None:
    clock = ManualClock()
    errors = RecentErrors(clock)
    for minutes in (1, 2, 4, 8, 10, 10):
        errors.remember("NEWCO", TooLittleHistory("NEWCO", 3, 250))
        clock.advance(timedelta(minutes=minutes) - SECOND)
        assert errors.of("NEWCO") is not None
        clock.advance(SECOND)
        assert errors.of("NEWCO") is None
    errors.forget("NEWCO")
    errors.remember("NEWCO", TooLittleHistory("NEWCO", 3, 250))
    clock.advance(FIRST_RETENTION)
    assert errors.of("NEWCO") is None, "it had prices in between"


def test_an_error_of_long_ago_does_not_count() -> None:
    clock = ManualClock()
    errors = RecentErrors(clock)
    errors.remember("NEWCO", UnknownSymbol("NEWCO"))
    clock.advance(3 * RETENTION)
    errors.remember("NEWCO", UnknownSymbol("NEWCO"))
    clock.advance(FIRST_RETENTION)
    assert errors.of("NEWCO") is None


def test_those_not_asked_for_the_longest_go_first() -> None:
    errors = RecentErrors(ManualClock())
    for number in range(MAX_SYMBOLS + 1):
        errors.remember(f"S{number}", TooLittleHistory(f"S{number}", number, 250))
    assert errors.of("S0") is None
    assert errors.of("S1") is not None
