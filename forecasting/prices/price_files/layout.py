"""Where the table of a price file begins: its delimiter and its header, which may take several rows."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from forecasting.errors import BadPriceFile
from forecasting.prices.price_files.cells import is_missing, quoted
from forecasting.prices.price_files.header import NEEDED, Header, header_of, require_complete
from forecasting.prices.price_files.several_rows import HEADER_ROWS, header_of_several_rows, names_a_symbol

DELIMITERS: Final = (",", ";", "\t", "|")
MAX_LINES: Final = 100_000
MAX_LINE: Final = 50_000
"""Characters."""
MAX_PREAMBLE: Final = 40
"""Rows that may come before the header."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row, as its cells."""

    line: int  # its first, as an editor counts
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the table is to be read."""

    delimiter: str
    header: Header
    body: int  # records before the first row of prices
    symbol: str  # as the header names it; empty where it names none


def lines_of(text: str, file: str) -> list[str]:
    """The lines of a text, each with its end.

    Raises:
        BadPriceFile: there are too many, or one is too long: this is no file of daily prices.
    """
    if text.count("\n") > MAX_LINES:
        raise BadPriceFile(file, None, f"has more than {MAX_LINES:,} lines.", "Keep daily prices in it only.")
    lines = [f"{line}\n" for line in text.split("\n")]
    long = next((number for number, line in enumerate(lines, 1) if len(line) > MAX_LINE), None)
    if long is not None:
        raise BadPriceFile(file, long, f"there are more than {MAX_LINE:,} characters in it.", NEEDED)
    return lines


def records(lines: Sequence[str], delimiter: str, file: str) -> Iterator[Record]:
    """The rows that hold something, without comments.

    Raises:
        BadPriceFile: a quotation mark is opened and never closed.
    """
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    line = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not _is_comment(cells[0]):
                yield Record(line + 1, cells)
            line = reader.line_num
    except csv.Error as error:
        why = "a quotation mark in it is not closed, or stands in the middle of a value."
        raise BadPriceFile(file, line + 1, why, "Correct the line.") from error


def _is_comment(first: str) -> bool:
    return first.startswith(("#", "//")) and not is_missing(first)


def layout_of(lines: Sequence[str], file: str, symbol: str) -> Layout:
    """The delimiter under which most columns are found, and the columns.

    Raises:
        BadPriceFile: no line names dates and closes, or the columns are of other symbols.
    """
    found = [layout for delimiter in DELIMITERS if (layout := _layout(lines, delimiter, file, symbol))]
    if found:
        return max(found, key=lambda layout: len(layout.header.columns))
    first = next((line.strip() for line in lines if line.strip()), "")
    if not first:
        raise BadPriceFile(file, None, "is empty.", NEEDED)
    if first.lower().startswith(("<html", "<!doctype")):
        raise BadPriceFile(file, None, "is a web page.", "Download the table itself, as CSV.")
    raise BadPriceFile(file, 1, f"{quoted(first)} names no columns with dates and closing prices.", NEEDED)


def _layout(lines: Sequence[str], delimiter: str, file: str, symbol: str) -> Layout | None:
    head = _first_records(lines, delimiter, file)
    for place in range(len(head)):
        block = head[place : place + HEADER_ROWS]
        several = header_of_several_rows([record.cells for record in block], symbol)
        header = several.header if several else header_of(block[0].cells)
        if several and several.others:
            why = f"there are several symbols ({several.others}), and {symbol} is none of them."
            raise BadPriceFile(file, block[0].line, why, "Keep one symbol a file.")
        if header:
            require_complete(header, file, block[0].line)
            above = several.rows if several else 1 + any(names_a_symbol(below.cells, header) for below in block[1:2])
            return Layout(delimiter, header, place + above, several.symbol if several else "")
    return None


def _first_records(lines: Sequence[str], delimiter: str, file: str) -> list[Record]:
    """Those that may be or come before the header, as far as they can be read with this delimiter."""
    found: list[Record] = []
    try:
        found.extend(islice(records(lines[: 4 * MAX_PREAMBLE], delimiter, file), MAX_PREAMBLE))
    except BadPriceFile:  # told once the delimiter is known
        return found
    return found
