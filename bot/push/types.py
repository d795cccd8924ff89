"""What the push is about: subscriptions, alerts, deliveries and quiet hours."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

AlertKind = Literal["band", "chance", "price"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One chat's wish to be told when something happens to a symbol."""

    chat_id: int
    symbol: str
    exchange: str  # a calendar name of `forecasting.prices.calendars`
    kind: AlertKind
    level: float  # the band's probability, the chance of rising (0..1), or the price
    next_check_at: datetime  # UTC
    last_session: date  # the newest session that was looked at
    last_value: float  # the chance or the close that was seen then
    cooldown_until: date | None = None  # it stays silent about sessions before this one
    topic: int | None = None  # the forum topic it was made in
    id: int = 0  # given by the store


DeliveryKind = Literal["digest", "alert"]
DeliveryState = Literal["queued", "sending", "sent", "failed", "expired"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One push to one chat; all times are UTC."""

    chat_id: int
    kind: DeliveryKind
    symbols: tuple[str, ...]  # sorted
    session: date  # the newest session among the symbols'
    due_at: datetime
    expires_at: datetime  # a newer session can be forecast from here on
    not_before: datetime
    topic: int | None = None  # the forum topic it goes to
    body: str = ""  # an alert's HTML; a digest is composed when it is sent
    state: DeliveryState = "queued"
    attempts: int = 0
    parts_sent: int = 0  # of a post too long for one message
    message_id: int | None = None  # of the last part
    error: str = ""  # why it waits, failed or expired
    id: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `starts` up to, not including, `ends`; over midnight where `ends` is the earlier one."""

    starts: time  # the chat's local time
    ends: time  # the chat's local time, another one than `starts`

    @property
    def over_midnight(self) -> bool:
        """Whether they end on the day after."""
        return self.ends < self.starts


When = Literal["close", "open"] | time
"""After the close, before the open, or at a time of day (of the chat's timezone)."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One chat's wish for one symbol's forecast of every session."""

    chat_id: int
    symbol: str
    exchange: str  # a calendar name of `forecasting.prices.calendars`
    when: When
    next_due_at: datetime  # UTC
    topic: int | None = None  # the forum topic it was made in
    last_session: date | None = None  # the newest session that was put into the ledger
