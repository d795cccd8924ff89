"""What every price source promises: clean sessions and errors with names."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecasting.errors import UnknownSymbol
from forecasting.ports import PriceSource
from forecasting.prices.exchanges.calendars import is_known, last_closed_session, sessions_between
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.prices.sources.simulated import SimulatedSource
from forecasting.prices.sources.tiingo import TiingoSource
from forecasting.prices.sources.yahoo import YahooSource
from forecasting.types.bars import MIN_SESSIONS
from tests.factories import NOW, csv_text, price_history
from tests.fakes import ManualClock
from tests.integration.prices.loopback_tiingo import KEY, loopback_tiingo
from tests.integration.prices.loopback_yahoo import bars, loopback_yahoo

TODAY = date(2024, 7, 3)


def csv_source(_: ExitStack, folder: Path) -> PriceSource:
    (folder / "AAPL.csv").write_text(csv_text(price_history()))
    return CsvFolderSource(folder, ManualClock())


def simulated_source(_: ExitStack, __: Path) -> PriceSource:
    return SimulatedSource(ManualClock())


def yahoo_source(stack: ExitStack, _: Path) -> PriceSource:
    server = stack.enter_context(loopback_yahoo())
    server.add(bars("AAPL", sessions_between("XNYS", date(2020, 1, 1), TODAY).tolist()))
    return YahooSource(ManualClock(), server.url)


def tiingo_source(stack: ExitStack, _: Path) -> PriceSource:
    server = stack.enter_context(loopback_tiingo())
    server.histories["AAPL"] = price_history()
    return TiingoSource(ManualClock(), KEY, server.url)


@pytest.fixture(params=[csv_source, simulated_source, yahoo_source, tiingo_source])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PriceSource]:
    build: Callable[[ExitStack, Path], PriceSource] = request.param
    with ExitStack() as stack:
        yield build(stack, tmp_path)


def test_a_whole_history_is_clean_and_ends_with_the_last_closed_session(source: PriceSource) -> None:
    history = source.history("AAPL")
    assert len(history) >= MIN_SESSIONS
    assert history.sessions.dtype == np.dtype("datetime64[D]")
    assert (np.diff(history.sessions) > np.timedelta64(0)).all()
    prices = np.column_stack([history.open, history.high, history.low, history.close])
    assert (prices > 0).all()
    assert (history.high == prices.max(axis=1)).all()
    assert (history.low == prices.min(axis=1)).all()
    assert (history.volume >= 0).all()
    assert history.last_session == last_closed_session(history.exchange, NOW)
    assert (history.symbol, history.source, history.fetched_at) == ("AAPL", source.name, NOW)
    assert is_known(history.exchange)
    assert history.name


def test_an_unknown_symbol_has_its_name(source: PriceSource) -> None:
    if source.name == "simulated":
        assert len(source.history("NOPE")) >= MIN_SESSIONS
    else:
        with pytest.raises(UnknownSymbol, match="NOPE"):
            source.history("NOPE")


def test_search_finds_nothing_without_complaint(source: PriceSource) -> None:
    assert source.search("zzzz") == ()
