"""What is said of each symbol, looked up once however many chats follow it."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from bot.push.schedule import superseded_at
from forecasting.errors import FanchartError, RateLimited, SourceUnreachable, StorageError
from forecasting.forecasts import Answer
from forecasting.ports import Clock
from forecasting.types.scorecards import Outcome

OUTCOMES: Final = 400
"""Enough for 20 sessions at each of the 20 horizons."""
_RETRY_AFTER: Final = timedelta(minutes=5)
_KEPT: Final = 512
_OUR_FAULT: Final = "Something went wrong on my side."

_log = logging.getLogger(__name__)


class Forecasts(Protocol):
    """The part of `ForecastService` that pushes need; every method blocks."""

    def predict(self, symbol: str) -> Answer:
        """The published forecast for the symbol's newest session.

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


@dataclass(frozen=True, slots=True)
class SymbolReport:
    """One symbol's forecast and its record, or why there is none."""

    symbol: str
    answer: Answer | None
    outcomes: tuple[Outcome, ...] = ()  # of one session ahead, newest target first
    trouble: str = ""  # a plain sentence
    passing: bool = False  # whether the trouble is one that passes


class SymbolReports:
    """SymbolReports of every symbol, kept until a newer session can be forecast; lives in one event loop."""

    def __init__(self, forecasts: Forecasts, clock: Clock) -> None:
        """Take the service."""
        self._forecasts = forecasts
        self._clock = clock
        self._kept: OrderedDict[str, tuple[SymbolReport, datetime]] = OrderedDict()
        self._making: dict[str, asyncio.Task[SymbolReport]] = {}

    async def of(self, symbol: str) -> SymbolReport:
        """A symbol's brief; who asks while it is being made waits for the same one."""
        kept = self._kept.get(symbol)
        if kept and kept[1] > self._clock():
            return kept[0]
        making = self._making.get(symbol)
        if making is None:
            making = self._making[symbol] = asyncio.create_task(self._make(symbol))
        return await asyncio.shield(making)

    async def _make(self, symbol: str) -> SymbolReport:
        try:
            brief = await asyncio.to_thread(self._ask, symbol)
            self._kept[symbol] = (brief, self._good_until(brief))
            self._kept.move_to_end(symbol)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return brief
        finally:
            self._making.pop(symbol, None)

    def _ask(self, symbol: str) -> SymbolReport:
        """Score what has come, then forecast; blocking.

        Raises:
            StorageError: the database said no, which is no trouble of the symbol's.
        """
        try:
            self._forecasts.score_due(symbol)
            answer = self._forecasts.predict(symbol)
            outcomes = self._forecasts.outcomes(symbol, OUTCOMES)
            return SymbolReport(symbol, answer, tuple(outcome for outcome in outcomes if outcome.horizon == 1))
        except StorageError:
            raise
        except FanchartError as error:
            return SymbolReport(
                symbol, None, trouble=str(error), passing=isinstance(error, RateLimited | SourceUnreachable)
            )
        except Exception:  # noqa: BLE001 - whatever it is, the digest's other symbols come
            _log.exception("%s could not be forecast", symbol)
            return SymbolReport(symbol, None, trouble=_OUR_FAULT)

    def _good_until(self, brief: SymbolReport) -> datetime:
        """When to ask again (UTC): soon where something is missing."""
        soon = self._clock() + _RETRY_AFTER
        if brief.answer is None or brief.answer.sessions_behind:
            return soon
        forecast = brief.answer.forecast
        return max(soon, superseded_at(forecast.exchange, forecast.origin))
