"""One symbol's stored prices, renewed from the first source that has an answer."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np

from forecasting.errors import BadPrices, FanchartError, PriceError, TooLittleHistory, UnknownSymbol
from forecasting.ports import PriceSource, PriceStore
from forecasting.prices.currency import with_settled_currency
from forecasting.prices.late_adjustments import adjusted
from forecasting.prices.merging import ALIKE, readjusted, supplemented, united
from forecasting.suspicious_closes import newest_is_doubted
from forecasting.types.bars import PriceHistory

STATIC: Final = frozenset({"csv"})
"""Sources of files, which are true as a whole: what somebody took out of a file is gone."""
SIMULATED: Final = "simulated"


class Renewal:
    """Asks the sources in their order and keeps what comes; may be called from any thread."""

    def __init__(self, sources: Sequence[PriceSource], store: PriceStore, on_readjusted: Callable[[str], None]) -> None:
        """Inject the dependencies; `on_readjusted` is told each symbol whose stored prices were of an older one."""
        self._sources = sources
        self._ranks = {source.name: rank for rank, source in enumerate(sources)}
        self._store = store
        self._on_readjusted = on_readjusted

    def renewed(self, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """What is stored, made one with the first answer that a source gives.

        Raises:
            UnknownSymbol: no source knows the symbol.
            PriceError: the first trouble that a source had.
        """
        problem: FanchartError = UnknownSymbol(symbol)
        for source in self._sources:
            try:
                history = self._merged(source, symbol, stored)
            except (UnknownSymbol, PriceError) as error:
                problem = error if isinstance(problem, UnknownSymbol) else problem
                continue
            return self._kept(history, stored)
        raise problem

    def replaced(self, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The first answer that a source gives, in the place of what is stored, sessions that it lacks included.

        A source that cannot answer now is not passed over for a later one: what is stored may be of the first.

        Raises:
            UnknownSymbol: no source knows the symbol.
            PriceError: the trouble that a source had.
        """
        for source in self._sources:
            if stored is not None and source.name == SIMULATED != stored.source:
                continue
            with suppress(UnknownSymbol):
                return self._kept(adjusted(_asked(source, symbol, None)), stored)
        raise UnknownSymbol(symbol)

    def _merged(self, source: PriceSource, symbol: str, stored: PriceHistory | None) -> PriceHistory:
        """The source's whole history, made one with what is stored.

        Raises:
            PriceError: the source has none, or none that goes with what is stored.
        """
        try:
            answer = adjusted(_asked(source, symbol, stored))
        except TooLittleHistory as error:
            if stored is None or source.name in STATIC:
                raise
            what = f"The price source {source.name} sent {error.sessions} of {len(stored)} sessions of {symbol}."
            raise BadPrices(what, "Try again later.") from error
        merged = answer if stored is None else self._joined(stored, answer)
        if merged is None:
            what = f"The price source {source.name} has nothing newer of {symbol} that agrees with what is stored."
            raise BadPrices(what, "Try again later.")
        return merged

    def _joined(self, stored: PriceHistory, answer: PriceHistory) -> PriceHistory | None:
        """Both in one: the source that comes first in the setting is right about the past; None where they clash."""
        if answer.source == stored.source:
            return answer if answer.source in STATIC else united(stored, with_settled_currency(stored, answer))
        if answer.source == SIMULATED:
            return None
        if stored.source == SIMULATED:
            return answer
        if self._ranks[answer.source] < self._ranks[stored.source]:
            return answer if _may_replace(stored, answer) else None
        return supplemented(stored, answer)

    def _kept(self, history: PriceHistory, stored: PriceHistory | None) -> PriceHistory:
        """The history as it is stored, with its revision; models are told where it goes up."""
        former = stored or self._store.newest(history.symbol)  # what is stored may be of a source nobody asks any more
        changed = former is not None and (stored is None or readjusted(stored, history))
        kept = replace(history, revision=(former.revision if former else 0) + changed)
        self._store.save(kept)
        if changed:
            self._on_readjusted(history.symbol)
        return kept


def _asked(source: PriceSource, symbol: str, stored: PriceHistory | None) -> PriceHistory:
    """The source's whole history, asked for once more where its newest close is new and looks wrong.

    Raises:
        UnknownSymbol: the source does not know the symbol.
        PriceError: it has no usable answer.
    """
    answer = source.history(symbol)
    if source.name in STATIC or _is_known(answer, stored) or not newest_is_doubted(answer):
        return answer
    try:
        return source.history(symbol)
    except (UnknownSymbol, PriceError):
        return answer


def _is_known(answer: PriceHistory, stored: PriceHistory | None) -> bool:
    """Whether an answer's newest close is what is stored already."""
    if stored is None or stored.last_session != answer.last_session:
        return False
    return bool(np.isclose(stored.close[-1], answer.close[-1], rtol=ALIKE, atol=0.0))


def _may_replace(stored: PriceHistory, answer: PriceHistory) -> bool:
    """Whether an answer may take the place of another source's: it is no older, and not much shorter."""
    return answer.last_session >= stored.last_session and 2 * len(answer) >= len(stored)
