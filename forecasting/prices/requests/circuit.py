"""One kind of request to one source: a few at a time, and none for a while after failures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Lock
from typing import Final, TypeVar

from forecasting.errors import PriceError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.ports import Clock
from forecasting.prices.requests.pauses import Pause, pause_after
from forecasting.prices.requests.request_slots import RequestSlots

T = TypeVar("T")

PATIENCE_S: Final = 3.0
"""A request that takes longer hangs: others wait no more for its room, or for what it finds as a probe."""


@dataclass(frozen=True, slots=True)
class _Pass:
    """Leave to send one request."""

    opened: int  # how often the circuit had been opened when it was given
    answered: int  # how many requests had been answered then
    probe: Event | None = None  # where others wait for what it finds


class Circuit:
    """Lets requests through while it is closed; while it is open, calls raise what opened it, with the next try.

    A rate limit and any refusal that names the next try open it at once, other failures when `tolerated` different
    subjects have failed in a row: what was answered after a request had begun speaks for the source. At first, and
    when a pause is over, one request goes as a probe; who else asks waits for it, and goes on if it is answered.
    Answers about a subject (unknown, too little history) are answers.
    """

    def __init__(self, clock: Clock, at_a_time: int, tolerated: int, patience_s: float = PATIENCE_S) -> None:
        self._clock = clock
        self._slots = RequestSlots(at_a_time, patience_s)
        self._tolerated = tolerated
        self._patience_s = patience_s
        self._lock = Lock()
        self._failed: set[str] = set()  # subjects, since the last answer
        self._opened = 0
        self._answered = 0
        self._is_proven = False  # whether the last probe was answered
        self._probe: Event | None = None  # set when the probe has ended
        self.pause: Pause | None = None
        """Of the last failures, also when it is over, until a request is answered."""
        self.last_success: datetime | None = None  # UTC

    def ask(self, subject: str, request: Callable[[], T]) -> T:
        """Send a request about a subject, as soon as there is room for it.

        Raises:
            PriceError: as the request does; while the circuit is open, what opened it.
        """
        self._require_no_pause()  # nobody waits for room only to be told no
        with self._slots.one():
            leave = self._enter()
            try:
                answer = request()
            except (RateLimited, SourceUnreachable) as error:
                raise self._failure(leave, subject, error) from error
            except (UnknownSymbol, PriceError):
                self._succeed(leave)
                raise
            else:
                self._succeed(leave)
                return answer
            finally:
                self._end_probe(leave.probe)

    def _require_no_pause(self) -> None:
        pause = self.pause
        if pause and pause.holds(self._clock()):
            raise pause.error

    def _enter(self) -> _Pass:
        """Wait for the probe that is under way, or become it.

        Raises:
            PriceError: what opened the circuit.
        """
        while True:
            with self._lock:
                self._require_no_pause()
                if self._is_proven:
                    return _Pass(self._opened, self._answered)
                if self._probe is None:
                    self._probe = Event()
                    return _Pass(self._opened, self._answered, self._probe)
                probe = self._probe
            if not probe.wait(self._patience_s):  # it hangs: another one may not
                self._end_probe(probe)

    def _end_probe(self, probe: Event | None) -> None:
        """Let those go on who wait for the probe."""
        with self._lock:
            if probe:
                probe.set()
            if self._probe is probe:
                self._probe = None

    def _succeed(self, leave: _Pass) -> None:
        """Close the circuit, unless it was opened after the request had begun."""
        with self._lock:
            self.last_success = self._clock()
            self._answered += 1
            if leave.opened == self._opened:
                self.pause = None
                self._is_proven = True
                self._failed.clear()

    def _failure(
        self, leave: _Pass, subject: str, error: RateLimited | SourceUnreachable
    ) -> RateLimited | SourceUnreachable:
        """Open the circuit where the failure calls for it, once for requests under way together; the error to raise."""
        with self._lock:
            if leave.opened != self._opened:
                return self.pause.error if self.pause else error
            if leave.answered == self._answered:
                self._failed.add(subject)
            is_second_pause = leave.probe and self.pause
            if error.retry_at or is_second_pause or len(self._failed) >= self._tolerated:
                self.pause = pause_after(error, self.pause, self._clock())
                self._is_proven = False
                self._opened += 1
                return self.pause.error
            return error
