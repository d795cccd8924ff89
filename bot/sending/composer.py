"""Writes the post of a delivery: one symbol's fan chart, several symbols' card, or an alert's words."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from bot.chats.types import ChartKey
from bot.messages.chart_cache import Chart
from bot.messages.fan_message import FanMessage
from bot.parsing.forecast import DEFAULT_HORIZON
from bot.push.planner import SchedulePlanner
from bot.push.reports import SymbolReport, SymbolReports
from bot.push.schedule import after_quiet, newest_ready
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage
from bot.view.cards import MOST_STRIPS, card, strip
from bot.view.keyboards import digest_keyboard, symbols_keyboard
from bot.view.text.digest import digest_text, missing_line, record_line, symbol_line
from forecasting.forecasts import Answer
from forecasting.ports import Clock
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome

HORIZON: Final = DEFAULT_HORIZON
PATIENCE: Final = timedelta(minutes=45)
"""So long a digest waits for a session's last prices; then it goes out on older ones and says so."""
_LOOK_AGAIN: Final = timedelta(minutes=5)
_STRIPS_KEPT: Final = 256


@dataclass(frozen=True, slots=True)
class _Told:
    """A symbol that has a forecast."""

    answer: Answer
    outcomes: tuple[Outcome, ...]


class Composer:
    """Writes posts; what is said and drawn of a symbol is made once for all chats."""

    def __init__(self, briefs: SymbolReports, wishes: SchedulePlanner, clock: Clock) -> None:
        """Take what is known of symbols and chats."""
        self._briefs = briefs
        self._wishes = wishes
        self._clock = clock
        self._strips = _Strips()

    async def compose(self, delivery: Delivery, bot_id: int) -> OutgoingMessage | Deferred:
        """Write a delivery's post as things stand now; a chart's file belongs to the bot of that id.

        Raises:
            StorageError: the database said no.
        """
        zone, quiet = await asyncio.to_thread(self._wishes.hours, delivery.chat_id)
        now = self._clock()
        if (quiet_until := after_quiet(now, zone, quiet)) > now:
            return Deferred(quiet_until, "the chat has quiet hours")
        if delivery.kind == "alert":
            return OutgoingMessage(delivery.body, keyboard=symbols_keyboard(delivery.symbols))
        briefs = await asyncio.gather(*(self._briefs.of(symbol) for symbol in delivery.symbols))
        now = self._clock()
        if now < delivery.due_at + PATIENCE and any(_is_late(brief, delivery) for brief in briefs):
            return Deferred(now + _LOOK_AGAIN, "the session's last prices are not there yet")
        return self._write(briefs, bot_id, zone)

    def _write(self, briefs: Sequence[SymbolReport], bot_id: int, zone: ZoneInfo) -> OutgoingMessage:
        """One symbol in full, several in short, and whatever failed by name."""
        told = [_Told(brief.answer, brief.outcomes) for brief in briefs if brief.answer]
        missing = [missing_line(brief.symbol, brief.trouble) for brief in briefs if not brief.answer]
        if len(told) == 1:
            return _single(told[0], missing, bot_id, zone)
        if not told:
            return OutgoingMessage(digest_text([], missing, HORIZON, []))
        lines = [symbol_line(one.answer, one.outcomes, HORIZON) for one in told]
        forecasts = [one.answer.forecast for one in told]
        text = digest_text(lines, missing, HORIZON, forecasts)
        return OutgoingMessage(
            text, self._card(forecasts[:MOST_STRIPS], bot_id), digest_keyboard([f.symbol for f in forecasts])
        )

    def _card(self, forecasts: Sequence[Forecast], bot_id: int) -> Chart:
        """Several symbols' picture."""
        symbols = ",".join(forecast.symbol for forecast in forecasts)
        contents = "".join(f"{forecast.origin}{forecast.model}" for forecast in forecasts)
        origin = max(forecast.origin for forecast in forecasts)
        key = ChartKey(bot_id, symbols, origin, sha256(contents.encode()).hexdigest(), f"card {HORIZON}")
        return Chart(key, lambda: card([self._strips.of(forecast) for forecast in forecasts], forecasts, HORIZON))


class _Strips:
    """Drawn strips of the symbols that were asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], bytes] = OrderedDict()
        self._lock = Lock()

    def of(self, forecast: Forecast) -> bytes:
        """A symbol's strip, drawn once; blocking."""
        key = (forecast.symbol, forecast.origin.isoformat(), forecast.model)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = strip(forecast, HORIZON)
            self._kept.move_to_end(key)
            while len(self._kept) > _STRIPS_KEPT:
                self._kept.popitem(last=False)
            return self._kept[key]


def _single(told: _Told, missing: Sequence[str], bot_id: int, zone: ZoneInfo) -> OutgoingMessage:
    """One symbol's fan chart, with the caption that /predict gives it, below how the last forecast did."""
    fan = FanMessage(told.answer, HORIZON, zone)
    parts = (record_line(told.answer.forecast, told.outcomes), *missing, fan.caption)
    return OutgoingMessage("\n\n".join(filter(None, parts)), fan.chart(bot_id), fan.keyboard)


def _is_late(brief: SymbolReport, delivery: Delivery) -> bool:
    """Whether a symbol's prices can still come: older than the session that the delivery is about, or none for now."""
    if brief.answer is None:
        return brief.passing
    forecast = brief.answer.forecast
    return forecast.origin < newest_ready(forecast.exchange, delivery.due_at)
