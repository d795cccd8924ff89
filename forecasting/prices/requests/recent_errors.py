"""What no source could answer a moment ago, so that the sources are not asked for it again and again."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from cachetools import TTLCache

from forecasting.errors import FanchartError
from forecasting.ports import Clock

FIRST_RETENTION: Final = timedelta(minutes=1)
"""A symbol's first error may be a slip of the source's; each one more is kept twice as long."""
RETENTION: Final = timedelta(minutes=10)
"""No error is kept longer."""
MAX_SYMBOLS: Final = 1000
"""Symbols whose errors are kept; those not asked for the longest go first."""
_COUNTED: Final = 2 * RETENTION
"""An error counts as a repeated one for so long."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A symbol's newest error."""

    error: FanchartError
    times: int  # in a row
    until: datetime  # UTC


class RecentErrors:
    """The errors of the last minutes, one a symbol; any thread may use it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._errors: TTLCache[str, _Remembered, datetime] = TTLCache(MAX_SYMBOLS, _COUNTED, timer=clock)

    def remember(self, symbol: str, error: FanchartError) -> None:
        """Keep a symbol's error for a minute, a repeated one for up to ten."""
        with self._lock:
            before = self._errors.get(symbol)
            times = before.times + 1 if before else 1
            retention = min(FIRST_RETENTION * 2 ** (times - 1), RETENTION)
            self._errors[symbol] = _Remembered(copy(error), times, self._clock() + retention)

    def forget(self, symbol: str) -> None:
        """The symbol has prices: its next error is a first one."""
        with self._lock:
            self._errors.pop(symbol, None)

    def of(self, symbol: str) -> FanchartError | None:
        """A fresh copy of the symbol's error, or None."""
        with self._lock:
            found = self._errors.get(symbol)
            now = self._clock()
            is_kept = found is not None and now < found.until <= now + RETENTION  # else the clock was set back
            return copy(found.error) if found and is_kept else None
