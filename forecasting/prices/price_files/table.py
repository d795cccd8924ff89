"""The rows of a price file: what is no price is left out, and what is neither is refused with its line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from forecasting.errors import BadPriceFile
from forecasting.prices.price_files.cells import PriceTable, Role, quoted
from forecasting.prices.price_files.date_cells import looks_like_a_date
from forecasting.prices.price_files.header import Header
from forecasting.prices.price_files.layout import Layout, Record, layout_of, lines_of, records
from forecasting.prices.price_files.several_rows import is_of

_EVENT: Final = re.compile(r"dividend|split|distribution|capital gain", re.IGNORECASE)
"""Rows that Yahoo's page has among its prices: `Aug 9, 2024 0.25 Dividend`."""
_ONE_VALUE: Final = 2
"""Cells of a row with a date and one text."""


def table_of(text: str, file: str, symbol: str) -> PriceTable:
    """The rows of a file's text that hold prices of the symbol.

    Raises:
        BadPriceFile: the text is no table of prices, or a row of it cannot be understood.
    """
    lines = lines_of(text, file)
    layout = layout_of(lines, file, symbol)
    rows = _without_remarks(list(_body(lines, layout, file)), layout.header)
    for row in rows:
        _require_whole(row, layout.header, file)
    columns = {role: tuple(_cell(row, place) for row in rows) for role, place in layout.header.columns.items()}
    if layout.symbol:
        columns["symbol"] = (layout.symbol,) * len(rows)
    table = PriceTable(file, layout.delimiter, tuple(row.line for row in rows), columns)
    return _of_symbol(table, symbol)


def _body(lines: Sequence[str], layout: Layout, file: str) -> Iterator[Record]:
    """The rows below the header that are neither headers again nor news of the company."""
    date = layout.header.columns["date"]
    name = layout.header.names[date].strip()
    for number, row in enumerate(records(lines, layout.delimiter, file)):
        is_header = bool(name) and _cell(row, date) == name
        if number >= layout.body and not is_header and not _is_event(row):
            yield row


def _cell(row: Record, place: int) -> str:
    return row.cells[place].strip() if place < len(row.cells) else ""


def _is_event(row: Record) -> bool:
    """Whether the row tells of a dividend or a split and holds nothing else."""
    filled = [cell for cell in row.cells if cell.strip()]
    return len(filled) == _ONE_VALUE and _EVENT.search(filled[1]) is not None


def _without_remarks(rows: list[Record], header: Header) -> list[Record]:
    """The rows without those at the end that have neither a date nor a price: sources and footnotes."""
    while rows and _is_remark(rows[-1], header):
        rows.pop()
    return rows


def _is_remark(row: Record, header: Header) -> bool:
    date = _cell(row, header.columns["date"])
    price = _cell(row, header.columns["close"])
    return not (date[:1].isdigit() or looks_like_a_date(date) or any(letter.isdigit() for letter in price))


def _require_whole(row: Record, header: Header, file: str) -> None:
    """Refuse a row with more cells than columns, or that breaks off.

    Raises:
        BadPriceFile: the cells cannot be told apart.
    """
    count = len(row.cells)
    if count > header.width and any(cell.strip() for cell in row.cells[header.width :]):
        why = f"{_values(count)}, but {header.width} columns."
        raise BadPriceFile(file, row.line, why, "Put quotation marks around values with a delimiter in them.")
    if count <= max(header.columns.values()):
        why = f"{_values(count)}, but {header.width} columns: {quoted(_cell(row, count - 1))} is the last."
        raise BadPriceFile(file, row.line, why, "Complete the line.")


def _values(count: int) -> str:
    return "there is 1 value" if count == 1 else f"there are {count} values"


def _of_symbol(table: PriceTable, symbol: str) -> PriceTable:
    """The table's rows of the symbol, where it has a column of symbols.

    Raises:
        BadPriceFile: there are several, and none is the wanted one.
    """
    owners = table.cells.get("symbol", ())
    if len(set(owners)) <= 1:
        return table
    own = [row for row, owner in enumerate(owners) if is_of(owner, symbol)]
    if not own:
        other = next(row for row, owner in enumerate(owners) if owner != owners[0])
        why = f"is a second symbol in the file, and {symbol} is none of them."
        raise table.column("symbol").fault(other, why, "Keep one symbol a file.")
    cells: Mapping[Role, tuple[str, ...]] = {
        role: tuple(texts[row] for row in own) for role, texts in table.cells.items()
    }
    return PriceTable(table.file, table.delimiter, tuple(table.lines[row] for row in own), cells)
