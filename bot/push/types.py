"""What the push is about: subscriptions, alerts and deliveries."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

When = Literal["close", "open"] | time
"""After the close, before the open, or at a time of day (of the chat's timezone)."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One chat's subscription to one symbol's forecast of every session."""

    chat_id: int
    symbol: str
    exchange: str  # a calendar name of `forecasting.prices.exchanges.calendars`
    when: When
    next_due_at: datetime  # UTC
    topic: int | None = None  # the forum topic it was made in
    last_session: date | None = None  # the newest session that was put into the ledger
    paused: bool = False  # its symbol is no longer traded


AlertKind = Literal["band", "chance", "price"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One chat's request for a message when something happens to a symbol."""

    chat_id: int
    symbol: str
    exchange: str  # a calendar name of `forecasting.prices.exchanges.calendars`
    kind: AlertKind
    level: float  # the band's probability, the chance of rising (0..1), or the price
    next_check_at: datetime  # UTC
    last_session: date  # the newest session that was checked
    last_value: float  # the chance or the close at that session
    cooldown_until: date | None = None  # it stays silent about sessions before this one
    topic: int | None = None  # the forum topic it was made in
    paused: bool = False  # its symbol is no longer traded
    id: int = 0  # given by the store


@dataclass(frozen=True, slots=True)
class AlertFact:
    """What happened to a symbol, as far as one alert's message needs it."""

    symbol: str
    kind: AlertKind | Literal["gone"]  # "gone": it is no longer traded
    level: float  # the alert's
    close: float  # of the session that triggered it
    currency: str
    chance_of_rising: float  # within 5 sessions of it, 0..1


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
    alerts: tuple[AlertFact, ...] = ()  # what an alert's message tells; a digest stands on the newest forecasts
    older_body: str = ""  # an alert's HTML as older versions booked it
    state: DeliveryState = "queued"
    attempts: int = 0
    chunks_sent: int = 0  # of a message too long for one
    message_id: int | None = None  # of the last chunk
    error: str = ""  # why it waits, failed or expired
    id: int = 0  # given by the store
