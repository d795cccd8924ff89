"""One file of daily prices, as raw bars with notes; whatever is not understood is refused with its line."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from forecasting.errors import BadPriceFile
from forecasting.prices.bars import RawBars
from forecasting.prices.price_files.cells import PriceTable, Role
from forecasting.prices.price_files.date_cells import days_of
from forecasting.prices.price_files.file_text import text_of
from forecasting.prices.price_files.number_cells import numbers_of
from forecasting.prices.price_files.several_rows import is_of
from forecasting.prices.price_files.table import table_of
from forecasting.types.bars import FloatArray, SessionArray

NO_VOLUME: Final = "no volume in the file"
CLOSES_ONLY: Final = "closing prices only"
OTHER_SYMBOL: Final = "the file names another symbol"
_PRICES: Final[tuple[Role, ...]] = ("open", "high", "low", "close")
_USED: Final[tuple[Role, ...]] = (*_PRICES, "adjusted", "volume")
_MAX_GAP_DAYS: Final = 4
"""A usual time from one row to the next that is longer than this is no daily file's."""


@dataclass(frozen=True, slots=True)
class PriceFile:
    """What a file holds."""

    bars: RawBars  # in the order of the days, as far as the file has one
    notes: tuple[str, ...]  # what it lacks, as short phrases


def read_price_file(path: Path, symbol: str) -> PriceFile:
    """Read a file; each bar's four prices are scaled by its own adjusted close / close, where there is one.

    Raises:
        BadPriceFile: it cannot be read, or something in it cannot be understood; names file, line and value.
    """
    table = table_of(text_of(path), path.name, symbol)
    days = np.array(days_of(table.column("date"), table.cells.get("time", ())), dtype="datetime64[D]")
    _require_daily(days, path.name)
    numbers = numbers_of(table, [role for role in _USED if role in table.cells])
    volume = numbers.get("volume", np.full(len(days), np.nan))
    bars = RawBars(days, _adjusted(numbers), volume)
    return PriceFile(_rising(bars), tuple(_notes(table, volume, symbol)))


def _adjusted(numbers: dict[Role, FloatArray]) -> FloatArray:
    """Open, high, low and close, shape (n, 4), in the terms of the adjusted close."""
    close = numbers["close"]
    prices = np.column_stack([numbers.get(role, close) for role in _PRICES])
    if "adjusted" in numbers:
        adjusted = numbers["adjusted"]
        factor = np.divide(adjusted, close, out=np.full_like(close, np.nan), where=close > 0)
        prices *= factor[:, None]
        prices[:, 3] = adjusted
    return prices


def _rising(bars: RawBars) -> RawBars:
    """The bars, turned round where the newest stand at the top: of a repeated day the upper counts there."""
    falls = len(bars) > 0 and bars.sessions[0] > bars.sessions[-1]
    return bars.take(np.arange(len(bars))[::-1]) if falls else bars


def _require_daily(days: SessionArray, file: str) -> None:
    """Refuse weekly and monthly prices, which a forecast of daily ones would take for daily.

    Raises:
        BadPriceFile: the usual time from one row to the next is longer than a long weekend.
    """
    gaps = np.diff(np.unique(days)).astype(np.float64)
    if len(gaps) and np.median(gaps) > _MAX_GAP_DAYS:
        why = f"has a price every {np.median(gaps):.0f} days; a forecast needs daily prices."
        raise BadPriceFile(file, None, why, "Save one price a day.")


def _notes(table: PriceTable, volume: FloatArray, symbol: str) -> Iterator[str]:
    if not all(is_of(owner, symbol) for owner in table.cells.get("symbol", ())[:1]):
        yield OTHER_SYMBOL  # Stooq's ^SPX is Yahoo's ^GSPC, so this is no fault
    if "open" not in table.cells:
        yield CLOSES_ONLY
    if table.lines and not np.isfinite(volume).any():
        yield NO_VOLUME
