"""Room for a few requests at a time, without those that hang."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic


class RequestSlots:
    """Lets `at_a_time` requests go; one that has taken longer than `patience_s` hangs, and is not counted any more."""

    def __init__(self, at_a_time: int, patience_s: float) -> None:
        self._at_a_time = at_a_time
        self._patience_s = patience_s
        self._changed = Condition()
        self._begun: list[float] = []  # when each request under way had its room, by `monotonic`, ascending

    @contextmanager
    def one(self) -> Iterator[None]:
        """Room for one request, as soon as there is some."""
        with self._changed:
            while (seconds := self._full_for()) > 0:
                self._changed.wait(seconds)
            begun = monotonic()
            self._begun.append(begun)
        try:
            yield
        finally:
            with self._changed:
                self._begun.remove(begun)
                self._changed.notify()

    def _full_for(self) -> float:
        """Seconds until there is room if no request ends; 0 or less where there is."""
        if len(self._begun) < self._at_a_time:
            return 0.0
        return self._begun[-self._at_a_time] + self._patience_s - monotonic()
