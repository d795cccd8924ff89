"""From what a person typed to a symbol: the one place that decides what is meant."""

import re
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from forecasting.errors import InputError, SearchUnavailable, UnknownSymbol
from forecasting.prices.exchanges.codes import CRYPTO, OF_SUFFIX, exchange_of
from forecasting.prices.names.known_names import UNITED_STATES, Listed, known_names
from forecasting.prices.names.matching import name_matcher
from forecasting.prices.names.search_hits import one_company, sole_good
from forecasting.prices.symbols import is_isin, normalise
from forecasting.types.bars import SymbolMatch

T = TypeVar("T")
LONGEST_TICKER: Final = 5
"""Letters: a longer word is no exchange's symbol, so that it is taken for a name first."""
_SHARES: Final = frozenset({"equity", "etf"})
_MARKED: Final = re.compile(r"[$^].*|.*=[XF]", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Resolved(Generic[T]):
    """The answer about the listing that was meant."""

    answer: T
    match: SymbolMatch | None = None  # the listing that a name was read as; None where a symbol was typed


class SymbolResolver:
    """Finds the symbol that a text means while a question about it is answered; any thread may use it."""

    def __init__(self, search: Callable[[str], tuple[SymbolMatch, ...]], is_stored: Callable[[str], bool]) -> None:
        """Take the search for names, and whether prices of a symbol are stored; both may block."""
        self._search = search
        self._is_stored = is_stored

    def use(self, text: str, question: Callable[[str], T]) -> Resolved[T]:
        """Answer a question about the listing that a text means: a symbol as it is, a name by its sole good match.

        A known symbol costs nothing more than the question.

        Raises:
            UnknownSymbol: nothing is surely meant; carries what may be.
            SearchUnavailable: the same, and the sources could not search for it.
            FanchartError: whatever the question raises.
        """
        symbol = symbol_of(text)
        name = self._name_before(text, symbol)
        if name:
            return _named(name, symbol, question)
        if symbol is None:
            return self._searched(text, question)
        try:
            return Resolved(question(symbol))
        except (UnknownSymbol, SearchUnavailable) as error:
            match = _match_after(text, error.matches)
            if match is None or match.symbol == symbol:
                asked = copy(error)
                asked.symbol = text
                asked.matches = tuple(known for known in error.matches if known.symbol != symbol)
                raise asked from error
        return Resolved(question(match.symbol), match)

    def known(self, text: str) -> str:
        """The symbol that a text means without any source being asked: a known name's, else the text itself.

        Raises:
            InputError: it is neither a known name nor a symbol.
        """
        name = self._name_before(text, symbol_of(text))
        return name.symbol if name else normalise(text)

    def _name_before(self, text: str, symbol: str | None) -> Listed | None:
        """The listing whose name a text is rather than a symbol; stored prices of that symbol speak against it."""
        if symbol is None:
            return name_matcher().surely(text)
        if _MARKED.fullmatch(text.strip()) or (text.isupper() and len(symbol) <= LONGEST_TICKER):
            return None
        name = _name_like_symbol(text, symbol)
        return name if name and name.symbol != symbol and not self._is_stored(symbol) else None

    def _searched(self, text: str, question: Callable[[str], T]) -> Resolved[T]:
        """Answer for a text that can be no symbol, and no known name."""
        matches = self._search(text)
        match = one_company(matches) if is_isin(text) else sole_good(text, matches)
        if match:
            return Resolved(question(match.symbol), match)
        if is_isin(text) and not matches:
            what = (
                f"{text.strip().upper()} is an ISIN, and only the search of a price source knows those; none found it."
            )
            raise InputError(what, "Type the symbol it trades under, or the company's name.")
        raise UnknownSymbol(text, matches)


def symbol_of(text: str) -> str | None:
    """The symbol that a text can be by its spelling, or None."""
    try:
        return normalise(text)
    except InputError:
        return None


def is_clearly_symbol(text: str) -> bool:
    """Whether a word is a symbol by its marks (`$`, `^`, an exchange's suffix, a pair), or a known one."""
    symbol = symbol_of(text)
    if symbol is None:
        return False
    suffix = symbol.partition(".")[2]
    marked = _MARKED.fullmatch(text.strip()) or exchange_of(symbol) == CRYPTO or suffix in OF_SUFFIX
    return bool(marked) or symbol in known_names().by_symbol


def _named(name: Listed, symbol: str | None, question: Callable[[str], T]) -> Resolved[T]:
    """Answer about a name's listing; where no source has it, about the word as a symbol, which a folder may have."""
    try:
        return Resolved(question(name.symbol), name.match)
    except UnknownSymbol as error:
        with suppress(UnknownSymbol, SearchUnavailable):
            if symbol is not None:
                return Resolved(question(symbol))
        raise UnknownSymbol(f"{name.name} ({name.symbol})") from error


def _name_like_symbol(text: str, symbol: str) -> Listed | None:
    """The listing whose name is spelled like a symbol: `boeing`, `apple`, `dax`."""
    exact = name_matcher().exactly(text)
    is_share = exact is not None and exact.kind in _SHARES
    if is_clearly_symbol(text):
        return None if is_share else exact
    if symbol.isalpha() and len(symbol) > LONGEST_TICKER:
        return exact or name_matcher().surely(text)
    may_be_ticker = symbol.isalpha() and is_share
    return None if exact and may_be_ticker and exact.exchange != UNITED_STATES else exact


def _match_after(text: str, matches: tuple[SymbolMatch, ...]) -> SymbolMatch | None:
    """The sole good match of a word that no source knows as a symbol."""
    if text.strip().startswith("$"):
        return None
    name = name_matcher().surely(text)
    return name.match if name else sole_good(text, matches)
