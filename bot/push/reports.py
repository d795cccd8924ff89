"""What pushes tell of each symbol, looked up once however many chats follow it."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cachetools import TLRUCache

from bot.push.ports import Forecasts
from bot.push.schedule import superseded_at
from forecasting.errors import FanchartError, RateLimited, SourceUnreachable, StalePrices, StorageError
from forecasting.forecasts import Answer
from forecasting.ports import Clock
from forecasting.types.scorecards import Outcome

HORIZON: Final = 5
"""Sessions ahead that a digest looks."""
OUTCOMES: Final = 400
"""Enough for 20 sessions at each of the 20 horizons."""
_RETRY_AFTER: Final = timedelta(minutes=5)
_MAX_SYMBOLS: Final = 512
_OUR_FAULT: Final = "Something went wrong on my side."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SymbolReport:
    """One symbol's forecast and its record, or why there is none."""

    symbol: str
    answer: Answer | None
    outcomes: tuple[Outcome, ...] = ()  # of one session ahead, newest target first
    error: FanchartError | None = None  # why there is none

    @property
    def is_delayed(self) -> bool:
        """Whether there is none for now, but its source may answer soon."""
        return isinstance(self.error, RateLimited | SourceUnreachable | StalePrices)


class SymbolReports:
    """A report of each symbol, kept until a newer session can be forecast; lives in one event loop."""

    def __init__(self, forecasts: Forecasts, clock: Clock) -> None:
        self._forecasts = forecasts
        self._made: TLRUCache[str, SymbolReport, datetime] = TLRUCache(_MAX_SYMBOLS, _good_until, timer=clock)
        self._in_work: dict[str, asyncio.Task[SymbolReport]] = {}

    async def of(self, symbol: str) -> SymbolReport:
        """A symbol's report; who asks while it is being made waits for the same one.

        Raises:
            StorageError: the database failed.
        """
        if made := self._made.get(symbol):
            return made
        if symbol not in self._in_work:
            self._in_work[symbol] = asyncio.create_task(self._make(symbol))
        return await asyncio.shield(self._in_work[symbol])

    async def _make(self, symbol: str) -> SymbolReport:
        try:
            report = self._made[symbol] = await asyncio.to_thread(self._ask, symbol)
            return report
        finally:
            del self._in_work[symbol]

    def _ask(self, symbol: str) -> SymbolReport:
        """Score what has come, then forecast; blocking.

        Raises:
            StorageError: the database failed, which is no trouble of the symbol's.
        """
        try:
            self._forecasts.score_due(symbol)
            answer = self._forecasts.predict(symbol, HORIZON)
            outcomes = self._forecasts.outcomes(symbol, OUTCOMES)
            return SymbolReport(symbol, answer, tuple(outcome for outcome in outcomes if outcome.horizon == 1))
        except StorageError:
            raise
        except FanchartError as error:
            return SymbolReport(symbol, None, error=error)
        except Exception:  # noqa: BLE001 - whatever it is, the digest's other symbols come
            _log.exception("%s could not be forecast", symbol)
            return SymbolReport(symbol, None, error=FanchartError(_OUR_FAULT))


def _good_until(_symbol: str, report: SymbolReport, now: datetime) -> datetime:
    """When to ask again (UTC): soon where something is missing."""
    soon = now + _RETRY_AFTER
    if report.answer is None or report.answer.sessions_behind:
        return soon
    forecast = report.answer.forecast
    return max(soon, superseded_at(forecast.exchange, forecast.origin))
