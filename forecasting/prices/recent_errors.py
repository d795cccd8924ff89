"""What no source could answer a moment ago, so that the sources are not asked for it again and again."""

from copy import copy
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from cachetools import TTLCache

from forecasting.errors import FanchartError
from forecasting.ports import Clock

RETENTION: Final = timedelta(minutes=10)
MAX_SYMBOLS: Final = 1000
"""Symbols whose errors are kept; those not asked for the longest go first."""


class RecentErrors:
    """The errors of the last ten minutes, one a symbol; any thread may use it."""

    def __init__(self, clock: Clock) -> None:
        self._lock = Lock()
        self._errors: TTLCache[str, FanchartError, datetime] = TTLCache(MAX_SYMBOLS, RETENTION, timer=clock)

    def remember(self, symbol: str, error: FanchartError) -> None:
        """Keep a symbol's error for ten minutes."""
        with self._lock:
            self._errors[symbol] = copy(error)

    def of(self, symbol: str) -> FanchartError | None:
        """A fresh copy of the symbol's error, or None."""
        with self._lock:
            return copy(self._errors.get(symbol))
