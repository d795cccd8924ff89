"""Pure: which of a search's hits is surely the one that was meant."""

from collections.abc import Sequence
from typing import Final

from forecasting.prices.names.spelling import all_words, cores
from forecasting.types.bars import SymbolMatch

_MIN_LETTERS: Final = 5
"""Of the first words of a name; a whole name may be shorter."""


def sole_good(text: str, hits: Sequence[SymbolMatch]) -> SymbolMatch | None:
    """The only company among the hits whose name is, or begins with, the text; None where there are none or several.

    Of one company's listings it is the home one, whose symbol has no suffix of an exchange.
    """
    [wanted] = all_words([" ".join(text.split())])
    called = cores([" ".join(hit.name.split()) for hit in hits])
    holding = [(words, hit) for words, hit in zip(called, hits, strict=True) if set(wanted) <= set(words)]
    if any(words[: len(wanted)] != wanted for words, _ in holding):
        return None
    is_whole = any(words == wanted for words, _ in holding)
    if not is_whole and len("".join(wanted)) < _MIN_LETTERS:
        return None
    return one_company([hit for words, hit in holding if hit.name != hit.symbol])


def one_company(hits: Sequence[SymbolMatch]) -> SymbolMatch | None:
    """The home listing, or the only one, where all hits are of one company."""
    companies = {tuple(words) for words in cores([" ".join(hit.name.split()) for hit in hits])}
    home = [hit for hit in hits if "." not in hit.symbol]
    if len(companies) != 1 or len(home) > 1:
        return None
    return home[0] if home else hits[0] if len(hits) == 1 else None
