"""The prices that one run of the command line works on."""

from datetime import date
from functools import cached_property

import numpy as np

from forecasting.errors import InputError, PriceError, TooLittleHistory
from forecasting.memory_stores import MemoryPriceStore
from forecasting.model.market_features import market_of
from forecasting.ports import Clock
from forecasting.prices.service import PriceService
from forecasting.prices.sources.chain import sources_from_setting
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.types.bars import MIN_SESSIONS, MarketContext, PriceAnswer, PriceHistory, StoredPrices


class LocalPrices:
    """A `Prices` over a source setting, as it stood on a day; the market around a symbol is its folder."""

    def __init__(self, setting: str, clock: Clock, as_of: date | None = None) -> None:
        """Open the sources; later sessions than `as_of` are unknown to everybody.

        Raises:
            SettingsError: the setting names no usable source.
        """
        sources = sources_from_setting(setting, clock)
        self._folders = [source for source in sources if isinstance(source, CsvFolderSource)]
        self._desk = PriceService(sources, MemoryPriceStore(), clock)
        self._as_of = as_of

    def fresh(self, symbol: str) -> StoredPrices | None:
        """None: nothing is stored from one run to the next."""
        del symbol
        return None

    def latest(self, symbol: str) -> PriceAnswer:
        """The symbol's prices up to the day.

        Raises:
            UnknownSymbol: no source knows it.
            PriceError: no usable prices could be had, or too few up to the day.
        """
        answer = self._desk.latest(symbol)
        if self._as_of is None:
            return answer
        return PriceAnswer(_until(answer.history, self._as_of))

    def context(self) -> MarketContext | None:
        """The equal-weighted market of the folder's symbols; None where there is no folder, or a small one."""
        return self._market

    def symbols(self) -> tuple[str, ...]:
        """Every symbol of the folder.

        Raises:
            InputError: the source is no folder, so nobody knows what "all" is.
        """
        if not self._folders:
            raise InputError("Only a folder has all its symbols at hand.", "Name them: --symbols AAPL,MSFT.")
        return tuple(dict.fromkeys(symbol for folder in self._folders for symbol in folder.symbols()))

    @cached_property
    def _market(self) -> MarketContext | None:
        """Of the folder's usable files; it is made a session at a time, so a later day cannot touch an earlier one."""
        usable = (self._usable(symbol) for folder in self._folders for symbol in folder.symbols())
        return market_of([history for history in usable if history])

    def _usable(self, symbol: str) -> PriceHistory | None:
        try:
            return self._desk.latest(symbol).history
        except PriceError:  # whoever asks for this very symbol is told
            return None


def _until(history: PriceHistory, day: date) -> PriceHistory:
    """The sessions up to a day."""
    count = int(np.searchsorted(history.sessions, np.datetime64(day), side="right"))
    if count < MIN_SESSIONS:
        raise TooLittleHistory(history.symbol, count, MIN_SESSIONS)
    return history.take(slice(count))
