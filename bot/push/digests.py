"""Books the digests that are due: one row a chat, in the same transaction that moves on what is due next."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Final

from bot.push.planner import SchedulePlanner
from bot.push.ports import DeliveryStore, SubscriptionStore
from bot.push.schedule import DeliverySchedule, due_now, next_due, superseded_at
from bot.push.types import Delivery, Subscription
from forecasting.ports import Clock

_CHATS_AT_ONCE: Final = 50
"""A transaction holds everybody else up; so many chats take some milliseconds."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one schedule comes to: the session to send now, if any, and when it is due next (UTC)."""

    session: date | None
    next_due_at: datetime


_Planned = tuple[Subscription, _Plan]


class DigestBooking:
    """Books the digests that have come due."""

    def __init__(
        self, *, subscriptions: SubscriptionStore, deliveries: DeliveryStore, planner: SchedulePlanner, clock: Clock
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._planner = planner
        self._clock = clock

    def run(self) -> int:
        """Book everything that is due and return how many deliveries that are; blocking, some chats at a time.

        Raises:
            StorageError: the database failed; what was booked until then stays booked.
        """
        now = self._clock()
        plan = cache(lambda its: _Plan(due_now(its, now), next_due(its, now).at))  # many chats share a few schedules
        booked = 0
        while (count := self._book_some(plan, now)) is not None:
            booked += count
        return booked

    def _book_some(self, plan: Callable[[DeliverySchedule], _Plan], now: datetime) -> int | None:
        """Book some chats' deliveries and move their subscriptions on; None where nothing was due."""
        with self._deliveries.transaction():
            due = self._subscriptions.due(now, _CHATS_AT_ONCE)
            if not due:
                return None
            planned = list(self._planned(due, plan))
            deliveries = list(_deliveries(planned, now))
            self._deliveries.add(deliveries)
            self._subscriptions.advance(
                replace(one, next_due_at=plan.next_due_at, last_session=plan.session or one.last_session)
                for one, plan in planned
            )
            return len(deliveries)

    def _planned(self, due: Sequence[Subscription], plan: Callable[[DeliverySchedule], _Plan]) -> Iterator[_Planned]:
        """Each due subscription with its plan."""
        for chat_id, group in groupby(due, key=lambda one: one.chat_id):
            own = tuple(group)
            for one, schedule in zip(own, self._planner.of_chat(chat_id, own), strict=True):
                yield one, plan(schedule)


def _deliveries(planned: Sequence[_Planned], now: datetime) -> Iterator[Delivery]:
    """One delivery a chat and forum topic for everything that should go out now."""
    found: dict[tuple[int, int | None], list[tuple[Subscription, date]]] = {}
    for one, plan in planned:
        if plan.session is not None:
            found.setdefault((one.chat_id, one.topic), []).append((one, plan.session))
    for (chat_id, topic), due in found.items():
        yield Delivery(
            chat_id=chat_id,
            kind="digest",
            symbols=tuple(sorted(one.symbol for one, _ in due)),
            session=max(session for _, session in due),
            due_at=now,
            expires_at=min(superseded_at(one.exchange, session) for one, session in due),
            not_before=now,
            topic=topic,
        )
