"""Brings prices up to date after closes, a few symbols a round, and scores the forecasts whose day has come."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.push.ports import Forecasts, Prices
from bot.push.refresh_budget import RefreshBudget
from bot.push.schedule import LOOK_AGAIN, look_again, newest_ready, superseded_at
from forecasting.errors import FanchartError, StorageError
from forecasting.ports import Clock
from forecasting.types.bars import Listing

_log = logging.getLogger(__name__)


class PriceRefresh:
    """Goes through the symbols whose session has settled; one that was late is asked for ever less often.

    What the source gives no answer about waits for its own next try, and holds up none of those behind it.
    """

    def __init__(
        self,
        prices: Prices,
        forecasts: Forecasts,
        listings: Callable[[], Sequence[Listing]],
        clock: Clock,
        market: Sequence[Listing] = (),
    ) -> None:
        """Inject the dependencies; `market` is what every forecast reads, and comes before all symbols of a round."""
        self._prices = prices
        self._forecasts = forecasts
        self._listings = listings  # the symbols that matter, the most urgent first; blocking
        self._clock = clock
        self._market = market
        self._budget = RefreshBudget()
        self._next_try: dict[str, datetime] = {}

    async def run(self) -> int:
        """Do one round, off the event loop, and return how many symbols' newest sessions came in.

        Raises:
            StorageError: the database failed.
        """
        return await asyncio.to_thread(self._round)

    def _round(self) -> int:
        """Ask for what is not at hand, where the last round stopped, until the budget ends or a source fails."""
        now = self._clock()
        followed = self._listings()
        exchanges = {one.symbol: one.exchange for one in ((*self._market, *followed) if followed else ())}
        self._next_try = {symbol: until for symbol, until in self._next_try.items() if symbol in exchanges}
        waiting = [symbol for symbol in exchanges if self._next_try.get(symbol, now) <= now]
        done = self._prices.refresh_all(waiting, self._budget.symbols)
        if done.trouble:
            self._budget.refused(done.answered)
            _log.info("%s symbols are refreshed later: %s", len(done.left), done.trouble.sentence)
        else:
            self._budget.taken(done.answered)
        self._next_try |= done.next_tries
        for symbol in done.failed:
            self._next_try[symbol] = superseded_at(exchanges[symbol], newest_ready(exchanges[symbol], now))
        return sum(self._score(symbol, exchanges, now) for symbol in done.fresh)

    def _score(self, symbol: str, exchanges: Mapping[str, str], now: datetime) -> bool:
        """Score a refreshed symbol's forecasts, note when to ask for it again, and tell whether the session is in."""
        exchange, session = exchanges[symbol], newest_ready(exchanges[symbol], now)
        try:
            newest = self._prices.latest(symbol).history.last_session
            self._forecasts.score_due(symbol)
        except StorageError:
            raise
        except FanchartError as error:
            _log.info("%s is scored later: %s", symbol, error)
            self._next_try[symbol] = now + LOOK_AGAIN
            return False
        came = newest >= session
        self._next_try[symbol] = superseded_at(exchange, session) if came else look_again(exchange, newest, now)
        return came
