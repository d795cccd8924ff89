"""The desk that everybody asks for prices: from the store when they are new, else from the sources, else both."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

import numpy as np

from forecasting.errors import FanchartError, PriceError, RateLimited, SourceUnreachable, StalePrices, UnknownSymbol
from forecasting.ports import Clock, PriceSource, PriceStore
from forecasting.prices.calendars import last_closed_session, session_close
from forecasting.prices.checks import MAX_BEHIND, sessions_behind
from forecasting.prices.guard import GuardedSource
from forecasting.prices.single_flight import SingleFlight
from forecasting.prices.symbols import normalise
from forecasting.types import PriceAnswer, PriceHistory, PriceTrouble, SourceStatus, SymbolMatch

OVERLAP: Final = 5
"""Stored sessions that are fetched again at each extension and compared."""
SAME: Final = 1e-6
"""Closes that differ by less, relatively, are the same: sources send float32."""
ASK_AGAIN: Final = timedelta(minutes=15)
"""A source that had no newer session is not asked for it again before this."""
MAX_MATCHES: Final = 5
STATIC: Final = frozenset({"csv"})
"""Sources that only grow when somebody replaces a file: their last row is as new as prices get."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a bulk refresh did; call it again with `left` to go on."""

    fresh: tuple[str, ...]  # at hand, as new as their source has them
    failed: tuple[str, ...]  # asked for, without an answer that can be used
    left: tuple[str, ...]  # not asked for yet
    trouble: PriceTrouble | None = None  # why it stopped early


class PriceDesk:
    """Answers with prices; every method may be called from any thread, and all but `context` may block."""

    def __init__(
        self,
        sources: Sequence[PriceSource],
        store: PriceStore,
        clock: Clock,
        on_readjusted: Callable[[str], None] = lambda _symbol: None,
    ) -> None:
        """Take the sources in the order in which they are asked.

        `on_readjusted` is told each symbol whose stored prices turned out to be of an older adjustment.
        """
        self._sources = tuple(GuardedSource(source, clock) for source in sources)
        self._names = frozenset(source.name for source in sources)
        self._store = store
        self._clock = clock
        self._on_readjusted = on_readjusted
        self._flights: SingleFlight[PriceAnswer] = SingleFlight()

    def latest(self, symbol: str) -> PriceAnswer:
        """The newest prices that can be had, with the trouble that kept them from being newer.

        Raises:
            InputError: the text cannot be a symbol, or no source knows it (`UnknownSymbol`, with near matches).
            PriceError: no usable prices could be had, and none are stored.
        """
        name = normalise(symbol)
        return self._flights.run(name, lambda: self._latest(name))

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings that a text may mean: remembered ones, else what the sources find."""
        known = self._store.find(text)
        if known:
            return known
        for source in self._sources:
            try:
                found = source.search(text)
            except PriceError:
                continue
            if found:
                self._store.remember(found)
                return found[:MAX_MATCHES]
        return ()

    def refresh_all(self, symbols: Iterable[str], budget: int) -> Refreshed:
        """Bring symbols up to date, asking the sources for at most `budget` of them; what is new already is free.

        It stops where a source says no, and can be called again with what is left.
        """
        waiting = list(dict.fromkeys(normalise(symbol) for symbol in symbols))
        fresh: list[str] = []
        failed: list[str] = []
        trouble = None
        while waiting and trouble is None:
            stored = self._stored(waiting[0])
            if stored is not None and self._is_new(stored):
                fresh.append(waiting.pop(0))
                continue
            if budget == 0:
                break
            budget -= 1
            try:
                answer = self.latest(waiting[0])
                trouble = answer.trouble if answer.trouble and answer.trouble.retry_at else None
            except (RateLimited, SourceUnreachable) as error:
                trouble = PriceTrouble(str(error), error.retry_at)
            except FanchartError:
                failed.append(waiting.pop(0))
                continue
            if trouble is None:
                fresh.append(waiting.pop(0))
        return Refreshed(tuple(fresh), tuple(failed), tuple(waiting), trouble)

    def status(self) -> tuple[SourceStatus, ...]:
        """How each source has been doing, in their order."""
        return tuple(source.status() for source in self._sources)

    def _stored(self, symbol: str) -> PriceHistory | None:
        """What is stored, unless it came from a source that is no longer asked."""
        stored = self._store.load(symbol)
        return stored if stored is not None and stored.source in self._names else None

    def _latest(self, symbol: str) -> PriceAnswer:
        stored = self._stored(symbol)
        if stored is not None and self._is_new(stored):
            return self._answer(stored)
        problem: FanchartError | None = None
        for source in self._sources:
            try:
                return self._answer(self._renewed(source, symbol, stored))
            except (UnknownSymbol, PriceError) as error:
                problem = _worse(problem, error)
        if stored is not None:
            return PriceAnswer(stored, _trouble(problem))
        if isinstance(problem, UnknownSymbol):
            raise UnknownSymbol(symbol, self.search(symbol))
        raise problem or UnknownSymbol(symbol)

    def _is_new(self, stored: PriceHistory) -> bool:
        """Whether the last closed session is in, or was asked for a moment ago."""
        now = self._clock()
        newest = last_closed_session(stored.exchange, now)
        if stored.last_session >= newest:
            return True
        asked_since = stored.fetched_at >= session_close(stored.exchange, newest)
        return asked_since and now - stored.fetched_at < ASK_AGAIN

    def _renewed(self, source: GuardedSource, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The source's prices, stored: added to what is stored where both agree, in its place where they do not."""
        if stored is None or stored.source != source.name:
            return self._replaced(source, symbol, stored)
        newer = source.history(symbol, stored.sessions[-min(OVERLAP, len(stored))].item())
        if not _agree(stored, newer):
            return self._replaced(source, symbol, stored)
        notes = tuple(dict.fromkeys(stored.notes + newer.notes))
        self._store.extend(replace(newer, notes=notes))
        return self._store.load(symbol) or newer

    def _replaced(self, source: GuardedSource, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        history = source.history(symbol)
        self._store.save(history)
        if stored is not None and not _agree(stored, history):
            self._on_readjusted(symbol)
        return history

    def _answer(self, history: PriceHistory) -> PriceAnswer:
        """The history, called old where it is."""
        if history.source in STATIC:
            return PriceAnswer(history)
        newest = np.datetime64(last_closed_session(history.exchange, self._clock()))
        if sessions_behind(history, newest) <= MAX_BEHIND:
            return PriceAnswer(history)
        return PriceAnswer(history, PriceTrouble(str(StalePrices(history.symbol, history.last_session))))


def _agree(stored: PriceHistory, newer: PriceHistory) -> bool:
    """Whether the closes of the last stored sessions come again: there are some, and they are the same."""
    _, old, new = np.intersect1d(stored.sessions[-OVERLAP:], newer.sessions, return_indices=True)
    old_closes = stored.close[-OVERLAP:][old]
    return len(old) > 0 and bool(np.allclose(newer.close[new], old_closes, rtol=SAME, atol=0.0))


def _worse(known: FanchartError | None, error: FanchartError) -> FanchartError:
    """Of two sources' errors the one to tell: the first that is more than not knowing the symbol."""
    return error if known is None or isinstance(known, UnknownSymbol) else known


def _trouble(problem: FanchartError | None) -> PriceTrouble | None:
    """The error as a sentence beside stored prices."""
    if problem is None:
        return None
    return PriceTrouble(str(problem), getattr(problem, "retry_at", None))
