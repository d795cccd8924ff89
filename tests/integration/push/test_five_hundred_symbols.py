"""Five hundred symbols after a close, at a source that takes sixty requests a minute: all are renewed in time."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.push.price_refresh import PriceRefresh
from bot.sending.composer import MAX_WAIT
from forecasting.errors import RateLimited, UnknownSymbol
from forecasting.memory_stores import MemoryPriceStore
from forecasting.prices.service import PriceService
from forecasting.types.bars import Listing, PriceHistory, SymbolMatch
from tests.factories import price_history
from tests.fakes import ManualClock
from tests.unit.push.test_price_refresh import Scorer
from tests.waiting import PATIENCE_S

AFTER_CLOSE = datetime(2024, 7, 3, 17, 31, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SYMBOLS = [f"S{number}" for number in range(500)]


class SixtyAMinute:
    """A `PriceSource` that answers 60 requests in any minute, and else that it limits us."""

    name = "yahoo"

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._answered: deque[datetime] = deque()
        self.refused = 0
        self._history = price_history("S0", 260, source=self.name)

    def history(self, symbol: str) -> PriceHistory:
        now = self._clock()
        while self._answered and now - self._answered[0] >= MINUTE:
            self._answered.popleft()
        if len(self._answered) >= 60:
            self.refused += 1
            raise RateLimited("Yahoo", now + MINUTE)
        if symbol not in SYMBOLS:
            raise UnknownSymbol(symbol)
        self._answered.append(now)
        return _named(self._history, symbol, now)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return ()


def _named(history: PriceHistory, symbol: str, now: datetime) -> PriceHistory:
    """The same prices under another symbol."""
    return replace(history, symbol=symbol, fetched_at=now)


async def test_all_are_renewed_within_the_time_that_digests_wait() -> None:
    clock = ManualClock(AFTER_CLOSE)
    source = SixtyAMinute(clock)
    service = PriceService([source], MemoryPriceStore(), clock, patience_s=PATIENCE_S)
    scorer = Scorer()
    refreshing = PriceRefresh(service, scorer, lambda: tuple(Listing(symbol, "XNYS") for symbol in SYMBOLS), clock)
    while len(scorer.scored) < len(SYMBOLS):
        await refreshing.run()
        clock.advance(MINUTE)
        assert clock() <= AFTER_CLOSE + MAX_WAIT
    assert sorted(scorer.scored) == sorted(SYMBOLS), "each once"
    assert source.refused <= 10
