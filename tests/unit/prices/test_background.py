"""Background flights: one a key, shared by all who ask, and never more than there is room for."""

from threading import Event

import pytest

from forecasting.prices.requests.background import MAX_UNDER_WAY, BackgroundFlights
from tests.waiting import PATIENCE_S


def test_who_asks_meanwhile_shares_the_flight_and_who_asks_later_begins_another() -> None:
    flights: BackgroundFlights[int] = BackgroundFlights()
    released, calls = Event(), []

    def work() -> int:
        calls.append(1)
        assert released.wait(PATIENCE_S)
        return len(calls)

    first, second = flights.begin("A", work), flights.begin("A", work)
    assert first is not None
    assert first is second
    released.set()
    assert first.result(PATIENCE_S) == 1
    again = flights.begin("A", work)
    assert again is not None
    assert again.result(PATIENCE_S) == 2


def test_an_error_reaches_all_and_ends_the_flight() -> None:
    flights: BackgroundFlights[int] = BackgroundFlights()
    failing = flights.begin("A", lambda: 1 // 0)
    assert failing is not None
    with pytest.raises(ZeroDivisionError):
        failing.result(PATIENCE_S)
    answered = flights.begin("A", lambda: 1)
    assert answered is not None
    assert answered.result(PATIENCE_S) == 1


def test_too_many_are_refused_and_what_has_not_begun_is_dropped_at_the_end() -> None:
    flights: BackgroundFlights[bool] = BackgroundFlights()
    released = Event()
    under_way = [flights.begin(str(number), lambda: released.wait(PATIENCE_S)) for number in range(MAX_UNDER_WAY)]
    assert flights.begin("one more", lambda: True) is None
    assert flights.begin("0", lambda: True) is under_way[0]
    flights.close()
    released.set()
    assert under_way[-1] is not None
    assert under_way[-1].cancelled()
    assert flights.begin("later", lambda: True) is None
