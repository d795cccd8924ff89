"""The one place that is asked for prices: from the store when they are new, else from the sources, else both."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import wait
from datetime import timedelta
from typing import Final

from forecasting.errors import (
    BadPriceFile,
    FanchartError,
    PriceError,
    RateLimited,
    SearchUnavailable,
    SourceUnreachable,
    TooLittleHistory,
    UnknownSymbol,
)
from forecasting.ports import Clock, PriceSource, PriceStore
from forecasting.prices.bar_checks import MAX_BEHIND, sessions_behind
from forecasting.prices.bulk_refresh import Refreshed, refresh
from forecasting.prices.changes import Refetched, changes
from forecasting.prices.exchanges.calendars import SETTLING, last_closed_session, session_close
from forecasting.prices.renewal import STATIC, Renewal
from forecasting.prices.requests.background import BackgroundFlights
from forecasting.prices.requests.circuit_breaker import CircuitBreaker
from forecasting.prices.requests.recent_errors import RecentErrors
from forecasting.prices.symbol_search import SymbolSearch
from forecasting.prices.symbols import normalise
from forecasting.types.bars import (
    PriceAnswer,
    PriceHistory,
    PriceTrouble,
    SourceStatus,
    StoredPrices,
    SymbolMatch,
    TroubleCause,
)

Renew = Callable[[str, PriceHistory | None], PriceHistory]
"""Asks the sources about a symbol and stores what comes; given what is stored."""
PATIENCE_S: Final = 1.5
"""Where newer prices take longer, stored ones are the answer, and the renewal goes on behind it."""
ASK_AGAIN: Final = timedelta(minutes=15)
"""A source that had no newer session is not asked for it again before this."""


class PriceService:
    """Answers with prices; every method may be called from any thread, and most block."""

    def __init__(
        self,
        sources: Sequence[PriceSource],
        store: PriceStore,
        clock: Clock,
        on_readjusted: Callable[[str], None] = lambda _symbol: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Take the sources in the order in which they are asked.

        `on_readjusted` is told each symbol whose stored prices turned out to be of an older adjustment; `patience_s`
        is how long who has stored prices waits for newer ones.
        """
        self._sources = tuple(CircuitBreaker(source, clock) for source in sources)
        self._names = frozenset(source.name for source in sources)
        self._store = store
        self._clock = clock
        self._renewal = Renewal(self._sources, store, on_readjusted)
        self._search = SymbolSearch(self._sources, store)
        self._patience_s = patience_s
        self._renewals: BackgroundFlights[PriceAnswer] = BackgroundFlights()
        self._recent_errors = RecentErrors(clock)

    def latest(self, symbol: str) -> PriceAnswer:
        """The newest prices that can be had in a moment, with the trouble that kept them from being newer.

        Where newer ones take longer and some are stored, that is the trouble ("renewing"); `renewed` waits for them.

        Raises:
            InputError: the text cannot be a symbol, or no source knows it (`UnknownSymbol`, with near matches).
            PriceError: no usable prices could be had, and none are stored.
        """
        return self._answered(normalise(symbol), self._patience_s)

    def renewed(self, symbol: str) -> PriceAnswer:
        """The newest prices that can be had, however long that takes.

        Raises:
            FanchartError: as for `latest`.
        """
        return self._answered(normalise(symbol), None)

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

        Raises:
            SearchUnavailable: nothing was found, and a source could not search.
        """
        return self._search.matches(text)

    def refresh_all(self, symbols: Iterable[str], budget: int) -> Refreshed:
        """Bring symbols up to date, asking the sources for at most `budget` of them; what is new already is free.

        It stops where a source says no, and can be called again with what is left.

        Raises:
            InputError: one of the texts cannot be a symbol.
        """
        names = dict.fromkeys(normalise(symbol) for symbol in symbols)
        return refresh(names, self.renewed, self._is_at_hand, budget)

    def close(self) -> None:
        """Renew no more; what a source is being asked just now still ends."""
        self._renewals.close()

    def status(self) -> tuple[SourceStatus, ...]:
        """How each source has been doing, in their order."""
        return tuple(source.status() for source in self._sources)

    def refetch(self, symbol: str) -> Refetched:
        """Fetch a symbol's whole history anew, in the place of what is stored, however new that is.

        Who asks for the symbol meanwhile is answered by the same request; where it fails, what is stored stays.

        Raises:
            FanchartError: as for `latest`; also where prices are stored.
        """
        name = normalise(symbol)
        found: list[Refetched | UnknownSymbol | PriceError] = []
        while not found:  # what is under way already is no such request
            renewal = self._renewals.begin(name, lambda: self._refetched(name, found))
            if renewal is None:
                raise _too_many()
            renewal.result()
        if isinstance(found[0], FanchartError):
            raise found[0]
        return found[0]

    def _refetched(self, symbol: str, found: "list[Refetched | UnknownSymbol | PriceError]") -> PriceAnswer:
        """The answer for everybody, after `found` was told what came of it."""
        stored = self._stored(symbol)
        try:
            history = self._asked(self._renewal.replaced, symbol, stored)
        except (UnknownSymbol, PriceError) as problem:
            found.append(problem)
            return self._without_newer(stored, problem)
        found.append(Refetched(history, changes(stored, history)))
        return self._answer(history)

    def _is_at_hand(self, symbol: str) -> bool:
        stored = self._store.newest(symbol)
        return stored is not None and self._is_new(stored)

    def _answered(self, symbol: str, patience_s: float | None) -> PriceAnswer:
        """The answer about a symbol; stored prices where it is not there in time (None: any time)."""
        stored = self._stored(symbol)
        if stored is not None and self._is_new(stored):
            return self._answer(stored)
        renewal = self._renewals.begin(symbol, lambda: self._latest(symbol, stored))
        if renewal is None or not wait([renewal], patience_s).done:
            stored = self._stored(symbol)
            if stored is not None and self._is_new(stored):  # they came this very moment
                return self._answer(stored)
            if stored is not None:
                cause: TroubleCause = "renewing" if renewal else ""
                return PriceAnswer(stored, PriceTrouble("Newer prices take their time.", cause=cause))
        if renewal is None or renewal.cancelled():
            raise _too_many()
        return renewal.result()

    def _latest(self, symbol: str, stored: PriceHistory | None) -> PriceAnswer:
        """The answer, after all sources were asked; runs once a symbol at a time, `stored` is what was read before."""
        newest = self._store.newest(symbol)
        if newest is not None and (stored is None or newest.fetched_at > stored.fetched_at):  # renewed meanwhile
            stored = self._stored(symbol)
        if stored is not None and self._is_new(stored):
            return self._answer(stored)
        problem = self._recent_errors.of(symbol)
        if problem is not None:
            return self._without_newer(stored, problem)
        try:
            return self._answer(self._asked(self._renewal.renewed, symbol, stored))
        except (UnknownSymbol, PriceError) as error:
            return self._without_newer(stored, error)

    def _without_newer(self, stored: PriceHistory | None, problem: FanchartError) -> PriceAnswer:
        """What is stored, with the problem that kept it from being newer; raises that where nothing is."""
        if stored is None:
            raise problem
        if isinstance(problem, PriceError):
            return PriceAnswer(stored, PriceTrouble(problem.what, problem.retry_at))
        return PriceAnswer(stored, PriceTrouble(problem.what, cause="unknown"))

    def _asked(self, renew: Renew, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """What the sources have; what they know nothing of is not asked for again for a while.

        Raises:
            UnknownSymbol: no source knows the symbol; carries near matches.
            SearchUnavailable: no source knows it, and what it may mean cannot be looked up.
            PriceError: the first trouble that a source had.
        """
        try:
            history = renew(symbol, stored)
        except (UnknownSymbol, PriceError) as error:
            problem = error
            if isinstance(error, UnknownSymbol) and stored is None:
                problem = UnknownSymbol(symbol, self.search(symbol))
            if self._is_lasting(problem):
                self._recent_errors.remember(symbol, problem)
            raise problem from error
        self._recent_errors.forget(symbol)
        return history

    def _is_lasting(self, problem: UnknownSymbol | PriceError) -> bool:
        """Whether asking again at once would bring the same; a file may be corrected or grow at any moment."""
        passing = (RateLimited, SourceUnreachable, SearchUnavailable, BadPriceFile)
        return not isinstance(problem, passing if self._names.isdisjoint(STATIC) else (*passing, TooLittleHistory))

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
        return asked_since and timedelta(0) <= now - stored.fetched_at < ASK_AGAIN  # the clock may have been set back

    def _answer(self, history: PriceHistory) -> PriceAnswer:
        """The history, called old where it is."""
        if not self._is_stale(history):
            return PriceAnswer(history)
        sentence = f"The newest price of {history.symbol} is of {history.last_session:%-d %b %Y}."
        return PriceAnswer(history, PriceTrouble(sentence, cause="old"))

    def _is_stale(self, stored: PriceHistory | StoredPrices) -> bool:
        """Whether the newest session is too old to go unmentioned."""
        newest = last_closed_session(stored.exchange, self._clock())
        return stored.source not in STATIC and sessions_behind(stored, newest) > MAX_BEHIND


def _too_many() -> PriceError:
    return PriceError("Too many symbols are asked for at once.", "Try again in a few minutes.")
