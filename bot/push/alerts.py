"""Looks at alerts after each close and books what they have to say."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from bot.push.alert_rules import after_check, chance_of_rising, has_new_session, is_triggered
from bot.push.planner import SchedulePlanner
from bot.push.reports import SymbolReport, SymbolReports
from bot.push.schedule import after_quiet, look_again, superseded_at
from bot.push.types import Alert, Delivery
from bot.view.text.alerts import alert_line, alert_post
from forecasting.ports import Clock
from storage.alerts import AlertStore
from storage.database import Database
from storage.deliveries import DeliveryStore


@dataclass(frozen=True, slots=True)
class _Look:
    """One alert after it was looked at, and what it has to say (HTML), if anything."""

    alert: Alert
    line: str = ""


class AlertBooking:
    """Books deliveries for alerts that speak."""

    def __init__(
        self,
        *,
        database: Database,
        alerts: AlertStore,
        deliveries: DeliveryStore,
        wishes: SchedulePlanner,
        briefs: SymbolReports,
        clock: Clock,
    ) -> None:
        """Take the tables; `database` makes one transaction of what goes into several."""
        self._database = database
        self._alerts = alerts
        self._deliveries = deliveries
        self._wishes = wishes
        self._briefs = briefs
        self._clock = clock

    async def run(self) -> int:
        """Look at every alert whose session has closed, and return how many deliveries that makes.

        Raises:
            StorageError: the database said no; alerts that were not noted as looked at are looked at again.
        """
        now = self._clock()
        due = await asyncio.to_thread(self._alerts.due, now)
        looks: list[_Look] = []
        for symbol, own in groupby(due, key=lambda alert: alert.symbol):
            brief = await self._briefs.of(symbol)
            looks += [_look(alert, brief, now) for alert in own]
        return await asyncio.to_thread(self._book, looks, now) if looks else 0

    def _book(self, looks: list[_Look], now: datetime) -> int:
        """Book one delivery a chat and topic, and note what was looked at, in one transaction."""
        with self._database.transaction():
            still_due = {alert.id for alert in self._alerts.due(now)}  # not removed, forgotten or paused meanwhile
            looks = [look for look in looks if look.alert.id in still_due]
            deliveries = list(self._deliveries_of(looks, now))
            self._deliveries.add(deliveries)
            self._alerts.advance(look.alert for look in looks)
        return len(deliveries)

    def _deliveries_of(self, looks: Iterable[_Look], now: datetime) -> Iterator[Delivery]:
        for said in _together(look for look in looks if look.line):
            alerts = [look.alert for look in said]
            chat_id, topic = alerts[0].chat_id, alerts[0].topic
            yield Delivery(
                chat_id=chat_id,
                kind="alert",
                symbols=tuple(sorted({alert.symbol for alert in alerts})),
                session=max(alert.last_session for alert in alerts),
                due_at=now,
                expires_at=max(superseded_at(alert.exchange, alert.last_session) for alert in alerts),
                not_before=after_quiet(now, *self._wishes.hours(chat_id)),
                topic=topic,
                body=alert_post([look.line for look in said]),
            )


def _together(looks: Iterable[_Look]) -> Iterable[list[_Look]]:
    """What is said in one message: one a chat and topic.

    The ledger takes one a chat and set of symbols, so two topics that hear of the same symbols share the first's.
    """
    by_topic: dict[tuple[int, int | None], list[_Look]] = {}
    for look in looks:
        by_topic.setdefault((look.alert.chat_id, look.alert.topic), []).append(look)
    by_symbols: dict[tuple[int, frozenset[str]], list[_Look]] = {}
    for (chat_id, _topic), said in by_topic.items():
        by_symbols.setdefault((chat_id, frozenset(look.alert.symbol for look in said)), []).extend(said)
    return by_symbols.values()


def _look(alert: Alert, brief: SymbolReport, now: datetime) -> _Look:
    """Look at one alert; one without news is looked at again, the less often the longer there is none."""
    if brief.answer is None or not has_new_session(alert, brief.answer.forecast):
        return _Look(replace(alert, next_check_at=look_again(alert.exchange, alert.last_session, now)))
    forecast = brief.answer.forecast
    spoke = is_triggered(alert, forecast, brief.outcomes)
    line = alert_line(alert, forecast, chance_of_rising(forecast)) if spoke else ""
    return _Look(after_check(alert, forecast, spoke=spoke), line)
