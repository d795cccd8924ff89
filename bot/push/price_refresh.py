"""Brings prices up to date after closes, a few symbols a round, and scores what they tell; the truth is in SQLite."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from bot.push.reports import Forecasts
from bot.push.schedule import LOOK_AGAIN, look_again, newest_ready, superseded_at
from forecasting.errors import FanchartError, StorageError
from forecasting.ports import Clock
from forecasting.prices.bulk_refresh import Refreshed
from forecasting.types.bars import Listing, PriceAnswer

A_ROUND: Final = 15
"""Symbols that the sources are asked for in one round; with a round a minute that is 900 an hour."""

_log = logging.getLogger(__name__)


class Prices(Protocol):
    """The part of `PriceService` that refreshing needs; both methods block."""

    def refresh_all(self, symbols: Iterable[str], budget: int) -> Refreshed:
        """Bring symbols up to date, asking for at most `budget` of them, until a source says no."""
        ...

    def latest(self, symbol: str) -> PriceAnswer:
        """A symbol's prices, which cost nothing once they are refreshed.

        Raises:
            FanchartError: what stands in the way.
        """
        ...


class PriceRefresh:
    """Goes through the symbols whose session has settled; one that was late is asked for ever less often."""

    def __init__(
        self, prices: Prices, forecasts: Forecasts, wanted: Callable[[], Sequence[Listing]], clock: Clock
    ) -> None:
        """Take the desk, the service that scores, and what tells which symbols matter, the most urgent first."""
        self._prices = prices
        self._forecasts = forecasts
        self._wanted = wanted
        self._clock = clock
        self._rests_until: dict[str, datetime] = {}

    async def run(self) -> int:
        """Do one round, off the event loop, and return how many symbols' newest sessions came in.

        Raises:
            StorageError: the database said no.
        """
        return await asyncio.to_thread(self._round)

    def _round(self) -> int:
        """Ask for what is not at hand, where the last round stopped, until the budget ends or a source says no."""
        now = self._clock()
        wanted = {one.symbol: one.exchange for one in self._wanted()}
        self._rests_until = {symbol: until for symbol, until in self._rests_until.items() if symbol in wanted}
        waiting = [symbol for symbol in wanted if self._rests_until.get(symbol, now) <= now]
        done = self._prices.refresh_all(waiting, A_ROUND)
        if done.trouble:
            _log.info("%s symbols are refreshed later: %s", len(done.left), done.trouble.sentence)
        for symbol in done.failed:
            self._rests_until[symbol] = superseded_at(wanted[symbol], newest_ready(wanted[symbol], now))
        return sum(self._came(symbol, wanted, now) for symbol in done.fresh)

    def _came(self, symbol: str, wanted: Mapping[str, str], now: datetime) -> bool:
        """Score a refreshed symbol's forecasts, note when to ask for it again, and tell whether the session is in."""
        exchange, session = wanted[symbol], newest_ready(wanted[symbol], now)
        try:
            newest = self._prices.latest(symbol).history.last_session
            self._forecasts.score_due(symbol)
        except StorageError:
            raise
        except FanchartError as error:
            _log.info("%s is scored later: %s", symbol, error)
            self._rests_until[symbol] = now + LOOK_AGAIN
            return False
        came = newest >= session
        self._rests_until[symbol] = superseded_at(exchange, session) if came else look_again(exchange, newest, now)
        return came
