"""Prices are brought up to date after closes: within a budget, where the last round stopped, never against a no."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from bot.push.price_refresh import PriceRefresh
from bot.push.refresh_budget import FIRST
from forecasting.errors import FanchartError, RateLimited, SourceUnreachable, StorageError, UnknownSymbol
from forecasting.forecasts import Answer
from forecasting.prices.bulk_refresh import Refreshed, refresh
from forecasting.types.bars import Listing, PriceAnswer, PriceHistory
from forecasting.types.scorecards import Outcome
from tests.factories import price_history
from tests.fakes import ManualClock

AFTER_WEDNESDAY = datetime(2024, 7, 3, 17, 31, tzinfo=UTC)
AFTER_FRIDAY = datetime(2024, 7, 5, 20, 31, tzinfo=UTC)


@dataclass
class RecordedPrices:
    """Prices whose source has prices up to a day, and which records what the source was asked for."""

    until: date = date(2024, 7, 3)
    no: FanchartError | None = None
    unknown: str = ""
    stored: dict[str, date] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answer: Callable[[str], PriceAnswer] | None = None

    def refresh_all(self, symbols: Iterable[str], budget: int) -> Refreshed:
        return refresh(
            symbols, self.answer or self._fetched, lambda symbol: self.stored.get(symbol) == self.until, budget
        )

    def latest(self, symbol: str) -> PriceAnswer:
        return PriceAnswer(history_to(self.stored[symbol]))

    def _fetched(self, symbol: str) -> PriceAnswer:
        self.asked.append(symbol)
        if self.no:
            raise self.no
        if symbol == self.unknown:
            raise UnknownSymbol(symbol)
        self.stored[symbol] = self.until
        return self.latest(symbol)


def history_to(session: date) -> PriceHistory:
    known = price_history("AAPL", 300)
    return replace(known, sessions=np.append(known.sessions[:-1], np.datetime64(session)))


@dataclass
class Scorer:
    """A service that records what it scores."""

    trouble: FanchartError | None = None
    scored: list[str] = field(default_factory=list)

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        del horizon
        raise UnknownSymbol(symbol)

    def score_due(self, symbol: str) -> tuple[Outcome, ...]:
        self.scored.append(symbol)
        if self.trouble:
            raise self.trouble
        return ()

    def outcomes(self, symbol: str, limit: int) -> tuple[Outcome, ...]:
        del symbol, limit
        return ()


@dataclass
class Round:
    """PriceRefresh, with all that it stands on."""

    symbols: list[str]
    prices: RecordedPrices = field(default_factory=RecordedPrices)
    scorer: Scorer = field(default_factory=Scorer)
    clock: ManualClock = field(default_factory=lambda: ManualClock(AFTER_WEDNESDAY))
    market: tuple[Listing, ...] = ()

    def __post_init__(self) -> None:
        self.refreshing = PriceRefresh(self.prices, self.scorer, self.wanted, self.clock, self.market)

    def wanted(self) -> tuple[Listing, ...]:
        return tuple(Listing(symbol, "XNYS") for symbol in self.symbols)

    async def run(self, minutes: float = 1) -> int:
        """Do a round, and let time go on."""
        came = await self.refreshing.run()
        self.clock.advance(timedelta(minutes=minutes))
        return came


async def test_each_round_keeps_to_its_budget_and_goes_on_where_the_last_one_stopped() -> None:
    here = Round([f"S{number}" for number in range(3 * FIRST + 5)])
    assert [await here.run() for _ in range(4)] == [FIRST, 2 * FIRST, 5, 0]
    assert here.prices.asked == here.scorer.scored == here.symbols, "each once, in their order"


async def test_nothing_is_asked_for_again_before_the_next_session_has_settled() -> None:
    here = Round(["AAPL"])
    await here.run()
    here.clock.now = AFTER_FRIDAY - timedelta(minutes=2)  # Thursday is a holiday
    await here.run()
    assert here.prices.asked == ["AAPL"]
    here.clock.now, here.prices.until = AFTER_FRIDAY, date(2024, 7, 5)
    assert await here.run() == 1
    assert here.prices.asked == here.scorer.scored == ["AAPL", "AAPL"]


async def test_a_source_that_says_no_ends_the_round_and_all_is_left_for_later() -> None:
    here = Round(["A", "B", "C"])
    here.prices.no = RateLimited("Yahoo", AFTER_WEDNESDAY + timedelta(minutes=4))
    assert [await here.run(), await here.run()] == [0, 0]
    assert here.prices.asked == ["A", "B", "C"]
    here.prices.no = None
    assert [await here.run(), await here.run(), await here.run()] == [0, 0, 3]


async def test_a_symbol_without_prices_rests_until_the_next_session() -> None:
    here = Round(["A", "B"])
    here.prices.unknown = "A"
    assert [await here.run(), await here.run()] == [1, 0]
    assert here.prices.asked == ["A", "B"]


async def test_late_prices_are_looked_for_again_and_one_that_trades_no_more_once_a_day() -> None:
    here = Round(["AAPL"], clock=ManualClock(AFTER_FRIDAY))
    assert await here.run(11) == 0
    here.prices.until = date(2024, 7, 5)
    assert await here.run() == 1, "ten minutes later"
    gone = Round(["AAPL"], prices=RecordedPrices(until=date(2023, 7, 3)), clock=ManualClock(AFTER_FRIDAY))
    for _ in range(47):
        gone.prices.stored.clear()
        await gone.run(60)
    assert len(gone.prices.asked) == 2


async def test_a_symbol_that_cannot_be_scored_is_tried_again_and_a_broken_database_is_told() -> None:
    here = Round(["A", "B"])
    here.scorer.trouble = UnknownSymbol("A")
    assert await here.run(11) == 0
    here.scorer.trouble = None
    assert await here.run() == 2
    here.clock.now, here.scorer.trouble = AFTER_FRIDAY, StorageError("It is full.")
    with pytest.raises(StorageError):
        await here.run()


async def test_who_is_followed_no_more_is_forgotten() -> None:
    here = Round(["A", "B"])
    await here.run()
    here.symbols = ["B"]
    await here.run()
    here.symbols = ["A", "B"]
    await here.run()
    assert here.scorer.scored == ["A", "B", "A"], "who comes back does not wait for the next session"


async def test_symbols_that_hang_hold_up_none_of_those_behind_them() -> None:
    """They wait for their own next try, also where three of them come first; one answers at last."""
    here = Round(["H1", "H2", "H3", *(f"S{number}" for number in range(9))])
    asked: dict[str, int] = {}

    def hanging(symbol: str) -> PriceAnswer:
        asked[symbol] = asked.get(symbol, 0) + 1
        if symbol.startswith("H") and asked["H1"] < 3:
            raise SourceUnreachable("Yahoo", "no answer in time", here.clock() + timedelta(minutes=30))
        here.prices.stored[symbol] = here.prices.until
        return here.prices.latest(symbol)

    here.prices.answer = hanging
    assert [await here.run(), await here.run(), await here.run()] == [0, 9, 0]
    assert asked["H1"] == 1
    here.clock.advance(timedelta(minutes=30))
    await here.run()
    here.clock.advance(timedelta(minutes=30))
    assert await here.run() == 3


async def test_the_market_comes_before_all_symbols_that_are_followed_and_without_them_not_at_all() -> None:
    here = Round(["AAPL"], market=(Listing("^GSPC", "XNYS"),))
    assert await here.run() == 2
    assert here.prices.asked == ["^GSPC", "AAPL"]
    nobody = Round([], market=(Listing("^GSPC", "XNYS"),))
    assert await nobody.run() == 0
    assert nobody.prices.asked == []
