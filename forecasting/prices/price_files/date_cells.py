"""Dates as files write them; a file keeps to one way of writing them."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from forecasting.prices.price_files.cells import Column
from forecasting.prices.price_files.date_orders import (
    WRITE_SO,
    YEAR_FIRST,
    Numbers,
    Order,
    days_in_one_order,
    orders_of,
)

_MAX_LENGTH: Final = 60
_TIME: Final = re.compile(
    r"(?P<day>.*?[0-9])[T ,;]\s*"
    r"(?P<time>(?P<hour>[0-9]{1,2}):[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:\s*[AP]\.?M\.?)?)"
    r"\s*(?P<zone>Z|(?:GMT|UTC)?[+-][0-9]{1,2}:?[0-9]{0,2}|[A-Z]{3,4})?",
    re.IGNORECASE,
)
_UTC: Final = re.compile(r"Z|(?:GMT|UTC)(?:[+-]0{1,2}:?(?:00)?)?|[+-]00:?(?:00)?", re.IGNORECASE)
_LATE: Final = 17
"""Hour of UTC from which a time may be of the next day's session: Sydney opens then, and New York's futures."""
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_COMPACT: Final = re.compile(r"((?:18|19|20)[0-9][0-9])([0-9][0-9])([0-9][0-9])")
_NUMBERS: Final = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_NAMED: Final = re.compile(
    r"(?:[a-z]{2,9}[.,]+ ?)?"  # the day of the week
    r"(?:(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th)?[- /]*(?P<month>[^\W\d_]{3,9})"
    r"|(?P<month_first>[^\W\d_]{3,9})\.?[- /]*(?P<day_second>[0-9]{1,2})(?:st|nd|rd|th)?)"
    r"[-., /]+(?P<year>[0-9]{4}|[0-9]{2})",
    re.IGNORECASE,
)
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11,
    "dec": 12, "mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12,
}  # fmt: skip
"""English and German, by their first letters."""
_SERIAL: Final = re.compile(r"([2-6][0-9]{4})(?:[.,][0-9]+)?")
_SERIAL_ZERO: Final = date(1899, 12, 30)
"""Excel's and LibreOffice's day 0."""
_EPOCH: Final = re.compile(r"[0-9]{9,10}|[0-9]{12,13}")
_SECONDS_DIGITS: Final = 10
"""A longer count since 1970 is of milliseconds."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A date as it is written."""

    way: str  # two dates of one file are written the same way
    numbers: Numbers
    orders: tuple[Order, ...] = (YEAR_FIRST,)  # in which the numbers may stand, the same for all dates of one way
    time: str = ""
    is_late: bool = False  # so late in UTC that it may be the next day where it was made


def looks_like_a_date(text: str) -> bool:
    """Whether a cell is written as a date is, if perhaps of no day that there is."""
    return _written(text) is not None


def days_of(column: Column, times: Sequence[str] = ()) -> list[date]:
    """The days of a column of dates; `times` are of a column of their own.

    Raises:
        BadPriceFile: a cell is no date, is written in another way than the others, may be two days, or is a second
            price of a day.
    """
    cells = [_written(text) for text in column.texts]
    ways = Counter(cell.way for cell in cells if cell)
    way = ways.most_common(1)[0][0] if ways else ""
    written = [_checked(cell, way, row, column) for row, cell in enumerate(cells)]
    days = days_in_one_order([cell.numbers for cell in written], written[0].orders, column) if written else []
    _require_one_a_day(days, times or [cell.time for cell in written], column)
    return days


def _checked(cell: _Written | None, way: str, row: int, column: Column) -> _Written:
    if cell is None:
        raise column.fault(row, "is no date.", WRITE_SO)
    if cell.way != way:
        raise column.fault(row, "is a date of another kind than those of the other lines.", WRITE_SO)
    if cell.is_late:
        raise column.fault(row, "is late in the evening of UTC: its session may be of the next day.", WRITE_SO)
    return cell


def _require_one_a_day(days: Sequence[date], times: Sequence[str], column: Column) -> None:
    """Refuse the prices of hours and minutes.

    Raises:
        BadPriceFile: two rows are of one day and of different times.
    """
    first: dict[date, str] = {}
    for row, (day, time) in enumerate(zip(days, times, strict=True)):
        if first.setdefault(day, time) != time:
            raise column.fault(
                row, f"is a second time of {day:%-d %b %Y}: these are no daily prices.", "Use daily prices."
            )


def _written(text: str) -> _Written | None:
    """How a cell is written; None where it is no date at all."""
    if len(text) > _MAX_LENGTH:
        return None
    found = _TIME.fullmatch(text) if ":" in text else None
    if found is None:
        return _of_day(text)
    day = _of_day(found["day"])
    late = int(found["hour"]) >= _LATE and _UTC.fullmatch(found["zone"] or "") is not None
    return replace(day, time=found["time"], is_late=late) if day else None


def _of_day(text: str) -> _Written | None:
    if found := _YEAR_FIRST.fullmatch(text):
        return _Written("year first", (int(found[1]), int(found[3]), int(found[4])))
    if found := _NUMBERS.fullmatch(text):
        numbers = (int(found[1]), int(found[3]), int(found[4]))
        separator, year_digits = found[2], len(found[4])
        orders = orders_of(separator, year_digits)
        return _Written(f"{separator} and {year_digits} digits of the year", numbers, orders)
    if found := _COMPACT.fullmatch(text):
        return _Written("compact", (int(found[1]), int(found[2]), int(found[3])))
    if found := _NAMED.fullmatch(text):
        month = _MONTHS.get((found["month"] or found["month_first"])[:3].lower(), 0)
        return _Written("named", (int(found["year"]), month, int(found["day"] or found["day_second"])))
    return _counted(text)


def _counted(text: str) -> _Written | None:
    """A count of days since 1900, as Excel shows a date without its format, or of seconds since 1970."""
    if found := _SERIAL.fullmatch(text):
        day = _SERIAL_ZERO + timedelta(days=int(found[1]))
        return _Written("serial", (day.year, day.month, day.day))
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > _SECONDS_DIGITS else 1)
        moment = datetime.fromtimestamp(seconds, UTC)
        numbers = (moment.year, moment.month, moment.day)
        return _Written("epoch", numbers, time=f"{moment:%H:%M}", is_late=moment.hour >= _LATE)
    return None
