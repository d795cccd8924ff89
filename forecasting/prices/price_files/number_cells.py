"""Numbers as files write them; one decimal mark holds for a whole file, or it is refused."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from forecasting.prices.exchanges.codes import CURRENCY
from forecasting.prices.price_files.cells import Column, PriceTable, Role, is_missing
from forecasting.types.bars import FloatArray

WRITE_SO: Final = "Write numbers as 1234.56."
_MAX_LENGTH: Final = 60
_PLAIN: Final = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_CURRENCY: Final = "|".join(("[$€£¥₹₩₽₿]", "GBP", "GBX", *sorted(set(CURRENCY.values()))))
_DECORATION: Final = re.compile(
    rf"(?P<sign>[+-]?)(?:{_CURRENCY})?\s?(?P<body>[+-]?[0-9.,](?:.*?[0-9.,KMBTkmbt])??)\s?(?:{_CURRENCY})?"
)
_SPACED: Final = re.compile(
    r"[+-]?[0-9]{1,3}(?P<gap>[ \u00a0\u202f\u2009'\u2019])[0-9]{3}(?:(?P=gap)[0-9]{3})*(?:[.,][0-9]*)?"
)
"""Thousands apart by spaces of all widths, or by Swiss apostrophes."""
_MARK: Final = re.compile(r"[+-]?(?P<digits>[0-9.,]+)(?P<exponent>E[+-]?[0-9]{1,3})?", re.IGNORECASE)
_UNITS: Final = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
"""Investing.com's `48.12M`, of volumes alone."""
_GROUP: Final = 3
_OTHER: Final = {".": ",", ",": "."}
_NUMBER: Final = {
    mark: re.compile(
        rf"[+-]?(?=[.,]?[0-9])(?:[0-9]+|[1-9][0-9]{{0,2}}(?:[{thousands}][0-9]{{2,3}})*[{thousands}][0-9]{{3}})?"
        rf"(?:[{mark}][0-9]*)?(?:E[+-]?[0-9]{{1,3}})?",
        re.IGNORECASE,
    )
    for mark, thousands in _OTHER.items()
}
"""With thousands of the other mark, as in `1,234,567.8`, or India's `12,34,567.8`."""


def numbers_of(table: PriceTable, roles: Iterable[Role]) -> dict[Role, FloatArray]:
    """The numbers of some columns, NaN where a cell says that there is no value.

    Raises:
        BadPriceFile: a cell is no number, or the decimal mark cannot be told from that of thousands.
    """
    columns = {role: table.column(role) for role in roles}
    bare = {role: [_bare(text, role) for text in column.texts] for role, column in columns.items()}
    mark = _decimal_mark(table, bare)
    return {role: _read(bare[role], mark, column, role) for role, column in columns.items()}


def _bare(text: str, role: Role) -> str:
    """A number without its currency and the gaps between its thousands; a missing one is empty."""
    if _PLAIN.fullmatch(text):
        return text
    if is_missing(text):
        return ""
    found = _DECORATION.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if found is None:
        return "?"
    body, unit = found["body"], ""
    if role == "volume" and body[-1:].upper() in _UNITS:
        body, unit = body[:-1].rstrip(), body[-1].upper()
    if spaced := _SPACED.fullmatch(body):
        body = body.replace(spaced["gap"], "")
    return found["sign"] + body + unit


def _decimal_mark(table: PriceTable, bare: dict[Role, list[str]]) -> str:
    """The one mark of the file: what most numbers show, else what leaves nothing open.

    Raises:
        BadPriceFile: all that there is may be thousands as well.
    """
    sure = Counter(mark for texts in bare.values() for text in texts if (mark := _sure_mark(text)))
    if sure:
        return sure.most_common(1)[0][0]
    prices = {role: texts for role, texts in bare.items() if role != "volume"}
    marks = {text[place] for texts in prices.values() for text in texts if (place := _place_of_mark(text)) >= 0}
    if marks == {"."} and table.delimiter != ";":
        return "."
    for role, texts in prices.items():
        row = next((row for row, text in enumerate(texts) if _place_of_mark(text) >= 0), None)
        if row is not None:
            raise table.column(role).fault(row, "may have decimals or thousands: no line decides it.", WRITE_SO)
    return "," if any("." in text for text in bare.get("volume", ())) else "."  # shares are counted in whole


def _place_of_mark(text: str) -> int:
    """Where the last mark of a number is; -1 where it has none."""
    return max(text.rfind("."), text.rfind(","))


def _sure_mark(text: str) -> str:
    """The decimal mark that a number shows beyond doubt; empty where it shows none."""
    found = _MARK.match(text)
    place = _place_of_mark(found["digits"]) if found else -1
    if found is None or place < 0:
        return ""
    digits = found["digits"]
    mark = digits[place]
    if _OTHER[mark] in digits or found["exponent"]:
        return mark
    if digits.count(mark) > 1:
        return _OTHER[mark]
    is_open = len(digits) - place - 1 == _GROUP and 1 <= place <= _GROUP and digits[0] != "0"
    return "" if is_open else mark


def _read(texts: Sequence[str], mark: str, column: Column, role: Role) -> FloatArray:
    return np.array([_value(text, mark, role, row, column) for row, text in enumerate(texts)], dtype=np.float64)


def _value(text: str, mark: str, role: Role, row: int, column: Column) -> float:
    """One number.

    Raises:
        BadPriceFile: it is none.
    """
    if not text:
        return math.nan
    unit = _UNITS.get(text[-1], 0.0) if role == "volume" else 0.0
    digits = text[:-1] if unit else text
    if _NUMBER[mark].fullmatch(digits):
        number = float(digits.replace(_OTHER[mark], "").replace(mark, ".")) * (unit or 1.0)
        if math.isfinite(number):
            return number
    elif _NUMBER[_OTHER[mark]].fullmatch(digits):
        name = {".": "point", ",": "comma"}[mark]
        raise column.fault(row, f"is no number where the decimal mark is a {name}, as in the other lines.", WRITE_SO)
    raise column.fault(row, "is no number.", WRITE_SO)
