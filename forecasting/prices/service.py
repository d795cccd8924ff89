"""The one place that is asked for prices: from the store when they are new, else from the sources, else both."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from forecasting.errors import (
    BadPrices,
    FanchartError,
    PriceError,
    RateLimited,
    SourceUnreachable,
    StalePrices,
    UnknownSymbol,
)
from forecasting.ports import Clock, PriceSource, PriceStore
from forecasting.prices.bar_checks import MAX_BEHIND, sessions_behind
from forecasting.prices.bulk_refresh import Refreshed, refresh
from forecasting.prices.calendars import SETTLING, last_closed_session, session_close
from forecasting.prices.circuit_breaker import CircuitBreaker
from forecasting.prices.market_context import Background, CachedMarketContext, in_a_thread
from forecasting.prices.recent_errors import RecentErrors
from forecasting.prices.single_flight import SingleFlight
from forecasting.prices.symbols import normalise
from forecasting.types.bars import (
    MAX_MATCHES,
    MarketContext,
    PriceAnswer,
    PriceHistory,
    PriceTrouble,
    SourceStatus,
    StoredPrices,
    SymbolMatch,
)

OVERLAP: Final = 5
"""Stored sessions that are fetched again at each extension and compared."""
SAME: Final = 1e-6
"""Closes of one source that differ by less, relatively, are the same: it sends float32."""
ALIKE: Final = 1e-3
"""Closes of two sources that differ by less are of the same adjustment."""
ASK_AGAIN: Final = timedelta(minutes=15)
"""A source that had no newer session is not asked for it again before this."""
SIMULATED: Final = "simulated"
STATIC: Final = frozenset({"csv"})
"""Sources that only grow when somebody replaces a file: their last row is as new as prices get."""


class PriceService:
    """Answers with prices; every method may be called from any thread, and all but `context` and `status` block."""

    def __init__(
        self,
        sources: Sequence[PriceSource],
        store: PriceStore,
        clock: Clock,
        on_readjusted: Callable[[str], None] = lambda _symbol: None,
        background: Background = in_a_thread,
    ) -> None:
        """Take the sources in the order in which they are asked.

        `on_readjusted` is told each symbol whose stored prices turned out to be of an older adjustment; `background`
        runs the renewal of the market's columns.
        """
        self._sources = tuple(CircuitBreaker(source, clock) for source in sources)
        self._names = frozenset(source.name for source in sources)
        self._store = store
        self._clock = clock
        self._on_readjusted = on_readjusted
        self._flights: SingleFlight[PriceAnswer] = SingleFlight()
        self._refusals = RecentErrors(clock)
        self._market = CachedMarketContext(store, self.latest, clock, background)

    def latest(self, symbol: str) -> PriceAnswer:
        """The newest prices that can be had, with the trouble that kept them from being newer.

        Raises:
            InputError: the text cannot be a symbol, or no source knows it (`UnknownSymbol`, with near matches).
            PriceError: no usable prices could be had, and none are stored.
        """
        name = normalise(symbol)
        return self._flights.run(name, lambda: self._latest(name))

    def fresh(self, symbol: str) -> StoredPrices | None:
        """What is stored of a symbol, where it is as new as its source has it and there is nothing to say about it.

        It reads no bars. None where `latest` has to be asked.

        Raises:
            InputError: the text cannot be a symbol.
        """
        stored = self._store.newest(normalise(symbol))
        return stored if stored is not None and self._is_new(stored) and not self._is_stale(stored) else None

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings that a text may mean, best first.

        What was found for the same text before; else what the sources find; where they are silent, similar names.
        """
        known = self._store.searched(text)
        return known or self._found(text) or self._store.find(text)

    def refresh_all(self, symbols: Iterable[str], budget: int) -> Refreshed:
        """Bring symbols up to date, asking the sources for at most `budget` of them; what is new already is free.

        It stops where a source says no, and can be called again with what is left.

        Raises:
            InputError: one of the texts cannot be a symbol.
        """
        names = dict.fromkeys(normalise(symbol) for symbol in symbols)
        return refresh(names, self.latest, self._is_at_hand, budget)

    def context(self) -> MarketContext | None:
        """The market's own columns as far as they are stored; never waits, renews them in the background."""
        return None if self._names == {SIMULATED} else self._market.current()

    def status(self) -> tuple[SourceStatus, ...]:
        """How each source has been doing, in their order."""
        return tuple(source.status() for source in self._sources)

    def _is_at_hand(self, symbol: str) -> bool:
        stored = self._store.newest(symbol)
        return stored is not None and self._is_new(stored)

    def _latest(self, symbol: str) -> PriceAnswer:
        stored = self._stored(symbol)
        if stored is not None and self._is_new(stored):
            return self._answer(stored)
        problem = self._refusals.of(symbol)
        if problem is None:
            try:
                return self._answer(self._asked(symbol, stored))
            except (UnknownSymbol, PriceError) as error:
                problem = error
        if stored is None:
            raise problem
        return PriceAnswer(stored, PriceTrouble(problem.what, getattr(problem, "retry_at", None)))

    def _asked(self, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The first answer that a source gives.

        Raises:
            UnknownSymbol: no source knows the symbol; carries near matches.
            PriceError: the first trouble that a source had.
        """
        problem: FanchartError = UnknownSymbol(symbol)
        for source in self._sources:
            try:
                return self._renewed(source, symbol, stored)
            except (UnknownSymbol, PriceError) as error:
                problem = error if isinstance(problem, UnknownSymbol) else problem
        if isinstance(problem, UnknownSymbol):
            problem = UnknownSymbol(symbol, self.search(symbol))
        if not isinstance(problem, RateLimited | SourceUnreachable):
            self._refusals.remember(symbol, problem)
        raise problem

    def _stored(self, symbol: str) -> PriceHistory | None:
        """What is stored, unless it came from a source that is no longer asked."""
        stored = self._store.load(symbol)
        return stored if stored is not None and stored.source in self._names else None

    def _is_new(self, stored: PriceHistory | StoredPrices) -> bool:
        """Whether the last closed session is in, or was asked for a moment ago (before it had settled: once more)."""
        if stored.source not in self._names:  # it came from a source that is no longer asked
            return False
        now = self._clock()
        newest = last_closed_session(stored.exchange, now)
        if stored.last_session >= newest:
            return True
        closed = session_close(stored.exchange, newest)
        settled = closed + SETTLING
        asked_since = stored.fetched_at >= (settled if now >= settled else closed)
        return asked_since and now - stored.fetched_at < ASK_AGAIN

    def _renewed(self, source: CircuitBreaker, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The source's prices, stored: added to what is stored where both agree, in its place where they do not."""
        if stored is None or stored.source != source.name:
            return self._replaced(source, symbol, stored)
        newer = source.history(symbol, stored.sessions[-min(OVERLAP, len(stored))].item())
        if not _agree(stored, newer):
            return self._replaced(source, symbol, stored)
        noted = replace(newer, notes=tuple(dict.fromkeys(stored.notes + newer.notes)))
        self._store.extend(noted)
        return stored.extended(noted)

    def _replaced(self, source: CircuitBreaker, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The source's whole history, stored in the place of what was there.

        Raises:
            PriceError: the source has none, or none that may take the place of another source's.
        """
        history = source.history(symbol)
        if stored is not None and not _may_replace(stored, history):
            what = f"The price source {source.name} has nothing newer of {symbol}."
            raise BadPrices(what, "Try again later.")
        self._store.save(history)
        if stored is not None and not _agree(stored, history):
            self._on_readjusted(symbol)
        return history

    def _answer(self, history: PriceHistory) -> PriceAnswer:
        """The history, called old where it is."""
        if not self._is_stale(history):
            return PriceAnswer(history)
        return PriceAnswer(history, PriceTrouble(StalePrices(history.symbol, history.last_session).what))

    def _is_stale(self, stored: PriceHistory | StoredPrices) -> bool:
        """Whether the newest session is too old to go unmentioned."""
        newest = last_closed_session(stored.exchange, self._clock())
        return stored.source not in STATIC and sessions_behind(stored, newest) > MAX_BEHIND

    def _found(self, text: str) -> tuple[SymbolMatch, ...]:
        """What the first source that finds anything finds; a source without an answer finds nothing."""
        for source in self._sources:
            with suppress(PriceError):
                found = source.search(text)[:MAX_MATCHES]
                if found:
                    self._store.remember(found, text)
                    return found
        return ()


def _may_replace(stored: PriceHistory, history: PriceHistory) -> bool:
    """Whether prices may take the place of others: of the same source always, else no older and no simulated ones."""
    if stored.source == history.source:
        return True
    return history.source != SIMULATED and history.last_session >= stored.last_session


def _agree(stored: PriceHistory, newer: PriceHistory) -> bool:
    """Whether the closes of the last stored sessions come again: there are some, and they are the same."""
    _, old, new = np.intersect1d(stored.sessions[-OVERLAP:], newer.sessions, return_indices=True)
    tolerance = SAME if stored.source == newer.source else ALIKE
    return len(old) > 0 and bool(np.allclose(newer.close[new], stored.close[-OVERLAP:][old], rtol=tolerance, atol=0.0))
