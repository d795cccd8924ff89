"""A price source that does what a test tells it, and remembers what it was asked."""

from dataclasses import replace
from datetime import date
from threading import Event

import numpy as np

from forecasting.errors import FanchartError, UnknownSymbol
from forecasting.ports import Clock
from forecasting.types.bars import PriceHistory, SymbolMatch
from tests.factories import NOW
from tests.waiting import PATIENCE_S


class ScriptedSource:
    """A `PriceSource` of given histories; it fails while it has an error, and waits where it is held."""

    def __init__(self, *histories: PriceHistory, name: str = "yahoo", clock: Clock = lambda: NOW) -> None:
        self.name = name
        self.clock = clock
        self.histories = {history.symbol: history for history in histories}
        self.names: tuple[SymbolMatch, ...] = ()
        self.error: FanchartError | None = None
        self.asked: list[tuple[str, date | None]] = []
        self.searched: list[str] = []
        self.entered = Event()
        self.released = Event()
        self.released.set()

    def history(self, symbol: str, since: date | None = None) -> PriceHistory:
        self.asked.append((symbol, since))
        self.entered.set()
        assert self.released.wait(PATIENCE_S)
        if self.error is not None:
            raise self.error
        if symbol not in self.histories:
            raise UnknownSymbol(symbol)
        history = replace(self.histories[symbol], fetched_at=self.clock())
        return history.take(slice(int(np.searchsorted(history.sessions, np.datetime64(since or date.min))), None))

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        self.searched.append(text)
        if self.error is not None:
            raise self.error
        return self.names
