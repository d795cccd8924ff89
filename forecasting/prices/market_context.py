"""The market context (index, volatility, yield, dollar), read from the store and renewed in the background."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Final

import numpy as np

from forecasting.errors import FanchartError
from forecasting.ports import Clock, PriceStore
from forecasting.types.bars import FloatArray, MarketContext, PriceAnswer, PriceHistory, SessionArray

INDEX: Final = "^GSPC"
VOLATILITY: Final = "^VIX"
YIELD: Final = "^TNX"
DOLLAR: Final = "DX-Y.NYB"
CONTEXT_SYMBOLS: Final = (INDEX, VOLATILITY, YIELD, DOLLAR)
RENEW_AFTER: Final = timedelta(hours=1)

_LOG: Final = logging.getLogger(__name__)
Background = Callable[[Callable[[], None]], object]
"""Runs something without waiting for it."""


def in_a_thread(work: Callable[[], None]) -> Thread:
    """Run something on a thread of its own, which ends with the process at the latest."""
    thread = Thread(target=work, name="market-context", daemon=True)
    thread.start()
    return thread


class CachedMarketContext:
    """The market context as it was last read; asking for it never waits for a source."""

    def __init__(
        self,
        store: PriceStore,
        latest: Callable[[str], PriceAnswer],
        clock: Clock,
        background: Background = in_a_thread,
    ) -> None:
        self._store = store
        self._latest = latest
        self._clock = clock
        self._background = background
        self._lock = Lock()
        self._renewed_at: datetime | None = None
        self._context: MarketContext | None = None

    def current(self) -> MarketContext | None:
        """What is known of the market now, or None; begins to renew it when an hour has passed."""
        now = self._clock()
        with self._lock:
            first = self._renewed_at is None
            due = first or now - (self._renewed_at or now) >= RENEW_AFTER
            if due:
                self._renewed_at = now
        if first:
            self._read()
        if due:
            self._background(self._renew)
        return self._context

    def _renew(self) -> None:
        """Bring the context's symbols up to date, as far as the sources allow."""
        try:
            for symbol in CONTEXT_SYMBOLS:
                self._try(symbol)
            self._read()
        except FanchartError as error:
            _LOG.info("market context: %s", error)

    def _try(self, symbol: str) -> None:
        """Renew one symbol; without it the context lacks a column."""
        try:
            self._latest(symbol)
        except FanchartError as error:
            _LOG.info("market context without %s: %s", symbol, error)

    def _read(self) -> None:
        """Take what the store has."""
        found = (self._store.load(symbol) for symbol in CONTEXT_SYMBOLS)
        self._context = context_of({history.symbol: history for history in found if history is not None})


def context_of(histories: dict[str, PriceHistory]) -> MarketContext | None:
    """The columns on every session that any of them has; NaN where one has none; None without any real prices.

    Simulated symbols share no market.
    """
    real = {symbol: history for symbol, history in histories.items() if history.source != "simulated"}
    if not real:
        return None
    sessions = np.unique(np.concatenate([history.sessions for history in real.values()]))
    index = real.get(INDEX)
    returns = np.diff(np.log(index.close), prepend=np.nan) if index else None
    return MarketContext(
        sessions=sessions,
        market_return=_on(sessions, index, returns),
        dispersion=np.full(len(sessions), np.nan),
        volatility_index=_closes(sessions, real.get(VOLATILITY)),
        ten_year_yield=_closes(sessions, real.get(YIELD)),
        dollar_index=_closes(sessions, real.get(DOLLAR)),
    )


def _closes(sessions: SessionArray, history: PriceHistory | None) -> FloatArray:
    """A history's closes on the given sessions."""
    return _on(sessions, history, history.close if history else None)


def _on(sessions: SessionArray, history: PriceHistory | None, values: FloatArray | None) -> FloatArray:
    """Values of a history's sessions on other sessions that contain them; NaN elsewhere."""
    column = np.full(len(sessions), np.nan)
    if history is not None and values is not None:
        column[np.searchsorted(sessions, history.sessions)] = values
    return column
