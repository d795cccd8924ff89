"""Prices from a folder of CSV files in the layout of Yahoo's downloads, one file a symbol."""

from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices, InputError, SettingsError, SourceUnreachable, UnknownSymbol
from forecasting.ports import Clock
from forecasting.prices.bar_checks import checked
from forecasting.prices.bars import RawBars, SourceListing
from forecasting.prices.exchanges import currency_of, exchange_of
from forecasting.prices.symbols import normalise
from forecasting.types.bars import MAX_MATCHES, PriceHistory, SymbolMatch

MAX_FILE_BYTES: Final = 20_000_000
_PRICES: Final = ("Open", "High", "Low", "Close")
_COLUMNS: Final = ("Date", *_PRICES, "Volume")


class CsvFolderSource:
    """A `PriceSource` of files named `SYMBOL.csv`; it only grows when somebody replaces a file."""

    name = "csv"

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Take the folder.

        Raises:
            SettingsError: it is no folder, or holds no CSV file.
        """
        self._folder = folder
        self._clock = clock
        if not folder.is_dir() or not self._files():
            what = f"The price folder {folder} holds no CSV files."
            raise SettingsError(what, "Give csv: a folder with files such as AAPL.csv.")

    def history(self, symbol: str, since: date | None = None) -> PriceHistory:
        """Prices of a symbol from its file, adjusted by `Adj Close` where there is one.

        Raises:
            UnknownSymbol: the folder has no such file.
            PriceError: the file cannot be read, or holds no usable prices.
        """
        path = self._files().get(symbol)
        if path is None:
            raise UnknownSymbol(symbol)
        bars = _read(path)
        if since is not None:
            bars = bars.take(bars.sessions >= np.datetime64(since))
        listing = SourceListing(symbol, currency_of(symbol), exchange_of(symbol), symbol, self.name)
        return checked(bars, listing, self._clock(), whole=since is None)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 symbols of the folder that start with the text."""
        wanted = text.strip().upper()
        found = sorted(symbol for symbol in self._files() if wanted and symbol.startswith(wanted))
        return tuple(SymbolMatch(symbol, symbol) for symbol in found[:MAX_MATCHES])

    def symbols(self) -> tuple[str, ...]:
        """Every symbol that has a file, in alphabetical order."""
        return tuple(sorted(self._files()))

    def _files(self) -> dict[str, Path]:
        """The folder's files by symbol: only what is listed can be read, so a symbol cannot lead elsewhere."""
        files = {}
        for path in self._folder.glob("*.csv"):
            try:
                files[normalise(path.stem)] = path
            except InputError:  # some other file
                continue
        return files


def _read(path: Path) -> RawBars:
    """The bars of one file.

    Raises:
        SourceUnreachable: the file cannot be read.
        BadPrices: it is no price file.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            what = f"{path.name} is larger than {MAX_FILE_BYTES // 1_000_000} MB."
            raise BadPrices(what, "Keep daily prices in it only.")
        table = pd.read_csv(path, dtype={"Date": str}, skipinitialspace=True)
    except OSError as error:
        raise SourceUnreachable("csv", f"{path.name} cannot be read") from error
    except (ValueError, pd.errors.ParserError) as error:
        what = f"{path.name} is not a table of prices."
        raise BadPrices(what, f"It needs the columns {', '.join(_COLUMNS)}.") from error
    missing = [column for column in _COLUMNS if column not in table]
    if missing:
        what = f"{path.name} lacks the column {missing[0]}."
        raise BadPrices(what, f"It needs the columns {', '.join(_COLUMNS)}.")
    return _bars(table)


def _bars(table: pd.DataFrame) -> RawBars:
    """The table's bars; each bar's four prices are scaled by its own Adj Close / Close."""
    days = pd.to_datetime(table["Date"].str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    prices = np.column_stack([_numbers(table[column]) for column in _PRICES])
    if "Adj Close" in table:
        close = prices[:, 3].copy()
        adjusted = _numbers(table["Adj Close"])
        factor = np.divide(adjusted, close, out=np.full_like(close, np.nan), where=close > 0)
        prices *= factor[:, None]
        prices[:, 3] = adjusted
    return RawBars(days.to_numpy().astype("datetime64[D]"), prices, _numbers(table["Volume"]))


def _numbers(column: "pd.Series[float]") -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A column as float64, NaN where there is no number."""
    return pd.to_numeric(column, errors="coerce").to_numpy(np.float64, copy=True)
