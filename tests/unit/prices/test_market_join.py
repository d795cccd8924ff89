"""The market is joined to a symbol by the moments at which both closed: nothing that closed later is known."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.prices.exchanges import codes
from forecasting.prices.exchanges.calendars import session_close, session_closes, sessions_between
from forecasting.prices.market_context import INDEX, context_of
from forecasting.types.bars import PriceHistory
from tests.factories import price_history

EXCHANGES = sorted({codes.FUND, *codes.OF_SUFFIX.values(), *codes.OF_YAHOO_CODE.values(), *codes.OF_INDEX.values()})
SESSIONS = 100
LAST = date(2024, 12, 31)


def on_sessions(symbol: str, exchange: str, last: date, count: int = SESSIONS) -> PriceHistory:
    """A history on the exchange's own sessions."""
    sessions = sessions_between(exchange, last - timedelta(days=2 * count), last)[-count:]
    return replace(price_history(symbol, len(sessions), exchange=exchange), sessions=sessions)


@cache
def index() -> PriceHistory:
    return on_sessions(INDEX, "XNYS", LAST, 5 * SESSIONS)


def known_on(exchange: str, day: date) -> date | None:
    """Which session of New York the row of a day knows; None where it knows none that is new."""
    context = context_of(index(), on_sessions("X", exchange, day))
    assert context is not None
    returns = np.append(np.nan, np.log(index().close[1:] / index().close[:-1]))
    found: list[date] = index().sessions[returns == context.market_return[-1]].tolist()
    return found[0] if found else None


@pytest.mark.parametrize(
    ("exchange", "day", "session"),
    [
        ("XNYS", date(2024, 6, 20), date(2024, 6, 20)),  # both close at 16:00
        ("XNYS", date(2024, 7, 3), date(2024, 7, 3)),  # both close at 13:00, before Independence Day
        ("XTKS", date(2024, 6, 18), date(2024, 6, 17)),  # New York's own 18 June ends 14 hours later
        ("XTKS", date(2024, 6, 21), date(2024, 6, 20)),
        ("XTKS", date(2024, 6, 20), None),  # New York rested on the 19th
        ("XLON", date(2024, 6, 18), date(2024, 6, 17)),
        ("XLON", date(2024, 12, 24), date(2024, 12, 23)),  # London's half day ends before New York's begins
        ("XTSE", date(2024, 6, 18), date(2024, 6, 18)),
        ("CMES", date(2024, 6, 18), date(2024, 6, 18)),
        ("FUND", date(2024, 6, 18), date(2024, 6, 18)),  # valued in the evening
        ("24/7", date(2024, 6, 18), date(2024, 6, 18)),  # ends at 24:00 UTC
        ("24/7", date(2024, 6, 22), None),  # a Saturday
    ],
)
def test_the_newest_session_that_had_closed_is_known(exchange: str, day: date, session: date | None) -> None:
    assert known_on(exchange, day) == session


@pytest.mark.parametrize("exchange", EXCHANGES)
@given(row=st.integers(0, SESSIONS - 1), last=st.dates(date(2024, 3, 1), LAST))
@settings(max_examples=5, deadline=None)
def test_what_closed_later_changes_no_bit_on_any_exchange(exchange: str, row: int, last: date) -> None:
    history = on_sessions("X", exchange, last)
    whole = context_of(index(), history)
    assert whole is not None
    later = session_closes("XNYS", index().sessions) > session_closes(exchange, history.sessions[row : row + 1])
    changed = replace(index(), close=np.where(later, 3 * index().close, index().close))
    removed = index().take(slice(int((~later).sum())))
    for other in (changed, removed):
        context = context_of(other, history.take(slice(row + 1)))
        assert context is not None
        np.testing.assert_array_equal(context.market_return, whole.market_return[: row + 1])


def test_each_session_of_the_market_counts_once() -> None:
    """A weekend of crypto knows nothing new, and so does a Tokyo session after a holiday of New York."""
    for exchange in ("24/7", "XTKS", "XTAE", "XSAU"):
        context = context_of(index(), on_sessions("X", exchange, date(2024, 12, 1)))
        assert context is not None
        returns = context.market_return[np.isfinite(context.market_return)]
        assert len(returns) > SESSIONS // 2
        assert len(np.unique(returns)) == len(returns)


def test_a_market_that_lacks_the_newest_session_is_no_context() -> None:
    history = on_sessions("X", "XNYS", date(2024, 7, 3))
    row = int(np.searchsorted(index().sessions, np.datetime64("2024-07-03")))
    assert context_of(index().take(slice(row)), history) is None
    assert context_of(index().take(slice(row + 1)), history) is not None
    assert context_of(index().take(slice(row)), history.take(slice(-1))) is not None
    assert context_of(index().take(slice(row + 1, None)), history) is None  # it began later
    tokyo = on_sessions("X", "XTKS", date(2024, 7, 3))
    assert context_of(index().take(slice(row)), tokyo) is not None  # all that was known when Tokyo closed


@pytest.mark.parametrize("exchange", ["XNYS", "XTKS", "24/7", "XTAE"])
@given(days=st.lists(st.dates(date(2005, 1, 1), date(2025, 12, 31)), max_size=5))
@settings(max_examples=10, deadline=None)
def test_many_closes_are_those_of_each_session(exchange: str, days: list[date]) -> None:
    closes = session_closes(exchange, np.array(days, "datetime64[D]"))
    assert [close.item() for close in closes] == [session_close(exchange, day).replace(tzinfo=None) for day in days]
