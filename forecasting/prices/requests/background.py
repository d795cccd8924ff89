"""Work that goes on whether or not somebody still waits for it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")

THREADS: Final = 16
"""Each source takes three requests at a time; the other threads wait for it, or ask the next source."""
MAX_UNDER_WAY: Final = 500


class BackgroundFlights(Generic[T]):
    """Runs one call a key at a time on a few threads of its own; who asks meanwhile is given the same future."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, "prices")
        self._lock = Lock()
        self._running: dict[str, Future[T]] = {}
        self._is_closed = False

    def begin(self, key: str, work: Callable[[], T]) -> Future[T] | None:
        """The call that is under way for this key, begun now if there is none.

        None where too many are under way, and after `close`.
        """
        with self._lock:
            running = self._running.get(key)
            if running is None and len(self._running) < MAX_UNDER_WAY and not self._is_closed:
                running = self._running[key] = self._pool.submit(copy_context().run, self._run, key, work)
            return running

    def close(self) -> None:
        """Begin no more, and cancel what has not begun."""
        with self._lock:
            self._is_closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _run(self, key: str, work: Callable[[], T]) -> T:
        try:
            return work()
        finally:
            with self._lock:
                del self._running[key]
