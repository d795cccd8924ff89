"""A circuit breaker before a price source: nobody waits for another's symbol, and a source that says no is spared."""

from threading import Lock
from typing import Final

from cachetools import LRUCache

from forecasting.errors import SourceUnreachable
from forecasting.ports import Clock, PriceSource
from forecasting.prices.requests.circuit import Circuit
from forecasting.prices.requests.pauses import Pause, pause_after
from forecasting.types.bars import PriceHistory, SourceStatus, SymbolMatch

AT_A_TIME: Final = 3
"""Requests for prices that one source is sent at a time."""
TOLERATED: Final = 3
"""So many different symbols fail in a row before it is the source that is called unreachable."""
SEARCHES_AT_A_TIME: Final = 2
MAX_SYMBOLS: Final = 1000
"""Symbols whose pauses are kept; those not asked for the longest go first."""


class CircuitBreaker:
    """A `PriceSource` that sends few requests at a time, and none for a while where they failed.

    What cannot be reached is the symbol's trouble, until different symbols fail in a row; a rate limit is the source's.
    Search has a circuit of its own: it may be limited while charts are well.
    """

    def __init__(self, source: PriceSource, clock: Clock) -> None:
        self.name = source.name
        self._source = source
        self._clock = clock
        self._charts = Circuit(clock, AT_A_TIME, TOLERATED)
        self._searches = Circuit(clock, SEARCHES_AT_A_TIME, tolerated=1)
        self._lock = Lock()
        self._paused: LRUCache[str, Pause] = LRUCache(MAX_SYMBOLS)

    def history(self, symbol: str) -> PriceHistory:
        """What the source has.

        Raises:
            PriceError: as the source does; while source or symbol is paused, the error that paused it.
        """
        pause = self._pause_of(symbol)
        if pause and pause.holds(self._clock()):
            raise pause.error
        try:
            return self._charts.ask(symbol, lambda: self._history(symbol))
        except SourceUnreachable as error:
            pause = self._pause_of(symbol)
            if error.retry_at is None and pause:  # it is the symbol that is paused, not the source
                raise pause.error from error
            raise

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """What the source finds.

        Raises:
            PriceError: as the source does; while its search is paused, the error that paused it.
        """
        return self._searches.ask(text, lambda: self._source.search(text))

    def status(self) -> SourceStatus:
        """How the source has been doing."""
        pause = self._charts.pause
        return SourceStatus(
            name=self.name,
            last_success=self._charts.last_success,
            failures=pause.failures if pause else 0,
            next_try=pause.until if pause else None,
            reason=pause.error.what if pause else "",
        )

    def _history(self, symbol: str) -> PriceHistory:
        """Ask the source; a symbol that it gives no answer about is paused."""
        pause = None
        try:
            return self._source.history(symbol)
        except SourceUnreachable as error:
            pause = pause_after(error, self._pause_of(symbol), self._clock())
            raise
        finally:
            self._set_pause(symbol, pause)

    def _pause_of(self, symbol: str) -> Pause | None:
        """The symbol's last pause, also when it is over, until there is an answer about it."""
        with self._lock:
            return self._paused.get(symbol)

    def _set_pause(self, symbol: str, pause: Pause | None) -> None:
        with self._lock:
            self._paused.pop(symbol, None)
            if pause:
                self._paused[symbol] = pause
