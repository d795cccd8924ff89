"""A subscription together with its chat's timezone and quiet hours: all that decides when it is due."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from bot.push.schedule import DeliverySchedule, next_due
from bot.push.types import QuietHours, Subscription
from storage.chats import ChatStore
from storage.quiet import QuietStore
from storage.subscriptions import SubscriptionStore

_ANYWHERE = ZoneInfo("UTC")


class SchedulePlanner:
    """Puts subscriptions and chats together; every method blocks."""

    def __init__(self, chats: ChatStore, quiet: QuietStore, subscriptions: SubscriptionStore) -> None:
        """Take the tables."""
        self._chats = chats
        self._quiet = quiet
        self._subscriptions = subscriptions

    def of_chat(self, chat_id: int, own: Iterable[Subscription]) -> tuple[DeliverySchedule, ...]:
        """The wishes of some subscriptions of one chat."""
        zone, quiet = self.hours(chat_id)
        return tuple(_wish(one, zone, quiet) for one in own)

    def hours(self, chat_id: int) -> tuple[ZoneInfo, QuietHours | None]:
        """A chat's timezone and quiet hours."""
        chat = self._chats.get(chat_id)
        return ZoneInfo(chat.timezone) if chat else _ANYWHERE, self._quiet.get(chat_id)

    def plan(self, subscription: Subscription, now: datetime) -> Subscription:
        """A subscription with what is due next after `now` (UTC)."""
        (wish,) = self.of_chat(subscription.chat_id, [subscription])
        return replace(subscription, next_due_at=next_due(wish, now).at)

    def plan_chat(self, chat_id: int, now: datetime) -> None:
        """Plan everything of a chat anew, after its timezone or quiet hours changed, or it was paused."""
        own = self._subscriptions.of_chat(chat_id)
        wishes = self.of_chat(chat_id, own)
        planned = (replace(one, next_due_at=next_due(wish, now).at) for one, wish in zip(own, wishes, strict=True))
        self._subscriptions.advance(planned)


def _wish(one: Subscription, zone: ZoneInfo, quiet: QuietHours | None) -> DeliverySchedule:
    """One wish; where hours play no part all chats' wishes are the same, and are worked out once."""
    where = zone if quiet or isinstance(one.when, time) else _ANYWHERE
    return DeliverySchedule(one.exchange, one.when, where, quiet, one.last_session)
