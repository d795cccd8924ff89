"""The `Retry-After` of an answer that says no (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def retry_after(header: str | None, now: datetime) -> datetime | None:
    """The time (UTC) that a Retry-After names, in seconds or as a date; None where it is missing or malformed."""
    try:
        if header is None:
            return None
        if header.strip().isdigit():
            return now + timedelta(seconds=int(header))
        named = parsedate_to_datetime(header)
        return named.replace(tzinfo=named.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
