"""A circuit breaker before a price source: no requests while it is rate-limited or unreachable."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, TypeVar

from tenacity import RetryCallState, Retrying
from tenacity.wait import wait_exponential_jitter

from forecasting.errors import PriceError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.ports import Clock, PriceSource
from forecasting.types.bars import PriceHistory, SourceStatus, SymbolMatch

T = TypeVar("T")

AFTER_RATE_LIMIT: Final = timedelta(minutes=1)
"""The shortest pause of a rate-limited source; it doubles with each failure."""
AFTER_UNREACHABLE: Final = timedelta(seconds=5)
"""The shortest pause of an unreachable source; it doubles with each failure."""
MAX_PAUSE: Final = timedelta(minutes=30)
MAX_RETRY_AFTER: Final = timedelta(hours=6)
"""A source whose `Retry-After` is longer than this is tried anyway."""


@dataclass(frozen=True, slots=True)
class _Pause:
    """Why and until when the source is not asked."""

    until: datetime  # UTC
    error: RateLimited | SourceUnreachable


class CircuitBreaker:
    """A `PriceSource` that sends one request at a time, and none for a while after a failure.

    While the circuit is open, calls raise the same kind of error at once and name the next try. When the pause is over
    one call goes through as a probe (half-open); if that fails too, the next pause is about twice as long, with jitter.
    Answers about a symbol (unknown, too little history) are answers: they close the circuit.
    """

    def __init__(self, source: PriceSource, clock: Clock) -> None:
        self.name = source.name
        self._source = source
        self._clock = clock
        self._turn = Lock()
        self._pause: _Pause | None = None
        self._failures = 0
        self._last_success: datetime | None = None

    def history(self, symbol: str) -> PriceHistory:
        """What the source has.

        Raises:
            PriceError: as the source does; while it is paused, the error that paused it.
        """
        return self._ask(lambda: self._source.history(symbol))

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """What the source finds.

        Raises:
            PriceError: as the source does; while it is paused, the error that paused it.
        """
        return self._ask(lambda: self._source.search(text))

    def status(self) -> SourceStatus:
        """How the source has been doing."""
        pause = self._pause
        return SourceStatus(
            name=self.name,
            last_success=self._last_success,
            failures=self._failures,
            next_try=pause.until if pause else None,
            reason=pause.error.what if pause else "",
        )

    def _ask(self, request: Callable[[], T]) -> T:
        self._require_closed(probing=self._turn.locked())
        with self._turn:
            self._require_closed(probing=False)
            try:
                answer = request()
            except RateLimited as error:
                raise self._paused(error, AFTER_RATE_LIMIT, error.retry_at) from error
            except SourceUnreachable as error:
                raise self._paused(error, AFTER_UNREACHABLE, error.retry_at) from error
            except (UnknownSymbol, PriceError):
                self._succeeded()
                raise
            self._succeeded()
            return answer

    def _require_closed(self, *, probing: bool) -> None:
        """Raise during a pause, and after it while another thread's request is the probe."""
        pause = self._pause
        if pause and (probing or self._clock() < pause.until):
            raise _renewed(pause.error, max(pause.until, self._clock() + AFTER_UNREACHABLE) if probing else pause.until)

    def _succeeded(self) -> None:
        self._pause, self._failures, self._last_success = None, 0, self._clock()

    def _paused(
        self, error: RateLimited | SourceUnreachable, shortest: timedelta, asked: datetime | None
    ) -> RateLimited | SourceUnreachable:
        """Begin a pause, and return the error to raise."""
        now = self._clock()
        self._failures += 1
        until = now + _back_off(shortest, self._failures)
        if asked:
            until = max(until, min(asked, now + MAX_RETRY_AFTER))
        renewed = _renewed(error, until)
        self._pause = _Pause(until, renewed)
        return renewed


def _renewed(error: RateLimited | SourceUnreachable, until: datetime) -> RateLimited | SourceUnreachable:
    """A fresh instance of the error with the time of the next try."""
    if isinstance(error, RateLimited):
        return RateLimited(error.source, until)
    return SourceUnreachable(error.source, error.reason, until)


def _back_off(shortest: timedelta, failures: int) -> timedelta:
    """`shortest` after the first failure, doubled with each one more, up to half an hour, with jitter."""
    seconds = shortest.total_seconds()
    wait = wait_exponential_jitter(multiplier=seconds, max=MAX_PAUSE.total_seconds(), jitter=seconds / 2)
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = failures
    return timedelta(seconds=wait(state))
