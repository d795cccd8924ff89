"""What no source could answer a moment ago, so that nobody is asked for it again and again."""

from collections import OrderedDict
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from forecasting.errors import FanchartError
from forecasting.ports import Clock

RETENTION: Final = timedelta(minutes=10)
MOST: Final = 1000
"""Symbols remembered; the oldest go first."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """An error and when it is forgotten."""

    error: FanchartError
    until: datetime  # UTC


class RecentErrors:
    """The errors of the last minutes, one a symbol; any thread may use it."""

    def __init__(self, clock: Clock) -> None:
        """Begin empty; `clock` tells the time in UTC."""
        self._clock = clock
        self._lock = Lock()
        self._known: OrderedDict[str, _Refusal] = OrderedDict()

    def remember(self, symbol: str, error: FanchartError) -> None:
        """Keep a symbol's error for ten minutes."""
        with self._lock:
            self._known.pop(symbol, None)
            self._known[symbol] = _Refusal(copy(error), self._clock() + RETENTION)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def of(self, symbol: str) -> FanchartError | None:
        """A fresh copy of the symbol's error, or None."""
        with self._lock:
            refusal = self._known.get(symbol)
        return copy(refusal.error) if refusal and self._clock() < refusal.until else None
