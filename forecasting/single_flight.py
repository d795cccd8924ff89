"""Concurrent calls with the same key share one result (single flight)."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs one call a key at a time; who asks meanwhile waits for that call's result or error."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[Hashable, Future[T]] = {}

    def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result of `work`, run by the first caller of this key on its own thread.

        Raises:
            Exception: whatever `work` raises, in every caller that waited for it.
        """
        with self._lock:
            is_running = key in self._running
            future = self._running.setdefault(key, Future())
        return future.result() if is_running else self._work(key, future, work)

    def _work(self, key: Hashable, future: "Future[T]", work: Callable[[], T]) -> T:
        try:
            result = work()
        except BaseException as error:
            self._remove(key)
            future.set_exception(error)
            raise
        self._remove(key)
        future.set_result(result)
        return result

    def _remove(self, key: Hashable) -> None:
        """Let the next caller start anew."""
        with self._lock:
            del self._running[key]
