"""Pure: how long what failed is left alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from tenacity import RetryCallState, Retrying
from tenacity.wait import wait_exponential_jitter

from forecasting.errors import RateLimited, SourceUnreachable

AFTER_RATE_LIMIT: Final = timedelta(minutes=1)
"""The shortest pause of a rate-limited source; it doubles with each failure."""
AFTER_UNREACHABLE: Final = timedelta(seconds=5)
"""The shortest pause of what cannot be reached; it doubles with each failure."""
MAX_PAUSE: Final = timedelta(minutes=30)
MAX_RETRY_AFTER: Final = timedelta(hours=6)
"""A source whose `Retry-After` is longer than this is tried anyway."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Why and until when something is not asked."""

    since: datetime  # UTC
    until: datetime  # UTC
    cause: RateLimited | SourceUnreachable
    failures: int  # in a row

    def holds(self, now: datetime) -> bool:
        """Whether it is not over yet; it is, too, where the clock was set back to before it."""
        return self.since <= now < self.until

    @property
    def error(self) -> RateLimited | SourceUnreachable:
        """A fresh instance of the cause with the time of the next try."""
        if isinstance(self.cause, RateLimited):
            return RateLimited(self.cause.source, self.until)
        return SourceUnreachable(self.cause.source, self.cause.reason, self.until)


def pause_after(error: RateLimited | SourceUnreachable, before: Pause | None, now: datetime) -> Pause:
    """The pause that a failure begins: about twice as long as the one before, at least what `Retry-After` asks for."""
    failures = before.failures + 1 if before else 1
    shortest = AFTER_RATE_LIMIT if isinstance(error, RateLimited) else AFTER_UNREACHABLE
    until = now + _back_off(shortest, failures)
    if error.retry_at:
        until = max(until, min(error.retry_at, now + MAX_RETRY_AFTER))
    return Pause(now, until, error, failures)


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """The time (UTC) that a Retry-After names (RFC 9110, 10.2.3); None where it is missing or malformed."""
    try:
        if header is None:
            return None
        if header.strip().isdigit():
            return now + timedelta(seconds=int(header))
        named = parsedate_to_datetime(header)
        return named.replace(tzinfo=named.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _back_off(shortest: timedelta, failures: int) -> timedelta:
    """`shortest` after the first failure, doubled with each one more, up to half an hour, with jitter."""
    seconds = shortest.total_seconds()
    wait = wait_exponential_jitter(multiplier=seconds, max=MAX_PAUSE.total_seconds(), jitter=seconds / 2)
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = failures
    return timedelta(seconds=wait(state))
