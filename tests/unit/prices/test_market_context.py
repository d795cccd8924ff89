"""The market's columns: aligned, real, never waited for."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from forecasting.errors import SourceUnreachable, StorageError
from forecasting.memory_stores import MemoryPriceStore
from forecasting.prices.market_context import CONTEXT_SYMBOLS, RENEW_AFTER, CachedMarketContext, context_of, in_a_thread
from forecasting.types.bars import PriceAnswer, PriceHistory
from tests.factories import price_history
from tests.fakes import ManualClock
from tests.waiting import PATIENCE_S


class Later:
    """A background that runs when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.waiting.append(work)

    def run(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()


def index() -> PriceHistory:
    return price_history("^GSPC", 300, source="yahoo")


def test_columns_are_aligned_on_every_session_and_nan_where_nothing_is_known() -> None:
    vix = price_history("^VIX", 100, seed=9, last=date(2024, 7, 2), source="yahoo")
    context = context_of({"^GSPC": index(), "^VIX": vix})
    assert context is not None
    assert np.array_equal(context.sessions, index().sessions)
    assert np.isnan(context.market_return[0])
    assert np.allclose(context.market_return[1:], np.diff(np.log(index().close)))
    assert np.isnan(context.volatility_index[-1])
    assert np.array_equal(context.volatility_index[-101:-1], vix.close)
    assert np.isnan(context.dollar_index).all()
    assert np.isnan(context.dispersion).all()


def test_simulated_prices_are_no_market() -> None:
    assert context_of({"^GSPC": price_history("^GSPC", source="simulated")}) is None
    assert context_of({}) is None


def test_asking_never_waits_and_renews_in_the_background_once_an_hour() -> None:
    clock, store, later = ManualClock(), MemoryPriceStore(), Later()
    asked: list[str] = []

    def latest(symbol: str) -> PriceAnswer:
        asked.append(symbol)
        if symbol != "^GSPC":
            raise SourceUnreachable("Yahoo", "no answer")
        store.save(index())
        return PriceAnswer(index())

    columns = CachedMarketContext(store, latest, clock, later)
    assert columns.current() is None
    assert columns.current() is None
    assert asked == []
    assert len(later.waiting) == 1
    later.run()
    assert asked == list(CONTEXT_SYMBOLS)
    context = columns.current()
    assert context is not None
    assert context.sessions[-1] == np.datetime64("2024-07-03")
    clock.advance(RENEW_AFTER - timedelta(seconds=1))
    columns.current()
    assert later.waiting == []
    clock.advance(timedelta(seconds=1))
    assert columns.current() is context
    assert len(later.waiting) == 1


def test_what_is_stored_is_there_at_the_first_question() -> None:
    store = MemoryPriceStore()
    store.save(replace(index(), name="S&P 500"))
    assert CachedMarketContext(store, lambda _: PriceAnswer(index()), ManualClock(), Later()).current() is not None


def test_a_broken_store_stays_in_the_background() -> None:
    def broken(symbol: str) -> PriceAnswer:
        what = f"The database failed at {symbol}."
        raise StorageError(what)

    later = Later()
    CachedMarketContext(MemoryPriceStore(), broken, ManualClock(), later).current()
    later.run()


def test_the_background_is_a_thread() -> None:
    done: list[str] = []
    thread = in_a_thread(lambda: done.append("done"))
    thread.join(PATIENCE_S)
    assert done == ["done"]
