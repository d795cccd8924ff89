"""Single flight: who asks while the answer is under way gets that answer."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from forecasting.errors import BadPrices
from forecasting.single_flight import SingleFlight
from tests.waiting import PATIENCE_S


class Work:
    """Work that waits to be released, and counts how often it ran."""

    def __init__(self, error: Exception | None = None) -> None:
        self.runs = 0
        self.started, self.released = Event(), Event()
        self._error = error

    def __call__(self) -> int:
        self.runs += 1
        self.started.set()
        assert self.released.wait(PATIENCE_S)
        if self._error:
            raise self._error
        return self.runs


def test_many_callers_share_one_run_and_the_next_runs_anew() -> None:
    flights: SingleFlight[int] = SingleFlight()
    work = Work()
    with ThreadPoolExecutor(25) as pool:
        first = pool.submit(flights.run, "AAPL", work)
        assert work.started.wait(PATIENCE_S)
        others = [pool.submit(flights.run, "AAPL", work) for _ in range(19)]
        other_key = pool.submit(flights.run, "MSFT", lambda: -1)
        assert other_key.result(PATIENCE_S) == -1
        work.released.set()
        assert {flight.result(PATIENCE_S) for flight in others} <= set(range(1, work.runs + 1))
    assert first.result() == 1
    assert flights.run("AAPL", work) == work.runs


def test_an_error_reaches_everybody_and_is_forgotten() -> None:
    flights: SingleFlight[int] = SingleFlight()
    work = Work(BadPrices("No."))
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(flights.run, "AAPL", work)
        assert work.started.wait(PATIENCE_S)
        others = [pool.submit(flights.run, "AAPL", work) for _ in range(4)]
        work.released.set()
        for flight in (first, *others):
            with pytest.raises(BadPrices):
                flight.result(PATIENCE_S)
    assert flights.run("AAPL", lambda: 7) == 7
