"""Many chats at once, through yfinance and a database: one request a symbol, and no pile-up at a 429."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise

import pytest

from forecasting.errors import RateLimited, SourceUnreachable
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.prices.service import PriceService
from forecasting.prices.sources.yahoo import YahooSource
from forecasting.types.bars import PriceAnswer, PriceTrouble
from storage import Stores
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.integration.prices.faults import hang, page, status
from tests.integration.prices.loopback_yahoo import Fault, LoopbackYahoo, bars

SYMBOLS = tuple(f"S{number}" for number in range(50))
MINUTE = timedelta(minutes=1)


class Stage:
    """A service over the loopback Yahoo and a database."""

    def __init__(self, yahoo: LoopbackYahoo, stores: Stores) -> None:
        self.clock = ManualClock()
        self.yahoo = yahoo
        self.store = stores.prices
        self.service = self.service_with_timeout(10)

    def service_with_timeout(self, seconds: float) -> PriceService:
        return PriceService([YahooSource(self.clock, self.yahoo.url, seconds)], self.store, self.clock)

    def ask(self, symbol: str) -> PriceAnswer | PriceTrouble:
        try:
            return self.service.latest(symbol)
        except (RateLimited, SourceUnreachable) as error:
            return PriceTrouble(error.what, error.retry_at)

    def ask_at_once(self, symbols: tuple[str, ...]) -> list[PriceAnswer | PriceTrouble]:
        with ThreadPoolExecutor(len(symbols)) as pool:
            return list(pool.map(self.ask, symbols))


@pytest.fixture
def stage(yahoo: LoopbackYahoo, stores: Stores) -> Stage:
    days = sessions_between("XNYS", date(2023, 1, 3), date(2024, 7, 3)).tolist()
    for number, symbol in enumerate(SYMBOLS):
        yahoo.add(bars(symbol, days, seed=number))
    return Stage(yahoo, stores)


def test_fifty_chats_ask_for_one_symbol_and_yahoo_is_asked_once(stage: Stage) -> None:
    answers = stage.ask_at_once(("AAPL",) * 50)
    assert all(isinstance(answer, PriceAnswer) and answer.trouble is None for answer in answers)
    assert stage.yahoo.charts == 1


def test_fifty_symbols_while_yahoo_limits_us(stage: Stage) -> None:
    stage.yahoo.fail(status(429))
    for second in (0, 15, 30, 45, 59):  # of the first minute
        stage.clock.now = NOW + timedelta(seconds=second)
        for told in stage.ask_at_once(SYMBOLS):
            assert isinstance(told, PriceTrouble)
            assert told.retry_at is not None
            assert NOW + MINUTE <= told.retry_at <= NOW + 2 * MINUTE
    assert len(stage.yahoo.requests) <= 3, stage.yahoo.requests
    (source,) = stage.service.status()
    assert (source.failures, source.last_success) == (1, None)

    stage.yahoo.behave()
    stage.clock.advance(2 * MINUTE)
    left: tuple[str, ...] = SYMBOLS
    for _ in range(5):
        left = stage.service.refresh_all(left, budget=10).left
    assert left == ()
    assert all(isinstance(answer, PriceAnswer) for answer in stage.ask_at_once(SYMBOLS))
    assert stage.yahoo.charts <= len(SYMBOLS) + 2
    assert stage.service.status()[0].next_try is None


def test_a_long_limit_is_probed_ever_more_rarely(stage: Stage) -> None:
    stage.yahoo.fail(status(429))
    probes = []
    for minute in range(180):
        stage.clock.now = NOW + minute * MINUTE
        before = len(stage.yahoo.requests)
        stage.ask(SYMBOLS[minute % 50])
        probes += [minute] * (len(stage.yahoo.requests) > before)
    assert len(probes) <= 11
    assert probes[0] == 0
    assert max(later - earlier for earlier, later in pairwise(probes)) >= 30


def test_retry_after_is_what_the_chats_are_told(stage: Stage) -> None:
    stage.yahoo.fail(status(429, Retry_After="240"))
    told = stage.ask("AAPL")
    assert isinstance(told, PriceTrouble)
    assert told.retry_at == NOW + 4 * MINUTE
    assert told.sentence == "Yahoo is limiting us."


@pytest.mark.parametrize("fault", [status(429), page(500, "<html>"), hang])
def test_who_has_stored_prices_is_answered_from_them(stage: Stage, fault: Fault) -> None:
    stage.ask("AAPL")
    stage.clock.advance(timedelta(days=2))
    stage.yahoo.fail(fault)
    stage.service = stage.service_with_timeout(0.3)
    for answer in stage.ask_at_once(("AAPL",) * 10):
        assert isinstance(answer, PriceAnswer)
        assert answer.history.last_session == date(2024, 7, 3)
        assert answer.trouble is not None
        assert answer.trouble.retry_at is not None
