"""Checks alerts after each close and books what happened, as facts; it is worded when it is sent."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from bot.push.alert_rules import (
    after_check,
    after_doubt,
    chance_of_rising,
    has_new_session,
    is_triggered,
    reported_close,
)
from bot.push.planner import SchedulePlanner
from bot.push.ports import AlertStore, DeliveryStore
from bot.push.reports import SymbolReport, SymbolReports
from bot.push.schedule import after_quiet, look_again, newest_ready, superseded_at
from bot.push.types import Alert, AlertFact, Delivery
from forecasting.errors import NoLongerTraded
from forecasting.ports import Clock


@dataclass(frozen=True, slots=True)
class _Checked:
    """One alert after it was checked, and what happened, if that triggered it."""

    alert: Alert
    fact: AlertFact | None = None


class AlertBooking:
    """Books deliveries for alerts that are triggered."""

    def __init__(
        self,
        *,
        alerts: AlertStore,
        deliveries: DeliveryStore,
        planner: SchedulePlanner,
        reports: SymbolReports,
        clock: Clock,
    ) -> None:
        self._alerts = alerts
        self._deliveries = deliveries
        self._planner = planner
        self._reports = reports
        self._clock = clock

    async def run(self) -> int:
        """Check every alert whose session has closed, and return how many deliveries that makes.

        Raises:
            StorageError: the database failed; alerts whose check was not kept are checked again.
        """
        now = self._clock()
        due = await asyncio.to_thread(self._alerts.due, now)
        checked: list[_Checked] = []
        for symbol, own in groupby(due, key=lambda alert: alert.symbol):
            report = await self._reports.of(symbol)
            checked += [_check(alert, report, now) for alert in own]
        return await asyncio.to_thread(self._book, checked, now) if checked else 0

    def _book(self, checked: list[_Checked], now: datetime) -> int:
        """Book one delivery a chat and topic, and keep how far alerts were checked, in one transaction."""
        with self._deliveries.transaction():
            still_due = {alert.id for alert in self._alerts.due(now)}  # not removed, forgotten or paused meanwhile
            kept = [one for one in checked if one.alert.id in still_due]
            deliveries = list(self._deliveries_of(kept, now))
            self._deliveries.add(deliveries)
            self._alerts.advance(one.alert for one in kept)
        return len(deliveries)

    def _deliveries_of(self, checked: Iterable[_Checked], now: datetime) -> Iterator[Delivery]:
        for together in _messages(checked):
            alerts = [alert for alert, _ in together]
            chat_id, topic = alerts[0].chat_id, alerts[0].topic
            yield Delivery(
                chat_id=chat_id,
                kind="alert",
                symbols=tuple(sorted({alert.symbol for alert in alerts})),
                session=max(alert.last_session for alert in alerts),
                due_at=now,
                expires_at=max(superseded_at(alert.exchange, alert.last_session) for alert in alerts),
                not_before=after_quiet(now, *self._planner.hours(chat_id)),
                topic=topic,
                alerts=tuple(fact for _, fact in together),
            )


def _messages(checked: Iterable[_Checked]) -> Iterable[list[tuple[Alert, AlertFact]]]:
    """What happened, by the message that tells it: one a chat and topic.

    The ledger takes one a chat and set of symbols, so two topics with alerts for the same symbols share the first's.
    """
    by_topic: dict[tuple[int, int | None], list[tuple[Alert, AlertFact]]] = {}
    for one in checked:
        if one.fact:
            by_topic.setdefault((one.alert.chat_id, one.alert.topic), []).append((one.alert, one.fact))
    by_symbols: dict[tuple[int, frozenset[str]], list[tuple[Alert, AlertFact]]] = {}
    for (chat_id, _topic), together in by_topic.items():
        symbols = frozenset(alert.symbol for alert, _ in together)
        by_symbols.setdefault((chat_id, symbols), []).extend(together)
    return by_symbols.values()


def _check(alert: Alert, report: SymbolReport, now: datetime) -> _Checked:
    """Check one alert; without a new session it is checked again, the less often the longer there is none.

    A close that looks wrong triggers nothing until the next session has confirmed it.
    """
    if isinstance(report.error, NoLongerTraded):
        return _gone(alert, report.error, now)
    if report.answer is None or not has_new_session(alert, report.answer.forecast):
        return _Checked(replace(alert, next_check_at=look_again(alert.exchange, alert.last_session, now)))
    forecast = report.answer.forecast
    if forecast.doubted:
        return _Checked(after_doubt(alert, forecast))
    if not is_triggered(alert, forecast, report.outcomes):
        return _Checked(after_check(alert, forecast, triggered=False))
    return _Checked(
        after_check(alert, forecast, triggered=True),
        AlertFact(
            symbol=alert.symbol,
            kind=alert.kind,
            level=alert.level,
            close=reported_close(alert, forecast, report.outcomes),
            currency=forecast.currency,
            chance_of_rising=chance_of_rising(forecast),
        ),
    )


def _gone(alert: Alert, error: NoLongerTraded, now: datetime) -> _Checked:
    """The alert, paused, and the one message about it, of the newest session: the last one may have had its own."""
    return _Checked(
        replace(alert, paused=True, last_session=newest_ready(alert.exchange, now)),
        AlertFact(
            symbol=alert.symbol,
            kind="gone",
            level=alert.level,
            close=error.close,
            currency=error.currency,
            chance_of_rising=0.0,
        ),
    )
