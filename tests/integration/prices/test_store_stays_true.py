"""After any order of failures, days, splits and restarts the store holds what Yahoo served, to 1e-9."""

from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import storage
from forecasting.errors import FanchartError
from forecasting.prices.exchanges.calendars import last_closed_session, sessions_between
from forecasting.prices.service import PriceService
from forecasting.prices.sources.yahoo import YahooSource
from tests.fakes import ManualClock
from tests.integration.prices.faults import drop, drop_in_mid_body, page, status
from tests.integration.prices.loopback_yahoo import bars, loopback_yahoo

SYMBOL = "AAPL"
FIRST, LAST = date(2023, 1, 3), date(2025, 6, 30)
END = datetime(2025, 5, 15, 12, tzinfo=UTC)
TOMORROW = timedelta(days=1)
FAULTS = {
    "limit": status(429),
    "patience": status(429, Retry_After="3600"),
    "unauthorised": status(401),
    "gone": page(404, "<html>"),
    "unknown": status(404, {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found"}}}),
    "oops": page(500, "<html>"),
    "down": page(503, "Will be right back"),
    "page": page(200, "<html>"),
    "nothing": status(200, {"chart": {"result": [], "error": None}}),
    "dropped": drop,
    "cut off": drop_in_mid_body,
}


class StoredPrices(RuleBasedStateMachine):
    """A price service that is asked, failed, restarted and carried through the days, beside Yahoo's prices."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.yahoo = self.stack.enter_context(loopback_yahoo())
        self.clock = ManualClock(datetime(2024, 7, 2, 22, tzinfo=UTC))
        self.whole = bars(SYMBOL, sessions_between("XNYS", FIRST, LAST).tolist())

    @initialize()
    def open(self) -> None:
        self.stores = storage.open(self.folder / "fanchart.db")
        self.store = self.stores.prices
        self.service = PriceService([YahooSource(self.clock, self.yahoo.url)], self.store, self.clock)
        self._serve()

    def _serve(self) -> None:
        """Yahoo shows every session that has begun; the newest one is still moving until its close."""
        today = self.clock.now.date()
        count = int(np.searchsorted(np.array(self.whole.days, "datetime64[D]"), np.datetime64(today), side="right"))
        held = replace(self.whole.take(range(count)), quoted_at=self.clock.now)
        if last_closed_session("XNYS", self.clock.now) != held.days[-1]:
            held.close[-1] = (held.close[-1] or 0) * 1.003
        self.yahoo.add(held)

    @rule(hours=st.sampled_from((1, 5, 12, 24, 24 * 7, 24 * 45)))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))
        self.clock.now = min(self.clock.now, END)
        self._serve()

    @rule(name=st.sampled_from(sorted(FAULTS)), times=st.sampled_from((1, 2, 1000)))
    def yahoo_fails(self, name: str, times: int) -> None:
        self.yahoo.fail(FAULTS[name], times=times)

    @rule()
    def yahoo_behaves(self) -> None:
        self.yahoo.behave()

    @rule(ratio=st.sampled_from((2, 4)))
    def a_split_is_announced(self, ratio: int) -> None:
        """Adjusted for it, every price is a part of what it was: those to come as well."""
        self.whole.split(date.max, ratio)
        self.whole.splits.clear()
        self._serve()

    @rule(share=st.sampled_from((0.001, 0.01)))
    def a_dividend_is_announced(self, share: float) -> None:
        self.whole.pay(self.clock.now.date() + TOMORROW, share)
        self._serve()

    @rule()
    def somebody_asks(self) -> None:
        asked_before = self.yahoo.charts
        try:
            answer = self.service.renewed(SYMBOL)
        except FanchartError:
            assert self.store.load(SYMBOL) is None, "whoever has stored prices is answered"
            assert self.yahoo.requests
            return
        assert answer.history.last_session <= last_closed_session("XNYS", self.clock.now)
        if answer.trouble is None:
            self._is_true(asked_now=self.yahoo.charts > asked_before)

    @rule()
    def the_bot_restarts(self) -> None:
        self.stores.close()
        self.open()

    @invariant()
    def stored_prices_are_whole(self) -> None:
        stored = self.store.load(SYMBOL)
        if stored is not None:
            expected = sessions_between("XNYS", stored.sessions[0].item(), stored.last_session)
            assert np.array_equal(stored.sessions, expected)

    def _is_true(self, *, asked_now: bool) -> None:
        """What is stored is what Yahoo serves; what was stored before an announcement is so up to one factor."""
        stored = self.store.load(SYMBOL)
        assert stored is not None
        served = self.whole.adjusted_close()
        true = np.array([served[day] for day in stored.sessions.tolist()])
        factor = 1.0 if asked_now else stored.close[-1] / true[-1]
        assert np.allclose(stored.close, true * factor, rtol=1e-9, atol=0)

    def teardown(self) -> None:
        """Once Yahoo behaves again, and all pauses are over, everything is as it serves it."""
        with self.stack, closing(self.stores):
            self.yahoo.behave()
            self.clock.advance(timedelta(days=30))
            self._serve()
            assert self.service.renewed(SYMBOL).trouble is None
            self._is_true(asked_now=True)


TestStoredPrices = StoredPrices.TestCase
TestStoredPrices.settings = settings(
    max_examples=30,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # shrinking would start hundreds of servers
)
