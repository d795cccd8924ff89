"""What the push needs from the outside, as Protocols; every method blocks."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bot.push.types import Alert, Delivery, Subscription
from forecasting.forecasts import Answer
from forecasting.prices.bulk_refresh import Refreshed
from forecasting.types.bars import Listing, PriceAnswer
from forecasting.types.scorecards import Outcome


class SubscriptionStore(Protocol):
    """Who follows which symbol, and what is due next."""

    def save(self, subscriptions: Iterable[Subscription]) -> None:
        """Keep subscriptions of known chats, in place of what a chat had for the same symbol."""
        ...

    def remove(self, chat_id: int, symbol: str) -> bool:
        """Delete one subscription; False where there was none."""
        ...

    def of_chat(self, chat_id: int) -> tuple[Subscription, ...]:
        """A chat's subscriptions by symbol."""
        ...

    def due(self, now: datetime, chats: int) -> tuple[Subscription, ...]:
        """What has come due by `now` (UTC) in the first so many active chats that have anything due, chat by chat.

        What is paused is never due.
        """
        ...

    def advance(self, subscriptions: Iterable[Subscription]) -> None:
        """Keep what is due next; a subscription that was removed meanwhile stays removed."""
        ...

    def pause(self, chat_id: int, symbol: str) -> None:
        """Send nothing about a symbol to a chat until it is saved again."""
        ...

    def listings(self) -> tuple[Listing, ...]:
        """Every symbol that an active chat follows and that is not paused, the one that is due next first."""
        ...


class AlertStore(Protocol):
    """What chats want a message about besides their digests, and how far each alert has been checked."""

    def save(self, alert: Alert) -> None:
        """Keep an alert of a known chat; one of the same symbol, kind and level is renewed and keeps its id."""
        ...

    def remove(self, chat_id: int, alert_id: int) -> bool:
        """Delete one alert of a chat; False where there was none."""
        ...

    def of_chat(self, chat_id: int) -> tuple[Alert, ...]:
        """A chat's alerts by symbol, kind and level."""
        ...

    def due(self, now: datetime) -> tuple[Alert, ...]:
        """Every alert of an active chat that should be checked by `now` (UTC) and is not paused, by symbol."""
        ...

    def advance(self, alerts: Iterable[Alert]) -> None:
        """Keep how far alerts have been checked; one that was removed meanwhile stays removed."""
        ...

    def listings(self) -> tuple[Listing, ...]:
        """Every symbol that an active chat has an alert for that is not paused, the one that is checked next first."""
        ...


class DeliveryStore(Protocol):
    """The ledger: a delivery is a row before it is a message, so none is lost and none is sent twice."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make one transaction of whatever the block writes into the push's stores: all of it, or nothing."""
        ...

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Put new rows into the ledger; one of the same chat, kind, symbols and session stays as it is."""
        ...

    def get(self, delivery_id: int) -> Delivery | None:
        """One row, or None."""
        ...

    def waiting(self, now: datetime, limit: int) -> tuple[Delivery, ...]:
        """The first `limit` queued rows of active chats that may go now (UTC), in the order they should."""
        ...

    def next_at(self) -> datetime | None:
        """When the next queued row may go (UTC), or None when none waits."""
        ...

    def save(self, delivery: Delivery) -> None:
        """Keep a row's new state."""
        ...

    def resume(self) -> int:
        """Queue again what was being sent when the process ended; return how many rows that were."""
        ...

    def expire(self, now: datetime) -> int:
        """Give up what waited until a newer session took over (now, UTC); return how many rows that were."""
        ...

    def prune(self, before: datetime) -> int:
        """Delete what was due before that time (UTC) and is at its end; return how many rows that were."""
        ...

    def fail_chat(self, chat_id: int, error: str) -> None:
        """Give up everything that waits for a chat that cannot be written to."""
        ...


class Forecasts(Protocol):
    """The part of `ForecastService` that pushes need."""

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        """The published forecast for the symbol's newest session, whose day `horizon` sessions ahead has not passed.

        Raises:
            FanchartError: what stands in the way.
        """
        ...

    def score_due(self, symbol: str) -> Sequence[Outcome]:
        """Score every published forecast whose day has come.

        Raises:
            FanchartError: what stands in the way.
        """
        ...

    def outcomes(self, symbol: str, limit: int) -> Sequence[Outcome]:
        """How the published forecasts did, newest target first."""
        ...


class Prices(Protocol):
    """The part of `PriceService` that the refresh needs."""

    def refresh_all(self, symbols: Iterable[str], budget: int) -> Refreshed:
        """Bring symbols up to date, asking for at most `budget` of them, until a source is limited or unreachable."""
        ...

    def latest(self, symbol: str) -> PriceAnswer:
        """A symbol's prices, which cost nothing once they are refreshed.

        Raises:
            FanchartError: what stands in the way.
        """
        ...
