"""One symbol hangs: who has stored prices of it is answered from them, and the others do not notice."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Event

from forecasting.errors import UnknownSymbol
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.types.bars import PriceHistory, SymbolMatch
from tests.e2e.bot.stage import stage
from tests.factories import price_history
from tests.waiting import PATIENCE_S

SESSIONS = sessions_between("XNYS", date(2022, 1, 3), date(2024, 7, 5))


class OneHangs:
    """A `PriceSource` of two symbols, with prices up to a day; AAPL hangs where it is not released."""

    name = "yahoo"

    def __init__(self) -> None:
        self.days = len(SESSIONS) - 1  # to 3 July
        self.released = Event()
        self.released.set()

    def history(self, symbol: str) -> PriceHistory:
        if symbol not in {"AAPL", "MSFT"}:
            raise UnknownSymbol(symbol)
        if symbol == "AAPL":
            assert self.released.wait(PATIENCE_S)
        whole = replace(price_history(symbol, len(SESSIONS), source=self.name), sessions=SESSIONS)
        return whole.take(slice(0, self.days))

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return ()


async def test_one_symbol_hangs(tmp_path: Path) -> None:
    yahoo = OneHangs()
    async with stage(tmp_path, sources=(yahoo,), patience_s=0.01) as running:
        assert "Close" in (await running.ask("/predict AAPL")).text
        running.clock.advance(timedelta(days=2))  # Friday's session has closed
        yahoo.days = len(SESSIONS)
        yahoo.released.clear()
        told = await running.ask("/predict AAPL")
        assert told.photo
        assert "Newer prices take their time. Here is the forecast on data to 3 Jul 2024." in told.text
        assert (await running.ask("/predict MSFT")).photo
        yahoo.released.set()
        renewed = await running.changed(told, "to 5 Jul 2024")
        assert "take their time" not in renewed.text
