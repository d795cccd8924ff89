"""Headers of several rows, as pandas writes those of yfinance's `download` and of pandas-datareader."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from forecasting.prices.price_files.header import NAMES, Header, header_of, key

HEADER_ROWS: Final = 3
"""Names of the columns and symbols, in either order, and the name of the index."""
_SHOWN: Final = 3
"""Symbols that a refusal names."""


@dataclass(frozen=True, slots=True)
class SeveralRows:
    """A header of several rows, cut to the columns of one symbol."""

    header: Header | None
    rows: int
    symbol: str = ""  # as the columns name it
    others: str = ""  # the symbols of the columns, where none is the wanted one


def header_of_several_rows(rows: Sequence[Sequence[str]], symbol: str) -> SeveralRows | None:
    """The header that the rows begin with; None where the first is none of several."""
    index = next((place for place, cells in enumerate(rows) if place and _names_the_index(cells)), None)
    if index is None:
        return None
    upper = rows[:index]
    names = next((cells for cells in upper if "close" in [key(cell) for cell in cells[1:]]), None)
    if names is None:
        return None
    symbols = next((cells for cells in upper if cells is not names), [""] * len(names))
    chosen = _chosen(symbols[1:], symbol)
    if not chosen:
        shown = ", ".join(list(dict.fromkeys(symbols[1:]))[:_SHOWN])
        return SeveralRows(None, index + 1, others=shown)
    own = [name if owner in chosen else "" for name, owner in zip(names[1:], symbols[1:], strict=False)]
    header = header_of([rows[index][0], *own])
    return SeveralRows(header and replace(header, width=len(names)), index + 1, min(chosen))


def names_a_symbol(cells: Sequence[str], header: Header) -> bool:
    """Whether the row below a header only repeats a symbol: so `download` is written after `reset_index`."""
    others = {cell.strip() for place, cell in enumerate(cells) if place != header.columns["date"]} - {""}
    is_dated = any(cell.strip() for cell in cells[header.columns["date"] :][:1])
    return len(others - {"Ticker"}) == 1 and not is_dated and all(any(map(str.isalpha, cell)) for cell in others)


def is_of(owner: str, symbol: str) -> bool:
    """Whether a file's name for a symbol means it; Stooq writes `aapl.us`."""
    name = owner.strip().upper()
    return symbol in {name, name.removesuffix(".US"), name.removesuffix(".US").replace(".", "-").replace("/", "-")}


def _names_the_index(cells: Sequence[str]) -> bool:
    return bool(cells) and key(cells[0]) in NAMES["date"] and not any(cell.strip() for cell in cells[1:])


def _chosen(owners: Sequence[str], symbol: str) -> set[str]:
    """The names of one symbol: whichever there is, or of several the wanted one."""
    several = set(owners)
    return several if len(several) == 1 else {owner for owner in several if is_of(owner, symbol)}
