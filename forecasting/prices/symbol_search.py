"""What a person may have meant: from earlier searches, else the sources, else similar names."""

from collections.abc import Sequence

from forecasting.errors import PriceError, SearchUnavailable
from forecasting.ports import PriceSource, PriceStore
from forecasting.prices.names.matching import name_matcher
from forecasting.types.bars import MAX_MATCHES, SymbolMatch


class SymbolSearch:
    """Finds listings by a symbol or a name; may be called from any thread."""

    def __init__(self, sources: Sequence[PriceSource], store: PriceStore) -> None:
        self._sources = sources
        self._store = store

    def matches(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings, best first: found before, else by the sources; where they find nothing, similar names.

        Raises:
            SearchUnavailable: nothing was found, and a source could not search; it carries the similar names.
        """
        return self._store.searched(text) or self._found(text) or self._similar(text)

    def _found(self, text: str) -> tuple[SymbolMatch, ...]:
        """What the first source that finds anything finds."""
        problem: PriceError | None = None
        for source in self._sources:
            try:
                found = source.search(text)[:MAX_MATCHES]
            except PriceError as error:
                problem = problem or error
                continue
            if found:
                self._store.remember(found, text)
                return found
        if problem:
            raise SearchUnavailable(text, getattr(problem, "retry_at", None), self._similar(text)) from problem
        return ()

    def _similar(self, text: str) -> tuple[SymbolMatch, ...]:
        """Names that ship with the package, and those that earlier answers brought."""
        matcher = name_matcher()
        sure = matcher.surely(text)
        known = [listed.match for listed in (*((sure,) if sure else ()), *matcher.similar(text))]
        by_symbol = {match.symbol: match for match in (*known, *self._store.find(text))}
        return tuple(by_symbol.values())[:MAX_MATCHES]
