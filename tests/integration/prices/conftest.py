"""A Yahoo on this machine with one good symbol, on the evening of Wednesday 3 July 2024."""

from collections.abc import Iterator
from datetime import date

import pytest

from forecasting.prices.exchanges.calendars import sessions_between
from tests.integration.prices.loopback_yahoo import LoopbackYahoo, bars, loopback_yahoo

TODAY = date(2024, 7, 3)


@pytest.fixture
def yahoo() -> Iterator[LoopbackYahoo]:
    with loopback_yahoo() as server:
        server.add(bars("AAPL", sessions_between("XNYS", date(2022, 1, 3), TODAY).tolist()))
        server.names["AAPL"] = "Apple Inc."
        yield server
