"""Sixty sessions of faults in any order, through the real yfinance: then the store is what Yahoo serves."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import numpy as np
import pytest

from forecasting.errors import FanchartError
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.prices.service import PriceService
from forecasting.prices.sources.yahoo import YahooSource
from forecasting.types.bars import Dividend, PriceHistory, Split
from storage import Stores
from tests.fakes import ManualClock
from tests.integration.prices.faults import drop, page, status
from tests.integration.prices.loopback_yahoo import Bars, LoopbackYahoo, bars

SYMBOL = "AAPL"
DAYS: list[date] = sessions_between("XNYS", date(2023, 1, 3), date(2024, 7, 3)).tolist()
SESSIONS, GOOD = 60, 2
PRICES = ("open", "high", "low", "close")
REQUEST_FAULTS = {"limit": status(429), "error": page(500, "<html>"), "page": page(200, "<html>"), "dropped": drop}


@dataclass
class Market:
    """What really trades, and what Yahoo has posted of it by now."""

    random: Random
    whole: Bars = field(default_factory=lambda: bars(SYMBOL, DAYS))
    pending: list[tuple[int, Callable[[], None]]] = field(default_factory=list)  # posted before a session's row

    def happens(self, row: int) -> None:
        """Before a session: perhaps a split or a dividend, posted at once or up to 30 sessions late; what is due is."""
        if self.random.random() < 0.1 and not self.pending:
            due = row + self.random.choice((0, 1, 2, 5, 9, 30))
            self.pending.append((due, self._event(row)))
        if self.random.random() < 0.2:
            self._revise(self.random.randrange(row))
        for due, post in self.pending:
            if due <= row:
                post()
        self.pending = [each for each in self.pending if each[0] > row]

    def _event(self, row: int) -> Callable[[], None]:
        """Trade in new shares, or without the dividend, from a row on; return what posts it."""
        if self.random.random() < 0.5:
            ratio = self.random.choice((2, 3, 4))
            self._scale(row, 1 / ratio, ratio)
            return lambda: self.whole.split(DAYS[row], ratio)
        share = self.random.choice((0.0004, 0.006, 0.05))
        self._scale(row, 1 - share, 1)
        return lambda: self.whole.pay(DAYS[row], share)

    def _scale(self, first: int, price: float, volume: int) -> None:
        for row in range(first, len(DAYS)):
            scale_bar(self.whole, row, price)
            self.whole.volume[row] = (self.whole.volume[row] or 0) * volume

    def _revise(self, row: int) -> None:
        """Correct a bar for good."""
        column = self.random.choice((*PRICES, "volume"))
        values = getattr(self.whole, column)
        factor = self.random.choice((1.0004, 1.03))
        values[row] = (
            values[row] + 1000 if column == "volume" else values[row] * (1 / factor if column == "low" else factor)
        )

    def served(self, count: int) -> Bars:
        """What a good answer holds."""
        return self.whole.take(range(count))


def scale_bar(held: Bars, row: int, factor: float) -> None:
    for name in PRICES:
        column = getattr(held, name)
        column[row] = column[row] * factor


def lost(held: Bars, rows: list[int]) -> Bars:
    return held.take([row for row in range(len(held.days)) if row not in rows])


def valued(value: float | None) -> Callable[[Bars, list[int]], Bars]:
    """The rows' prices are all so; their volumes stay."""

    def spoiled(held: Bars, rows: list[int]) -> Bars:
        for row in rows:
            for name in PRICES:
                getattr(held, name)[row] = value
        return held

    return spoiled


def multiplied(factor: float) -> Callable[[Bars, list[int]], Bars]:
    def spoiled(held: Bars, rows: list[int]) -> Bars:
        for row in rows:
            scale_bar(held, row, factor)
        return held

    return spoiled


def without_volume(held: Bars, rows: list[int]) -> Bars:
    del rows
    held.volume = [0] * len(held.days)
    return held


def newest(sessions: int) -> Callable[[Bars, list[int]], Bars]:
    return lambda held, _: held.take(range(len(held.days) - sessions, len(held.days)))


FAULTS = {
    "lost": lost,
    "null": valued(None),
    "zero": valued(0.0),
    "x10": multiplied(10.0),
    "x1.15": multiplied(1.15),
    "no volume": without_volume,
    "a month": newest(21),
    "a year": newest(260),
}


SILENCES = ("lost", "null", "zero", "no volume", "a year")
"""Faults that leave something out: what is stored of it stays, in the units of today."""


def some_rows(random: Random, count: int) -> list[int]:
    """The newest row, some near the end, or some anywhere."""
    kinds = ([count - 1], random.sample(range(count - 8, count), 3), random.sample(range(count), 5))
    return list(random.choice(kinds))


def run(seed: int, yahoo: LoopbackYahoo, stores: Stores) -> None:
    """Ask once after each session's close, while Yahoo misbehaves on most days; the last two are good."""
    random = Random(seed)
    market, clock = Market(random), ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
    service = PriceService([YahooSource(clock, yahoo.url)], stores.prices, clock)
    first, was_good = len(DAYS) - SESSIONS, False
    for row in range(first, len(DAYS)):
        market.happens(row)
        clock.now = datetime.combine(DAYS[row], time(22), UTC) + timedelta(minutes=random.randrange(300))
        held = deepcopy(market.served(row + 1))
        fault, good = "", row == first or row >= len(DAYS) - GOOD or random.random() < 0.3
        yahoo.behave()
        if good:
            yahoo.add(held)
        elif random.random() < 0.2:
            yahoo.fail(REQUEST_FAULTS[random.choice(sorted(REQUEST_FAULTS))])
        else:
            fault = random.choice(sorted(FAULTS))
            yahoo.add(FAULTS[fault](deepcopy(held), some_rows(random, row + 1)))
        answer(service)
        if good:
            assert_equal(stores.prices.load(SYMBOL), held)
        elif was_good and fault in SILENCES:
            assert_alike(stores.prices.load(SYMBOL), held)
        was_good = good


def answer(service: PriceService) -> None:
    """Whatever Yahoo does, who has stored prices is answered."""
    try:
        service.renewed(SYMBOL)
    except FanchartError as error:
        pytest.fail(f"stored prices are an answer: {error}")


def assert_equal(stored: PriceHistory | None, held: Bars) -> None:
    """Every session, every column to 1e-9, every split and every dividend."""
    assert stored is not None
    assert stored.sessions.tolist() == held.days
    prices = np.array([getattr(held, name) for name in PRICES], np.float64) * held.factor
    expected = {"open": prices[0], "high": prices.max(axis=0), "low": prices.min(axis=0), "close": prices[3]}
    for name, column in (expected | {"volume": np.array(held.volume, np.float64)}).items():
        wrong = ~np.isclose(getattr(stored, name), column, rtol=1e-9, atol=0)
        assert not wrong.any(), (name, [held.days[row] for row in np.flatnonzero(wrong)])
    assert stored.splits == tuple(Split(day, float(ratio)) for day, ratio in sorted(held.splits.items()))
    assert stored.dividends == tuple(Dividend(day, amount) for day, amount in sorted(held.dividends.items()))


def assert_alike(stored: PriceHistory | None, held: Bars) -> None:
    """Every session but the newest, up to a revision that was not seen: no split counts twice, or never."""
    assert stored is not None
    assert stored.sessions.tolist()[: len(held.days) - 1] == held.days[:-1]
    true = np.array(held.close, np.float64) * held.factor
    assert np.allclose(stored.close, true[: len(stored)], rtol=0.04, atol=0)
    assert np.allclose(stored.volume[:-1], np.array(held.volume[: len(stored) - 1], np.float64), rtol=0.01, atol=0)


@pytest.mark.parametrize("seed", range(4))
def test_after_good_days_the_store_is_what_yahoo_serves(seed: int, yahoo: LoopbackYahoo, stores: Stores) -> None:
    run(seed, yahoo, stores)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4, 300))
def test_after_any_of_many_orders(seed: int, yahoo: LoopbackYahoo, stores: Stores) -> None:
    run(seed, yahoo, stores)
