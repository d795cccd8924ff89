"""Writes the message of a delivery: one symbol's fan chart, several symbols' card, or what triggered alerts."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from cachetools import LRUCache

from bot.chats.types import ChartKey
from bot.messages.chart_cache import Chart
from bot.messages.fan_message import FanMessage
from bot.push.planner import SchedulePlanner
from bot.push.ports import SubscriptionStore
from bot.push.reports import HORIZON, SymbolReport, SymbolReports
from bot.push.schedule import after_quiet, newest_ready
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage
from bot.view.cards import MAX_STRIPS, card, strip
from bot.view.keyboards import digest_keyboard, symbols_keyboard
from bot.view.text.alerts import alert_message
from bot.view.text.digest import digest_text, gone_line, missing_line, record_line, symbol_line
from bot.view.text.errors import error_text
from forecasting.errors import FanchartError, NoLongerTraded
from forecasting.forecasts import Answer
from forecasting.ports import Clock
from forecasting.types.quantile_forecast import Forecast, ForecastKey

MAX_WAIT: Final = timedelta(minutes=45)
"""So long a digest waits for a session's last prices; then it goes out on older ones and says so."""
_RETRY_AFTER: Final = timedelta(minutes=5)
_CACHED_STRIPS: Final = 256


class Composer:
    """Writes messages; what is looked up and drawn of a symbol is made once for all chats."""

    def __init__(
        self, reports: SymbolReports, planner: SchedulePlanner, subscriptions: SubscriptionStore, clock: Clock
    ) -> None:
        self._reports = reports
        self._planner = planner
        self._subscriptions = subscriptions
        self._clock = clock
        self._strips = _Strips()

    async def compose(self, delivery: Delivery, bot_id: int) -> OutgoingMessage | Deferred:
        """Write a delivery's message as things stand now; a chart's file belongs to the bot of that id.

        Raises:
            StorageError: the database failed.
        """
        zone, quiet = await asyncio.to_thread(self._planner.hours, delivery.chat_id)
        now = self._clock()
        if (quiet_until := after_quiet(now, zone, quiet)) > now:
            return Deferred(quiet_until, "the chat has quiet hours")
        if delivery.kind == "alert":
            text = alert_message(delivery.alerts) if delivery.alerts else delivery.older_body
            return OutgoingMessage(text, keyboard=symbols_keyboard(delivery.symbols))
        reports = await asyncio.gather(*(self._reports.of(symbol) for symbol in delivery.symbols))
        now = self._clock()
        if now < delivery.due_at + MAX_WAIT and any(_is_late(report, delivery) for report in reports):
            return Deferred(now + _RETRY_AFTER, "the session's last prices are not there yet")
        await asyncio.to_thread(self._pause_gone, delivery.chat_id, reports)
        return self._digest(reports, bot_id, zone)

    def _pause_gone(self, chat_id: int, reports: Sequence[SymbolReport]) -> None:
        """Pause what is no longer traded: this message tells it, and none after it."""
        for report in reports:
            if isinstance(report.error, NoLongerTraded):
                self._subscriptions.pause(chat_id, report.symbol)

    def _digest(self, reports: Sequence[SymbolReport], bot_id: int, zone: ZoneInfo) -> OutgoingMessage:
        """One symbol in full, several in short, and whatever failed by name."""
        answered = [(report, report.answer) for report in reports if report.answer]
        missing = [_missing(report.symbol, report.error) for report in reports if report.error]
        if len(answered) == 1:
            return _single(*answered[0], missing, bot_id, zone)
        forecasts = [answer.forecast for _, answer in answered]
        lines = [symbol_line(answer, report.outcomes, HORIZON) for report, answer in answered]
        text = digest_text(lines, missing, HORIZON, forecasts)
        if not forecasts:
            return OutgoingMessage(text)
        return OutgoingMessage(
            text, self._card(forecasts[:MAX_STRIPS], bot_id), digest_keyboard([f.symbol for f in forecasts])
        )

    def _card(self, forecasts: Sequence[Forecast], bot_id: int) -> Chart:
        """Several symbols' picture."""
        symbols = ",".join(forecast.symbol for forecast in forecasts)
        contents = "".join(forecast.key.sha256 for forecast in forecasts)
        origin = max(forecast.origin for forecast in forecasts)
        key = ChartKey(bot_id, symbols, origin, sha256(contents.encode()).hexdigest(), f"card {HORIZON}")
        return Chart(key, lambda: card([self._strips.of(forecast) for forecast in forecasts], forecasts, HORIZON))


class _Strips:
    """Drawn strips of the symbols that were asked for last."""

    def __init__(self) -> None:
        self._drawn: LRUCache[ForecastKey, bytes] = LRUCache(_CACHED_STRIPS)
        self._drawing = Lock()

    def of(self, forecast: Forecast) -> bytes:
        """A symbol's strip, drawn once; blocking."""
        key = forecast.key
        with self._drawing:
            if key not in self._drawn:
                self._drawn[key] = strip(forecast, HORIZON)
            return self._drawn[key]


def _single(
    report: SymbolReport, answer: Answer, missing: Sequence[str], bot_id: int, zone: ZoneInfo
) -> OutgoingMessage:
    """One symbol's fan chart, with the caption that /predict gives it, below how the last forecast did."""
    fan = FanMessage(answer, HORIZON, zone)
    paragraphs = (record_line(answer.forecast, report.outcomes), *missing, fan.caption)
    return OutgoingMessage("\n\n".join(filter(None, paragraphs)), fan.chart(bot_id), fan.keyboard)


def _missing(symbol: str, error: FanchartError) -> str:
    """Why there is no forecast of a symbol, in HTML."""
    line = gone_line if isinstance(error, NoLongerTraded) else missing_line
    return line(symbol, error_text(error))


def _is_late(report: SymbolReport, delivery: Delivery) -> bool:
    """Whether a symbol's prices can still come: older than the session that the delivery is about, or none for now."""
    if report.answer is None:
        return report.is_delayed
    forecast = report.answer.forecast
    return forecast.origin < newest_ready(forecast.exchange, delivery.due_at)
