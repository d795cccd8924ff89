"""What a person may have meant: from earlier searches, else the sources, else similar names."""

from collections.abc import Sequence
from contextlib import suppress

from forecasting.errors import PriceError
from forecasting.ports import PriceSource, PriceStore
from forecasting.types.bars import MAX_MATCHES, SymbolMatch


class SymbolSearch:
    """Finds listings by a symbol or a name; may be called from any thread."""

    def __init__(self, sources: Sequence[PriceSource], store: PriceStore) -> None:
        self._sources = sources
        self._store = store

    def matches(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings, best first: found before, else by the sources; where they are silent, similar names."""
        return self._store.searched(text) or self._found(text) or self._store.find(text)

    def _found(self, text: str) -> tuple[SymbolMatch, ...]:
        """What the first source that finds anything finds; a source without an answer finds nothing."""
        for source in self._sources:
            with suppress(PriceError):
                found = source.search(text)[:MAX_MATCHES]
                if found:
                    self._store.remember(found, text)
                    return found
        return ()
