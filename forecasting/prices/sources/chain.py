"""The price sources of a setting such as `yahoo,csv:prices`, in the order in which they are asked."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from forecasting.errors import SettingsError
from forecasting.ports import Clock, PriceSource
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.prices.sources.simulated import SimulatedSource
from forecasting.prices.sources.tiingo import TIINGO_URL, TiingoSource
from forecasting.prices.sources.yahoo import YahooSource

KNOWN: Final = "yahoo, csv:FOLDER, simulated and tiingo"


def sources_from_setting(
    text: str, clock: Clock, *, yahoo_url: str = "", tiingo_key: str = "", tiingo_url: str = TIINGO_URL
) -> tuple[PriceSource, ...]:
    """Build the sources that a comma-separated setting names, in its order.

    `clock` tells the time in UTC; `yahoo_url` is the root of a mirror of Yahoo, empty for Yahoo itself;
    `tiingo_key` opens Tiingo.

    Raises:
        SettingsError: a name is unknown, given twice or missing, a folder holds no prices, or Tiingo has no key.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        _refuse("names no price source.")
    if len(set(words)) < len(words):
        _refuse("names a source twice.")
    builders: dict[str, Callable[[], PriceSource]] = {
        "yahoo": lambda: YahooSource(clock, yahoo_url),
        "simulated": lambda: SimulatedSource(clock),
        "tiingo": lambda: TiingoSource(clock, tiingo_key, tiingo_url),
    }
    return tuple(_source(word, clock, builders) for word in words)


def _source(word: str, clock: Clock, builders: dict[str, Callable[[], PriceSource]]) -> PriceSource:
    kind, _, folder = word.partition(":")
    if kind == "csv" and folder:
        return CsvFolderSource(Path(folder).expanduser(), clock)
    if word not in builders:
        _refuse(f"names {word!r}, which is no price source.")
    return builders[word]()


def _refuse(problem: str) -> NoReturn:
    what = f"PRICE_SOURCES {problem}"
    raise SettingsError(what, f"Use a comma list of {KNOWN}.")
