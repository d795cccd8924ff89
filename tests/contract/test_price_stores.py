"""What every price store promises: what was put in comes out, to the last bit."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting.memory_stores import MemoryPriceStore
from forecasting.ports import PriceStore
from forecasting.types.bars import Dividend, PriceHistory, Split, StoredPrices, SymbolMatch
from storage import Stores
from tests.factories import price_history

COLUMNS = ("sessions", "open", "high", "low", "close", "volume")


@pytest.fixture(params=("memory", "sqlite"))
def store(request: pytest.FixtureRequest, stores: Stores) -> PriceStore:
    return MemoryPriceStore() if request.param == "memory" else stores.prices


def equal(one: PriceHistory | None, other: PriceHistory) -> bool:
    assert one is not None
    about = (
        "symbol",
        "currency",
        "exchange",
        "name",
        "source",
        "fetched_at",
        "notes",
        "splits",
        "dividends",
        "revision",
    )
    columns = all(np.array_equal(getattr(one, name), getattr(other, name)) for name in COLUMNS)
    kinds = all(getattr(one, name).dtype == getattr(other, name).dtype for name in COLUMNS)
    return columns and kinds and all(getattr(one, name) == getattr(other, name) for name in about)


def test_nothing_is_stored_at_first(store: PriceStore) -> None:
    assert store.load("AAPL") is None
    assert store.newest("AAPL") is None
    assert store.symbols() == ()
    assert store.find("a") == ()


def test_a_history_comes_back_to_the_last_bit(store: PriceStore) -> None:
    history = replace(
        price_history(),
        notes=("dropped 1 open bar", "“2” sessions missing"),
        splits=(Split(date(2021, 3, 4), 1 / 3), Split(date(2023, 3, 3), 4.0)),
        dividends=(Dividend(date(2022, 5, 6), 0.1 + 0.2), Dividend(date(2023, 3, 3), 0.25)),
        revision=3,
    )
    for changed in (history, replace(history, splits=history.splits[1:]), replace(history, dividends=())):
        store.save(changed)
        assert equal(store.load("AAPL"), changed)
    assert store.symbols() == ("AAPL",)


def test_how_far_prices_go_is_known_without_reading_them(store: PriceStore) -> None:
    history = replace(price_history(source="yahoo"), revision=2)
    store.save(price_history("MSFT", last=date(2024, 7, 5)))
    store.save(history.take(slice(0, -3)))
    store.save(history)
    assert store.newest("AAPL") == StoredPrices("AAPL", "XNYS", "yahoo", history.last_session, history.fetched_at, 2)


def test_saving_replaces(store: PriceStore) -> None:
    store.save(price_history(sessions=900))
    other = price_history(sessions=300, seed=8, source="yahoo")
    store.save(other)
    assert equal(store.load("AAPL"), other)


def test_a_few_rows_change_and_the_rest_stay(store: PriceStore) -> None:
    whole = price_history()
    store.save(whole.take(slice(2, -3)))
    revised = replace(
        whole, close=np.where(np.arange(1200) == 600, 1.0, whole.close), name="New name", notes=("a note",)
    )
    later = replace(revised, fetched_at=whole.fetched_at + timedelta(hours=1)).take(np.delete(np.arange(1200), 700))
    for _ in range(2):
        store.save(later)
        assert equal(store.load("AAPL"), later)


def test_symbols_do_not_touch_each_other(store: PriceStore) -> None:
    for symbol in ("MSFT", "AAPL"):
        store.save(price_history(symbol, seed=len(symbol)))
    store.save(price_history("MSFT", 300))
    assert equal(store.load("AAPL"), price_history("AAPL", seed=4))
    assert store.symbols() == ("AAPL", "MSFT")


def test_names_are_found_by_symbol_and_name(store: PriceStore) -> None:
    apple, snap = SymbolMatch("AAPL", "Apple Inc.", "NASDAQ"), SymbolMatch("SNAP", "Snap Inc.", "NYSE")
    pineapple = SymbolMatch("PINE", "Pineapple Energy", "NASDAQ")
    store.remember([pineapple, snap, apple])
    assert store.find("apple") == (apple, pineapple)
    assert store.find("aap") == (apple,)
    assert store.find(" SNAP ") == (snap,)
    assert store.find("inc.") == (apple, snap)
    assert store.find("100%_") == ()
    assert store.find("") == ()


def test_at_most_five_are_found(store: PriceStore) -> None:
    store.remember([SymbolMatch(f"S{number}", "Same") for number in range(9)])
    assert [match.symbol for match in store.find("same")] == ["S0", "S1", "S2", "S3", "S4"]


def test_a_remembered_name_is_renewed_and_a_saved_history_is_remembered(store: PriceStore) -> None:
    store.remember([SymbolMatch("AAPL", "Old", "")])
    store.save(price_history())
    assert store.find("aapl") == (SymbolMatch("AAPL", "AAPL Inc.", "XNYS"),)
    store.remember([])
    assert len(store.find("aapl")) == 1


def test_a_search_is_repeated_in_its_order(store: PriceStore) -> None:
    tesla, other = SymbolMatch("TSLA", "Tesla, Inc.", "NASDAQ"), SymbolMatch("TL0.DE", "Tesla", "XETRA")
    store.remember([tesla, other], " Tesla ")
    assert store.searched("tesla") == (tesla, other)
    assert store.searched("TESLA") == (tesla, other)
    assert store.searched("tes") == ()
    assert store.searched("") == ()
    renamed = SymbolMatch("TSLA", "Tesla Motors", "NASDAQ")
    store.remember([renamed])
    assert store.searched("tesla") == (renamed, other)
    store.remember([other], "tesla")
    assert store.searched("tesla") == (other,)
