"""Prices from a folder of CSV files, one a symbol, as `price_files` reads them."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from forecasting.errors import BadPriceFile, InputError, SettingsError, SourceUnreachable, UnknownSymbol
from forecasting.ports import Clock
from forecasting.prices.bar_checks import checked
from forecasting.prices.bars import SourceListing
from forecasting.prices.exchanges.codes import currency_of, exchange_of
from forecasting.prices.price_files.reading import read_price_file
from forecasting.prices.symbols import normalise
from forecasting.types.bars import MAX_MATCHES, PriceHistory, SymbolMatch

ENDINGS: Final = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
"""Of file names, in small or capital letters."""


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
        try:
            found = self._files()
        except SourceUnreachable:
            found = {}
        if not found:
            what = f"The price folder {folder} holds no CSV files."
            raise SettingsError(what, "Give csv: a folder with files such as AAPL.csv.")

    def history(self, symbol: str) -> PriceHistory:
        """Prices of a symbol from its file, adjusted by `Adj Close` where there is one.

        Raises:
            UnknownSymbol: the folder has no such file.
            PriceError: folder or file cannot be read (`SourceUnreachable`, `BadPriceFile`), or it has no usable prices.
        """
        file = read_price_file(self._file_of(symbol), symbol)
        listing = SourceListing(symbol, currency_of(symbol), exchange_of(symbol), symbol, self.name)
        history = checked(file.bars, listing, self._clock())
        return replace(history, notes=(*file.notes, *history.notes))

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 symbols of the folder that start with the text.

        Raises:
            SourceUnreachable: the folder cannot be read.
        """
        wanted = text.strip().upper()
        found = sorted(symbol for symbol in self._files() if wanted and symbol.startswith(wanted))
        return tuple(SymbolMatch(symbol, symbol) for symbol in found[:MAX_MATCHES])

    def symbols(self) -> tuple[str, ...]:
        """Every symbol that has a file, in alphabetical order.

        Raises:
            SourceUnreachable: the folder cannot be read.
        """
        return tuple(sorted(self._files()))

    def _file_of(self, symbol: str) -> Path:
        """The one file of a symbol.

        Raises:
            UnknownSymbol: there is none.
            SourceUnreachable: the folder cannot be read.
            BadPriceFile: there are two, and nothing tells which is right.
        """
        paths = self._files().get(symbol)
        if not paths:
            raise UnknownSymbol(symbol)
        if len(paths) > 1:
            both = f"and {paths[1].name} are both prices of {symbol}."
            raise BadPriceFile(paths[0].name, None, both, "Keep one of them.")
        return paths[0]

    def _files(self) -> dict[str, list[Path]]:
        """The folder's files by symbol: only what is listed can be read, so a symbol cannot lead elsewhere."""
        files: dict[str, list[Path]] = {}
        for path in self._listed():
            name = path.name.lower()
            ending = next((ending for ending in ENDINGS if name.endswith(ending)), None)
            if ending is None:
                continue
            try:
                files.setdefault(normalise(path.name[: -len(ending)]), []).append(path)
            except InputError:  # some other file
                continue
        return files

    def _listed(self) -> list[Path]:
        try:
            return sorted(self._folder.iterdir())
        except OSError as error:  # it was moved, or its drive is off
            raise SourceUnreachable("csv", f"the folder {self._folder.name} cannot be read") from error
