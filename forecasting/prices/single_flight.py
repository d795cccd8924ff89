"""Many ask, one works: calls with the same key at the same time share one result."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one call a key at a time; whoever asks meanwhile waits for that call's result or error."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._lock = Lock()
        self._flights: dict[Hashable, Future[T]] = {}

    def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result of `work`, run by the first caller of this key on its own thread.

        Raises:
            Exception: whatever `work` raises, in every caller that waited for it.
        """
        with self._lock:
            running = self._flights.get(key)
            flight = self._flights.setdefault(key, Future())
        return flight.result() if running else self._fly(key, flight, work)

    def _fly(self, key: Hashable, flight: "Future[T]", work: Callable[[], T]) -> T:
        """Do the work and hand its end to everybody who waits."""
        try:
            result = work()
        except BaseException as error:
            self._land(key)
            flight.set_exception(error)
            raise
        self._land(key)
        flight.set_result(result)
        return result

    def _land(self, key: Hashable) -> None:
        """Let the next caller start anew."""
        with self._lock:
            del self._flights[key]
