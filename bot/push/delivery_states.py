"""Pure: how a delivery goes from one state to the next.

queued -> sending -> sent; back to queued where it has to be tried again or has a further chunk; failed where nothing
will ever help; expired where a newer session has taken over.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.push.types import Delivery

FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(minutes=5)
BETWEEN_CHUNKS: Final = timedelta(seconds=1)
"""Telegram takes about one message a second in one chat."""


def begun(delivery: Delivery) -> Delivery:
    """It is being sent."""
    return replace(delivery, state="sending", attempts=delivery.attempts + 1, error="")


def delivered(delivery: Delivery, message_id: int, chunks: int, now: datetime) -> Delivery:
    """One chunk of so many has arrived: it is sent, or waits for its next chunk's turn."""
    sent = replace(delivery, chunks_sent=delivery.chunks_sent + 1, message_id=message_id)
    if sent.chunks_sent >= chunks:
        return replace(sent, state="sent")
    return replace(sent, state="queued", attempts=0, not_before=now + BETWEEN_CHUNKS)


def postponed(delivery: Delivery, until: datetime, reason: str) -> Delivery:
    """It is tried again later."""
    return replace(delivery, state="queued", not_before=until, error=reason)


def failed(delivery: Delivery, reason: str) -> Delivery:
    """It is given up."""
    return replace(delivery, state="failed", error=reason)


def expired(delivery: Delivery) -> Delivery:
    """A newer session has taken over."""
    return replace(delivery, state="expired")


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 2 s, doubled each time, up to 5 minutes."""
    doublings: int = min(attempts - 1, 16)
    return min(FIRST_PAUSE * float(2**doublings), LONGEST_PAUSE)
