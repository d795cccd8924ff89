"""A subscription together with its chat's timezone and quiet hours: all that decides when it is due."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from bot.chats.ports import ChatStore
from bot.chats.types import QuietHours
from bot.push.ports import SubscriptionStore
from bot.push.schedule import DeliverySchedule, next_due
from bot.push.types import Subscription

_HOME: Final = "UTC"
"""The timezone of a chat that is not known (any more)."""


class SchedulePlanner:
    """Puts subscriptions and chats together; every method blocks."""

    def __init__(self, chats: ChatStore, subscriptions: SubscriptionStore) -> None:
        self._chats = chats
        self._subscriptions = subscriptions

    def of_chat(self, chat_id: int, own: Iterable[Subscription]) -> tuple[DeliverySchedule, ...]:
        """The schedules of some subscriptions of one chat."""
        zone, quiet = self.hours(chat_id)
        return tuple(schedule_of(one, zone, quiet) for one in own)

    def hours(self, chat_id: int) -> tuple[ZoneInfo, QuietHours | None]:
        """A chat's timezone and quiet hours."""
        profile = self._chats.profile(chat_id)
        return profile.zone(_HOME), profile.quiet

    def plan(self, chat_id: int, own: Sequence[Subscription], now: datetime) -> tuple[Subscription, ...]:
        """Some subscriptions of one chat with what is due next after `now` (UTC)."""
        schedules = self.of_chat(chat_id, own)
        return tuple(replace(one, next_due_at=next_due(its, now).at) for one, its in zip(own, schedules, strict=True))

    def plan_chat(self, chat_id: int, now: datetime) -> None:
        """Plan everything of a chat anew, after its timezone or quiet hours changed, or it was paused."""
        self._subscriptions.advance(self.plan(chat_id, self._subscriptions.of_chat(chat_id), now))


def schedule_of(one: Subscription, zone: ZoneInfo, quiet: QuietHours | None) -> DeliverySchedule:
    """One subscription's schedule; where hours play no part all chats' schedules are equal, and worked out once."""
    where = zone if quiet or isinstance(one.when, time) else ZoneInfo(_HOME)
    return DeliverySchedule(one.exchange, one.when, where, quiet, one.last_session)
