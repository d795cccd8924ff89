"""What is due becomes rows in the ledger: one a chat, in the same transaction that says what is due next."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Final

from bot.push.planner import SchedulePlanner
from bot.push.schedule import DeliverySchedule, due_now, next_due, superseded_at
from bot.push.types import Delivery, Subscription
from forecasting.ports import Clock
from storage.database import Database
from storage.deliveries import DeliveryStore
from storage.subscriptions import SubscriptionStore

_CHATS_AT_ONCE: Final = 50
"""A transaction holds everybody else up; so many chats take some milliseconds."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one wish comes to: the session to send now, if any, and when to look again (UTC)."""

    session: date | None
    next_due_at: datetime


_Step = tuple[Subscription, _Plan]


class DigestBooking:
    """Books deliveries for what has come due."""

    def __init__(
        self,
        *,
        database: Database,
        subscriptions: SubscriptionStore,
        deliveries: DeliveryStore,
        wishes: SchedulePlanner,
        clock: Clock,
    ) -> None:
        """Take the tables; `database` makes one transaction of what goes into several."""
        self._database = database
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._wishes = wishes
        self._clock = clock

    def run(self) -> int:
        """Book everything that is due and return how many deliveries that are; blocking, some chats at a time.

        Raises:
            StorageError: the database said no; what was booked until then stays booked.
        """
        now = self._clock()
        plan = cache(lambda wish: _Plan(due_now(wish, now), next_due(wish, now).at))  # many chats share a few wishes
        booked = 0
        while (count := self._book_some(plan, now)) is not None:
            booked += count
        return booked

    def _book_some(self, plan: Callable[[DeliverySchedule], _Plan], now: datetime) -> int | None:
        """Book some chats' deliveries and move their subscriptions on; None where nothing was due."""
        with self._database.transaction():
            due = self._subscriptions.due(now, _CHATS_AT_ONCE)
            if not due:
                return None
            steps = list(self._steps(due, plan))
            deliveries = list(_deliveries(steps, now))
            self._deliveries.add(deliveries)
            self._subscriptions.advance(
                replace(one, next_due_at=plan.next_due_at, last_session=plan.session or one.last_session)
                for one, plan in steps
            )
            return len(deliveries)

    def _steps(self, due: Sequence[Subscription], plan: Callable[[DeliverySchedule], _Plan]) -> Iterator[_Step]:
        """Each due subscription with its plan."""
        for chat_id, group in groupby(due, key=lambda one: one.chat_id):
            own = tuple(group)
            for one, wish in zip(own, self._wishes.of_chat(chat_id, own), strict=True):
                yield one, plan(wish)


def _deliveries(steps: Sequence[_Step], now: datetime) -> Iterator[Delivery]:
    """One delivery a chat and forum topic for everything that should go out now."""
    found: dict[tuple[int, int | None], list[tuple[Subscription, date]]] = {}
    for one, plan in steps:
        if plan.session is not None:
            found.setdefault((one.chat_id, one.topic), []).append((one, plan.session))
    for (chat_id, topic), wanted in found.items():
        yield Delivery(
            chat_id=chat_id,
            kind="digest",
            symbols=tuple(sorted(one.symbol for one, _ in wanted)),
            session=max(session for _, session in wanted),
            due_at=now,
            expires_at=min(superseded_at(one.exchange, session) for one, session in wanted),
            not_before=now,
            topic=topic,
        )
