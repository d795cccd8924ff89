"""One symbol's stored prices, renewed from the first source that has an answer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from forecasting.errors import BadPrices, FanchartError, PriceError, UnknownSymbol
from forecasting.ports import PriceSource, PriceStore
from forecasting.types.bars import PriceHistory

OVERLAP: Final = 5
"""Stored sessions that are fetched again at each extension and compared."""
SAME: Final = 1e-6
"""Closes of one source that differ by less, relatively, are the same: it sends float32."""
ALIKE: Final = 1e-3
"""Closes of two sources that differ by less are of the same adjustment."""
SIMULATED: Final = "simulated"


class Renewal:
    """Asks the sources in their order and keeps what comes; may be called from any thread."""

    def __init__(self, sources: Sequence[PriceSource], store: PriceStore, on_readjusted: Callable[[str], None]) -> None:
        """Inject the dependencies; `on_readjusted` is told each symbol whose stored prices were of an older one."""
        self._sources = sources
        self._store = store
        self._on_readjusted = on_readjusted

    def renewed(self, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The first answer that a source gives, stored.

        Raises:
            UnknownSymbol: no source knows the symbol.
            PriceError: the first trouble that a source had.
        """
        problem: FanchartError = UnknownSymbol(symbol)
        for source in self._sources:
            try:
                return self._extended(source, symbol, stored)
            except (UnknownSymbol, PriceError) as error:
                problem = error if isinstance(problem, UnknownSymbol) else problem
        raise problem

    def _extended(self, source: PriceSource, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The source's prices, stored: added to what is stored where both agree, in its place where they do not."""
        if stored is None or stored.source != source.name:
            return self._replaced(source, symbol, stored)
        newer = source.history(symbol, stored.sessions[-min(OVERLAP, len(stored))].item())
        if not _agree(stored, newer):
            return self._replaced(source, symbol, stored)
        noted = replace(newer, notes=tuple(dict.fromkeys(stored.notes + newer.notes)))
        self._store.extend(noted)
        return stored.extended(noted)

    def _replaced(self, source: PriceSource, symbol: str, stored: PriceHistory | None) -> PriceHistory:
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
