"""Prices kept in memory: for the command line, which answers once and forgets."""

from collections.abc import Iterable

from forecasting.types import MAX_MATCHES, PriceHistory, SymbolMatch


class MemoryPriceStore:
    """A `PriceStore` that lives as long as the process."""

    def __init__(self) -> None:
        """Begin empty."""
        self._histories: dict[str, PriceHistory] = {}
        self._names: dict[str, SymbolMatch] = {}
        self._searches: dict[str, tuple[str, ...]] = {}

    def load(self, symbol: str) -> PriceHistory | None:
        """All stored sessions of a symbol, or None."""
        return self._histories.get(symbol)

    def save(self, history: PriceHistory) -> None:
        """Replace what is stored for the symbol."""
        self._histories[history.symbol] = history
        self.remember([SymbolMatch(history.symbol, history.name, history.exchange)])

    def extend(self, history: PriceHistory) -> None:
        """Add newer sessions to what is stored, leaving stored ones as they are; renews everything else."""
        stored = self._histories.get(history.symbol)
        self.save(history if stored is None else stored.extended(history))

    def symbols(self) -> tuple[str, ...]:
        """Every symbol with stored prices, in alphabetical order."""
        return tuple(sorted(self._histories))

    def remember(self, matches: Iterable[SymbolMatch], text: str = "") -> None:
        """Keep names, and the search that found them (in their order), so that its repetition needs no network."""
        found = tuple(matches)
        self._names.update((match.symbol, match) for match in found)
        if text.strip():
            self._searches[text.strip().lower()] = tuple(match.symbol for match in found)

    def searched(self, text: str) -> tuple[SymbolMatch, ...]:
        """What a search for this very text (in any case) found before; empty when it was never searched for."""
        return tuple(self._names[symbol] for symbol in self._searches.get(text.strip().lower(), ()))

    def find(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 remembered symbols whose symbol or name holds the text; those that start with it come first."""
        wanted = text.strip().upper()
        matches = sorted(self._names.values(), key=lambda match: match.symbol) if wanted else []
        starts = [m for m in matches if m.symbol.startswith(wanted) or m.name.upper().startswith(wanted)]
        holds = [m for m in matches if m not in starts and (wanted in m.symbol or wanted in m.name.upper())]
        return tuple((starts + holds)[:MAX_MATCHES])
