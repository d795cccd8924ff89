"""A price source that does what a test tells it, and remembers what it was asked."""

from dataclasses import replace
from threading import Event

from forecasting.errors import FanchartError, UnknownSymbol
from forecasting.ports import Clock
from forecasting.types.bars import PriceHistory, SymbolMatch
from tests.factories import NOW
from tests.waiting import PATIENCE_S


class ScriptedSource:
    """A `PriceSource` of given histories; it fails while it has an error, and waits where it is held.

    `hanging` names the symbols that wait; none means all.
    """

    def __init__(self, *histories: PriceHistory, name: str = "yahoo", clock: Clock = lambda: NOW) -> None:
        self.name = name
        self.clock = clock
        self.histories = {history.symbol: history for history in histories}
        self.names: tuple[SymbolMatch, ...] = ()
        self.error: FanchartError | None = None
        self.second: PriceHistory | FanchartError | None = None  # what every question but the first gets
        self.asked: list[str] = []
        self.searched: list[str] = []
        self.entered = Event()
        self.released = Event()
        self.released.set()
        self.hanging: frozenset[str] = frozenset()

    def history(self, symbol: str) -> PriceHistory:
        self.asked.append(symbol)
        self.entered.set()
        if not self.hanging or symbol in self.hanging:
            assert self.released.wait(PATIENCE_S)
        later = self.second if len(self.asked) > 1 else None
        if (error := later if isinstance(later, FanchartError) else self.error) is not None:
            raise error
        if isinstance(later, PriceHistory):
            return replace(later, fetched_at=self.clock())
        if symbol not in self.histories:
            raise UnknownSymbol(symbol)
        return replace(self.histories[symbol], fetched_at=self.clock())

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        self.searched.append(text)
        if self.error is not None:
            raise self.error
        return self.names
