"""Which of three numbers is the day: decided by the whole file, and refused where the file does not decide it."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from forecasting.prices.price_files.cells import Column

Numbers = tuple[int, int, int]
"""Three numbers of a date as they are written."""
Order = tuple[int, int, int]
"""Where year, month and day stand among them."""

YEAR_FIRST: Final[Order] = (0, 1, 2)
DAY_FIRST: Final[Order] = (2, 1, 0)
MONTH_FIRST: Final[Order] = (2, 0, 1)
WRITE_SO: Final = "Write dates as 2024-07-03."
_FIRST_YEAR: Final = 1800
_LAST_YEAR: Final = 2100
_CENTURY: Final = 100
_EVERY_ORDER: Final = 3
"""Where so many orders are tried, only one in which the days also follow each other is believed."""
_TURN: Final = 70
"""Years of two digits from this one on are of the last century."""


def day_of(numbers: Numbers, order: Order) -> date | None:
    """The day in an order; None where there is no such day."""
    year, month, day = (numbers[place] for place in order)
    if year < _CENTURY:
        year += 1900 if year >= _TURN else 2000
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


def orders_of(separator: str, year_digits: int) -> tuple[Order, ...]:
    """The orders that people use with a separator: nobody writes the month first before dots."""
    four = (DAY_FIRST,) if separator == "." else (DAY_FIRST, MONTH_FIRST)
    return four if year_digits > 2 else (*four, YEAR_FIRST)  # noqa: PLR2004 - 24/07/03


def days_in_one_order(written: Sequence[Numbers], orders: Sequence[Order], column: Column) -> list[date]:
    """The days of all rows, in the one order in which they make sense.

    Raises:
        BadPriceFile: a row is no date in the order of the others, or more than one order makes sense.
    """
    readings = [[day_of(numbers, order) for numbers in written] for order in orders]
    fewest = min(reading.count(None) for reading in readings)
    likely = [reading for reading in readings if reading.count(None) == fewest]
    if fewest:
        row = likely[0].index(None)
        is_one = any(reading[row] for reading in readings)
        raise column.fault(row, "is no date in the order of the other lines." if is_one else "is no date.", WRITE_SO)
    whole = [[day for day in reading if day] for reading in likely]
    if len(whole) == 1 and len(orders) < _EVERY_ORDER:
        return whole[0]
    return _the_ordered_one(whole, column)


def _the_ordered_one(readings: Sequence[list[date]], column: Column) -> list[date]:
    """The one reading whose days follow each other, or any if all are the same."""
    ordered = [reading for reading in readings if _follows(reading)]
    if len(ordered) == 1:
        return ordered[0]
    first, *others = ordered or readings
    row = next((row for other in others for row, day in enumerate(other) if day != first[row]), None)
    if row is None and ordered:
        return first
    if row is None:
        row = next(row for row, (earlier, later) in enumerate(pairwise(first), 1) if (earlier < later) != _rises(first))
        raise column.fault(row, "is out of order, and its year has two digits.", WRITE_SO)
    meant = " or ".join(f"{other[row]:%-d %b %Y}" for other in dict.fromkeys(map(tuple, readings)))
    raise column.fault(row, f"may be {meant}: no line decides it.", WRITE_SO)


def _rises(days: Sequence[date]) -> bool:
    return days[0] <= days[-1]


def _follows(days: Sequence[date]) -> bool:
    """Whether the days rise or fall all the way."""
    signed = days if _rises(days) else days[::-1]
    return all(earlier <= later for earlier, later in pairwise(signed))
