"""The prices of one run of the command line."""

from datetime import date
from typing import Final

import numpy as np

from forecasting.errors import InputError, TooLittleHistory
from forecasting.memory_stores import MemoryPriceStore
from forecasting.ports import Clock, Market
from forecasting.prices.market_context import market_of
from forecasting.prices.service import PriceService
from forecasting.prices.sources.chain import sources_from_setting
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.settings import EngineSettings
from forecasting.types.bars import MIN_SESSIONS, PriceAnswer, PriceHistory, StoredPrices, SymbolMatch

MARKET_PATIENCE_S: Final = 60.0
"""A run of the command line waits for the index as long as its source may take."""


class LocalPrices:
    """`Prices` of PRICE_SOURCES as on a day."""

    def __init__(self, settings: EngineSettings, clock: Clock, as_of: date | None = None) -> None:
        """Open the sources; sessions later than `as_of` are left out.

        Raises:
            SettingsError: the setting names no usable source.
        """
        sources = sources_from_setting(settings.price_sources, clock, **settings.source_access)
        self._folders = [source for source in sources if isinstance(source, CsvFolderSource)]
        self._service = PriceService(sources, MemoryPriceStore(), clock)
        self._as_of = as_of

    def fresh(self, symbol: str) -> StoredPrices | None:
        """None: nothing is stored from one run to the next."""
        del symbol
        return None

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings that a text may mean, best first.

        Raises:
            SearchUnavailable: nothing was found, and a source could not search.
        """
        return self._service.search(text)

    def latest(self, symbol: str) -> PriceAnswer:
        """The symbol's prices up to the day.

        Raises:
            UnknownSymbol: no source knows it.
            PriceError: no usable prices could be had, or too few up to the day.
        """
        answer = self._service.latest(symbol)
        if self._as_of is None:
            return answer
        return PriceAnswer(_until(answer.history, self._as_of))

    def renewed(self, symbol: str) -> PriceAnswer:
        """The same: nothing is stored, so everybody waits.

        Raises:
            FanchartError: as for `latest`.
        """
        return self.latest(symbol)

    def symbols(self) -> tuple[str, ...]:
        """Every symbol of the folder.

        Raises:
            InputError: the source is no folder, so there is no "all".
        """
        if not self._folders:
            raise InputError("Only a folder has all its symbols at hand.", "Name them: --symbols AAPL,MSFT.")
        return tuple(dict.fromkeys(symbol for folder in self._folders for symbol in folder.symbols()))


def local_market(setting: str, settings: EngineSettings, clock: Clock) -> Market:
    """The market by the index that these price sources know.

    Raises:
        SettingsError: the setting names no usable source.
    """
    sources = sources_from_setting(setting, clock, **settings.source_access)
    store = MemoryPriceStore()
    return market_of(sources, store, PriceService(sources, store, clock).latest, clock, patience_s=MARKET_PATIENCE_S)


def _until(history: PriceHistory, day: date) -> PriceHistory:
    count = int(np.searchsorted(history.sessions, np.datetime64(day), side="right"))
    if count < MIN_SESSIONS:
        raise TooLittleHistory(history.symbol, count, MIN_SESSIONS)
    return history.take(slice(count))
