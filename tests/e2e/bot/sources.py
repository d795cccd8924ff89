"""Price sources that misbehave on command."""

from dataclasses import replace
from threading import Event

from forecasting.errors import UnknownSymbol
from forecasting.types.bars import PriceHistory, SymbolMatch
from tests.waiting import PATIENCE_S


class HangingSource:
    """A `PriceSource` that answers for one symbol, and only once it is released."""

    def __init__(self, symbol: str, history: PriceHistory, name: str = "hanging") -> None:
        self.name = name
        self.asked = Event()
        self.release = Event()
        self.trouble: Exception | None = None
        self._history = replace(history, symbol=symbol, source=name)

    def history(self, symbol: str) -> PriceHistory:
        if symbol.startswith("^"):  # the market's, fetched behind
            raise UnknownSymbol(symbol)
        if self.trouble:
            raise self.trouble
        self.asked.set()
        assert self.release.wait(PATIENCE_S)
        if symbol != self._history.symbol:
            raise UnknownSymbol(symbol)
        return self._history

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return ()


class FailingSource:
    """A `PriceSource` that raises what it is told to, and answers otherwise."""

    name = "yahoo"

    def __init__(self, history: PriceHistory) -> None:
        self.trouble: Exception | None = None
        self.matches: tuple[SymbolMatch, ...] = ()
        self.bug = ""  # the symbol that meets one
        self.become(history)

    def become(self, history: PriceHistory) -> None:
        """Have another history."""
        self._history = replace(history, source=self.name)

    def history(self, symbol: str) -> PriceHistory:
        if self.trouble:
            raise self.trouble
        if symbol == self.bug:
            raise ZeroDivisionError("it is a bug")
        if symbol != self._history.symbol:
            raise UnknownSymbol(symbol)
        return self._history

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return self.matches
