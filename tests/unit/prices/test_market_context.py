"""The market's prices: looked for when they lack a session, waited for a second at most, shared by all who ask."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from threading import Barrier, Event

from forecasting.errors import SourceUnreachable, StorageError
from forecasting.memory_stores import MemoryPriceStore
from forecasting.prices.market_context import (
    INDEX,
    RENEW_AFTER,
    VOLATILITY,
    IndexMarket,
    NoMarket,
    in_a_thread,
    market_of,
)
from forecasting.types.bars import PriceHistory, StoredPrices
from tests.factories import price_history
from tests.fakes import ManualClock
from tests.unit.prices.scripted_source import ScriptedSource
from tests.waiting import PATIENCE_S

SYMBOL = price_history(source="yahoo")
STORED = StoredPrices("AAPL", "XNYS", "yahoo", SYMBOL.last_session, SYMBOL.fetched_at)


def index(last: date = SYMBOL.last_session) -> PriceHistory:
    return price_history(INDEX, 300, last=last, source="yahoo")


@dataclass
class Bench:
    """A market whose index comes when a test says so."""

    patience_s: float = PATIENCE_S
    background: Callable[[Callable[[], None]], object] = in_a_thread
    comes: PriceHistory | None = field(default_factory=index)
    trouble: Exception | None = None

    def __post_init__(self) -> None:
        self.clock = ManualClock()
        self.store = MemoryPriceStore()
        self.asked: list[str] = []
        self.may_come = Event()
        self.may_come.set()
        self.all_asked = Event()
        self.market = IndexMarket(
            self.store, self.renew, self.clock, patience_s=self.patience_s, background=self.background
        )

    def renew(self, symbol: str) -> None:
        self.asked.append(symbol)
        assert self.may_come.wait(PATIENCE_S)
        if symbol == VOLATILITY:
            self.all_asked.set()
        if self.trouble:
            raise self.trouble
        if symbol == INDEX and self.comes:
            self.store.save(self.comes)


def test_the_first_who_asks_after_a_close_waits_and_sees_what_the_second_sees() -> None:
    bench = Bench()
    bench.store.save(index(date(2024, 7, 2)))
    first, second = bench.market.context(SYMBOL), bench.market.context(SYMBOL)
    assert first is not None
    assert second is not None
    assert first.market_return.tobytes() == second.market_return.tobytes()
    assert bench.all_asked.wait(PATIENCE_S)
    assert bench.asked == [INDEX, VOLATILITY]


def test_an_index_that_is_stored_is_not_asked_for() -> None:
    bench = Bench()
    bench.store.save(index())
    assert bench.market.context(SYMBOL) is not None
    assert bench.market.is_known(STORED)
    assert bench.asked == []


def test_an_index_that_is_slow_is_waited_for_once_and_comes_behind() -> None:
    bench = Bench(patience_s=0.001)
    bench.may_come.clear()
    assert bench.market.context(SYMBOL) is None
    assert not bench.market.is_known(STORED)
    bench.may_come.set()
    assert bench.all_asked.wait(PATIENCE_S)
    assert bench.market.is_known(STORED)
    assert bench.market.context(SYMBOL) is not None
    assert bench.asked == [INDEX, VOLATILITY]


def test_nobody_waits_for_an_index_that_others_waited_for_in_vain() -> None:
    waiting: list[Callable[[], None]] = []
    bench = Bench(patience_s=0.001, background=waiting.append)
    assert bench.market.context(SYMBOL) is None
    bench.clock.advance(10 * RENEW_AFTER)
    assert bench.market.context(SYMBOL) is None
    assert len(waiting) == 1
    waiting[0]()
    assert bench.market.is_known(STORED)


def test_ten_who_ask_at_once_share_one_renewal() -> None:
    bench, together = Bench(), Barrier(10)

    def ask(_number: int) -> bool:
        together.wait(PATIENCE_S)
        return bench.market.context(SYMBOL) is not None

    with ThreadPoolExecutor(10) as people:
        assert all(people.map(ask, range(10)))
    assert bench.asked.count(INDEX) == 1


def test_an_index_without_the_session_is_asked_for_again_after_a_minute() -> None:
    bench = Bench(comes=index(date(2024, 7, 2)), background=lambda work: work())
    assert bench.market.context(SYMBOL) is None
    assert bench.market.context(SYMBOL) is None
    assert bench.asked == [INDEX, VOLATILITY]
    bench.clock.advance(RENEW_AFTER - timedelta(seconds=1))
    assert not bench.market.is_known(STORED)
    assert bench.asked == [INDEX, VOLATILITY]
    bench.clock.advance(timedelta(seconds=1))
    bench.comes = index()
    assert bench.market.is_known(STORED)


def test_an_index_that_another_way_brought_is_taken_from_the_store() -> None:
    bench = Bench(comes=None, background=lambda work: work())
    assert bench.market.context(SYMBOL) is None
    bench.store.save(index())
    bench.clock.advance(RENEW_AFTER)
    assert bench.market.context(SYMBOL) is not None
    assert bench.asked == [INDEX, VOLATILITY]


def test_trouble_with_the_index_is_no_trouble_of_the_symbol() -> None:
    for trouble in (SourceUnreachable("Yahoo", "no answer"), StorageError("The database failed.", "Free some space.")):
        bench = Bench(trouble=trouble, background=lambda work: work())
        assert bench.market.context(SYMBOL) is None
        assert bench.asked == [INDEX, VOLATILITY]


def test_simulated_prices_share_no_market() -> None:
    clock, store = ManualClock(), MemoryPriceStore()
    simulated = ScriptedSource(name="simulated", clock=clock)
    assert isinstance(market_of([simulated], store, print, clock), NoMarket)
    assert isinstance(market_of([simulated, ScriptedSource(clock=clock)], store, print, clock), IndexMarket)
    bench = Bench(comes=replace(index(), source="simulated"), background=lambda work: work())
    assert bench.market.context(SYMBOL) is None
    assert not NoMarket().is_known(STORED)
