"""What was known of the market at each close of a symbol: joined by closing time, waited for a second at most."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Final

import numpy as np

from forecasting.baselines.history import log_returns
from forecasting.errors import FanchartError
from forecasting.ports import Clock, Market, PriceSource, PriceStore
from forecasting.prices.exchanges.calendars import last_closed_session, session_close, session_closes
from forecasting.prices.exchanges.codes import exchange_of
from forecasting.prices.renewal import SIMULATED
from forecasting.types.bars import Listing, MarketContext, PriceHistory, StoredPrices

INDEX: Final = "^GSPC"
"""The index whose return is the market's, whatever the symbol."""
VOLATILITY: Final = "^VIX"
"""Stored beside it, for models to come; no feature reads it yet."""
RENEW_AFTER: Final = timedelta(minutes=1)
"""An index that lacks a session is not looked for again before this."""
PATIENCE_S: Final = 1.0
"""A forecast waits for the index so long, and is made without it then."""

_LOG: Final = logging.getLogger(__name__)
Background = Callable[[Callable[[], None]], object]
"""Runs something without waiting for it."""


def in_a_thread(work: Callable[[], None]) -> Thread:
    """Run something on a thread of its own, which ends with the process at the latest."""
    thread = Thread(target=work, name="market-context", daemon=True)
    thread.start()
    return thread


def context_of(index: PriceHistory, history: PriceHistory) -> MarketContext | None:
    """The market at each close of a symbol; None where the index lacks what was known at the newest one.

    What closed with the symbol or before it is known; nothing later is read, so it changes no bit.
    """
    if not _reaches(index, history):
        return None
    closed = session_closes(index.exchange, index.sessions)
    row = np.searchsorted(closed, session_closes(history.exchange, history.sessions), side="right") - 1
    returns = np.append(np.nan, log_returns(index.close))
    return MarketContext(history.sessions, np.where(np.diff(row, prepend=-1) > 0, returns[row], np.nan))


def _reaches(index: PriceHistory, prices: PriceHistory | StoredPrices) -> bool:
    """Whether the index holds the newest session that had closed by the close of a symbol's newest one."""
    wanted = np.datetime64(last_closed_session(index.exchange, session_close(prices.exchange, prices.last_session)))
    place = int(np.searchsorted(index.sessions, wanted))
    return place < len(index) and bool(index.sessions[place] == wanted)


def market_of(
    sources: Sequence[PriceSource],
    store: PriceStore,
    renew: Callable[[str], object],
    clock: Clock,
    *,
    patience_s: float = PATIENCE_S,
) -> Market:
    """The market around the symbols of these sources; `renew` brings a symbol's stored prices up to date."""
    if not market_listings(sources):
        return NoMarket()
    return IndexMarket(store, renew, clock, patience_s=patience_s)


def market_listings(sources: Sequence[PriceSource]) -> tuple[Listing, ...]:
    """What the market around the symbols of these sources is read from, the index first."""
    if all(source.name == SIMULATED for source in sources):
        return ()
    return tuple(Listing(symbol, exchange_of(symbol)) for symbol in (INDEX, VOLATILITY))


class NoMarket:
    """The `Market` of simulated symbols, which share none."""

    def context(self, history: PriceHistory) -> None:
        """Nothing is known."""

    def is_known(self, prices: StoredPrices) -> bool:
        """Never."""
        del prices
        return False


class _Renewal:
    """One attempt to bring the index up to date, shared by all who wait for it."""

    def __init__(self, begun_at: datetime) -> None:
        self.begun_at = begun_at
        self._done = Event()
        self._is_late = False

    def end(self) -> None:
        """Let everybody go on."""
        self._done.set()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended; once somebody has waited in vain, nobody does."""
        if not self._is_late:
            self._is_late = not self._done.wait(seconds)

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended, and long enough ago for another one (or the clock was set back)."""
        return self._done.is_set() and not timedelta(0) <= now - self.begun_at < RENEW_AFTER


class IndexMarket:
    """A `Market` by the index's stored prices, which are renewed on a thread of their own where they lack a session."""

    def __init__(
        self,
        store: PriceStore,
        renew: Callable[[str], object],
        clock: Clock,
        *,
        patience_s: float = PATIENCE_S,
        background: Background = in_a_thread,
    ) -> None:
        self._store = store
        self._renew = renew
        self._clock = clock
        self._patience_s = patience_s
        self._background = background
        self._lock = Lock()
        self._renewal: _Renewal | None = None
        self._index: PriceHistory | None = None

    def context(self, history: PriceHistory) -> MarketContext | None:
        """What was known of the market at each of the symbol's closes; None where its newest session is lacking."""
        index = self._reaching(history)
        return context_of(index, history) if index else None

    def is_known(self, prices: StoredPrices) -> bool:
        """Whether there would be a context for the newest session."""
        return self._reaching(prices) is not None

    def _reaching(self, prices: PriceHistory | StoredPrices) -> PriceHistory | None:
        """The index, where it holds what was known at the newest close; it is looked for first where it does not."""
        if self._index is None or not _reaches(self._index, prices):
            self._look_for(prices)
        index = self._index
        return index if index is not None and _reaches(index, prices) else None

    def _look_for(self, prices: PriceHistory | StoredPrices) -> None:
        """Read what is stored, and wait for newer prices as long as patience lasts."""
        now = self._clock()
        with self._lock:
            if self._renewal is None or self._renewal.is_over(now):
                self._read()
                if self._index is not None and _reaches(self._index, prices):
                    return
                begun = _Renewal(now)
                self._background(self._renewed(begun))
                self._renewal = begun
            renewal = self._renewal
        renewal.wait(self._patience_s)

    def _renewed(self, renewal: _Renewal) -> Callable[[], None]:
        """The work of a renewal: the index, for those who wait, and then what nobody waits for."""

        def work() -> None:
            try:
                self._try(INDEX)
                self._read()
            except FanchartError as error:
                _LOG.info("market context: %s", error)
            finally:
                renewal.end()
            self._try(VOLATILITY)

        return work

    def _try(self, symbol: str) -> None:
        """Renew one symbol, as far as the sources allow."""
        try:
            self._renew(symbol)
        except FanchartError as error:
            _LOG.info("market context without %s: %s", symbol, error)

    def _read(self) -> None:
        """Take what the store has of the index; a simulated one is no market."""
        index = self._store.load(INDEX)
        self._index = index if index is not None and index.source != SIMULATED else None
