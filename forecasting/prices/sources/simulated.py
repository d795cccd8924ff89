"""Simulated prices: every symbol has a market of its own, the same on every machine and every day."""

from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Final

import numpy as np

from forecasting.ports import Clock
from forecasting.prices.bar_checks import checked
from forecasting.prices.bars import RawBars, SourceListing
from forecasting.prices.exchanges.calendars import last_closed_session, sessions_between
from forecasting.prices.exchanges.codes import currency_of, exchange_of
from forecasting.simulation.market import SimulatedMarket, simulate_market
from forecasting.types.bars import PriceHistory, SymbolMatch

FIRST_SESSION: Final = date(2018, 1, 2)
SESSIONS: Final = 5000
"""Simulated at once, always: to the year 2031 for crypto, to 2037 for shares. A day that passes uncovers one more."""


class SimulatedSource:
    """A `PriceSource` that knows every symbol: prices from the simulated market, up to the last closed session."""

    name = "simulated"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def history(self, symbol: str) -> PriceHistory:
        """Simulated prices since 2018; the past never changes.

        Raises:
            PriceError: the clock stands before 2019.
        """
        now = self._clock()
        exchange = exchange_of(symbol)
        sessions = sessions_between(exchange, FIRST_SESSION, last_closed_session(exchange, now))[:SESSIONS]
        market = _market(symbol)
        columns = (market.open, market.high, market.low, market.close)
        prices = np.column_stack([column[0, : len(sessions)] for column in columns])
        bars = RawBars(sessions, prices, market.volume[0, : len(sessions)])
        listing = SourceListing(symbol, currency_of(symbol), exchange, f"{symbol} (simulated)", self.name)
        return checked(bars, listing, now)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Nothing: any symbol will do."""
        del text
        return ()


@lru_cache(maxsize=64)
def _market(symbol: str) -> SimulatedMarket:
    """The one market of a symbol, seeded by its name."""
    seed = int.from_bytes(sha256(symbol.encode()).digest()[:8], "big")
    return simulate_market(seed, 1, SESSIONS, members=1)
