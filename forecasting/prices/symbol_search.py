"""What a person may have meant: from earlier searches, else the sources, else similar names."""

from collections.abc import Sequence

from forecasting.errors import PriceError, SearchUnavailable
from forecasting.ports import PriceSource, PriceStore
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
        return self._store.searched(text) or self._found(text) or self._store.find(text)

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
            raise SearchUnavailable(text, getattr(problem, "retry_at", None), self._store.find(text)) from problem
        return ()
