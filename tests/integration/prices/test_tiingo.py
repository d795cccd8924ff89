"""Tiingo over HTTP: its adjusted prices, its errors, and a key that is shown nowhere."""

import traceback
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from forecasting.errors import (
    BadPrices,
    FanchartError,
    RateLimited,
    SettingsError,
    SourceUnreachable,
    TooLittleHistory,
    UnknownSymbol,
)
from forecasting.prices.sources.tiingo import TiingoSource
from forecasting.types.bars import Dividend, Split
from tests.factories import price_history
from tests.fakes import ManualClock
from tests.integration.prices.loopback_tiingo import KEY, LoopbackTiingo, loopback_tiingo


@pytest.fixture
def tiingo() -> Iterator[LoopbackTiingo]:
    with loopback_tiingo() as server:
        server.histories["BRK-B"] = price_history("BRK-B")
        yield server


def source(server: LoopbackTiingo, key: str = KEY) -> TiingoSource:
    return TiingoSource(ManualClock(), key, server.url)


def test_prices_are_the_adjusted_ones(tiingo: LoopbackTiingo) -> None:
    history = source(tiingo).history("BRK-B")
    expected = price_history("BRK-B")
    for name in ("sessions", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(history, name), getattr(expected, name)), name
    assert (history.source, history.exchange, history.currency) == ("tiingo", "XNYS", "USD")
    assert history.splits == (Split(date(2024, 7, 3), 2.0),)
    assert history.dividends == (Dividend(date(2024, 7, 1), 0.25),), "of today's shares"
    assert source(tiingo).search("brk") == ()


def test_everything_since_the_listing_is_asked_for(tiingo: LoopbackTiingo) -> None:
    tiingo.histories["BRK-B"] = price_history("BRK-B", 9000)
    assert len(source(tiingo).history("BRK-B")) == 9000
    assert tiingo.requests == ["/tiingo/daily/brk-b/prices?startDate=1900-01-01&format=json"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((429, b"{}"), RateLimited),
        ((401, b"{}"), SourceUnreachable),
        ((403, b"{}"), SourceUnreachable),
        ((404, b"{}"), UnknownSymbol),
        ((302, b"{}"), SourceUnreachable),
        ((500, b"oops"), SourceUnreachable),
        ((503, b"{}"), SourceUnreachable),
        ((200, b"<html>"), SourceUnreachable),
        ((200, b'{"detail": "Error: something"}'), BadPrices),
        ((200, b'[{"date": "2024-07-01"}]'), BadPrices),
        ((200, b"[1, 2]"), BadPrices),
        ((200, b"null"), BadPrices),
        ((200, b"[]"), TooLittleHistory),
    ],
)
def test_refusals_have_names_and_no_key(
    tiingo: LoopbackTiingo, answer: tuple[int, bytes], error: type[FanchartError]
) -> None:
    tiingo.answer = answer
    with pytest.raises(error) as raised:
        source(tiingo).history("BRK-B")
    assert KEY not in "".join(traceback.format_exception(raised.value))


def test_a_wrong_key_is_told_and_not_shown(tiingo: LoopbackTiingo) -> None:
    wrong = source(tiingo, "another-key")
    with pytest.raises(SourceUnreachable, match="refuses the key") as raised:
        wrong.history("BRK-B")
    assert "another-key" not in "".join(traceback.format_exception(raised.value))
    assert "another-key" not in repr(wrong)


def test_nobody_listening_is_unreachable() -> None:
    with loopback_tiingo() as server:
        gone = source(server)
    with pytest.raises(SourceUnreachable, match="connection failed"):
        gone.history("BRK-B")


@pytest.mark.parametrize("symbol", ["^GSPC", "BTC-USD", "VOD.L", "EURUSD=X"])
def test_what_is_not_listed_in_the_united_states_is_not_asked_for(tiingo: LoopbackTiingo, symbol: str) -> None:
    with pytest.raises(UnknownSymbol):
        source(tiingo).history(symbol)
    assert tiingo.requests == []


def test_without_a_key_there_is_no_source() -> None:
    with pytest.raises(SettingsError, match="TIINGO_KEY"):
        TiingoSource(ManualClock(), "")
