"""Yahoo's prices through the real yfinance: what is served arrives, what is no price is dropped and noted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from forecasting.errors import BadPrices
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.prices.sources.yahoo import YahooSource
from forecasting.types.bars import Dividend, PriceHistory, Split
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.integration.prices.loopback_yahoo import Bars, LoopbackYahoo, bars

TODAY = date(2024, 7, 3)


def fetched(server: LoopbackYahoo, symbol: str = "AAPL", now: datetime = NOW) -> PriceHistory:
    return YahooSource(ManualClock(now), server.url).history(symbol)


def assert_served(history: PriceHistory, held: Bars) -> None:
    """Every close is the one that was served, to 1e-9."""
    served = held.adjusted_close()
    expected = [served[day] for day in history.sessions.tolist()]
    assert np.allclose(history.close, expected, rtol=1e-9, atol=0)


def test_a_good_history_arrives_with_what_is_known_of_it(yahoo: LoopbackYahoo) -> None:
    held = yahoo.listings["AAPL"]
    history = fetched(yahoo)
    assert_served(history, held)
    assert np.allclose(history.open, np.array(held.open, np.float64), rtol=1e-9)
    assert np.allclose(history.volume, np.array(held.volume, np.float64))
    assert len(history) == len(held.days)
    assert history.notes == ()
    assert (history.currency, history.exchange, history.name) == ("USD", "XNYS", "Loopback Inc.")


def test_the_whole_history_since_the_listing_is_one_request(yahoo: LoopbackYahoo) -> None:
    days = sessions_between("XNYS", date(1969, 12, 1), TODAY).tolist()
    yahoo.add(bars("AAPL", days))
    asked = YahooSource(ManualClock(), yahoo.url)
    asked.history("AAPL")
    yahoo.requests.clear()
    assert asked.history("AAPL").sessions.tolist() == days
    assert yahoo.requests == ["/v8/finance/chart/AAPL"]


def test_a_split_and_a_dividend_rescale_all_that_came_before(yahoo: LoopbackYahoo) -> None:
    held = yahoo.listings["AAPL"]
    before = fetched(yahoo)
    held.split(date(2024, 7, 3), 4)
    held.pay(date(2024, 7, 2), 0.01)
    after = fetched(yahoo)
    assert_served(after, held)
    assert np.allclose(after.close[:-2], before.close[:-2] / 4 * 0.99, rtol=1e-6)
    assert np.allclose(after.open[:-2], before.open[:-2] / 4 * 0.99, rtol=1e-6)
    assert after.close[-1] == before.close[-1]
    assert after.splits == (Split(date(2024, 7, 3), 4.0),)
    assert after.dividends == (Dividend(date(2024, 7, 2), 1.0),)
    held.splits[date(2024, 6, 3)] = 0  # makes no sense
    yahoo.add(held.take(range(len(held.days) - 2)))  # the bars of both days are missing
    assert (fetched(yahoo).splits, fetched(yahoo).dividends) == (after.splits, after.dividends)


def gap(held: Bars) -> Bars:
    return held.take([row for row in range(len(held.days)) if not 40 <= row < 43])


def nan_last(held: Bars) -> Bars:
    held.open[-1] = held.high[-1] = held.low[-1] = held.close[-1] = None
    return held


def nan_last_without_volume(held: Bars) -> Bars:
    held.volume[-1] = None
    return nan_last(held)


def zeros(held: Bars) -> Bars:
    held.close[9] = held.close[10] = 0.0
    return held


def pence(held: Bars) -> Bars:
    for column in (held.open, held.high, held.low, held.close):
        column[60:64] = [100 * (price or 0) for price in column[60:64]]
    return held


def unsorted(held: Bars) -> Bars:
    return held.take(np.random.default_rng(1).permutation(len(held.days)).tolist())


def twice(held: Bars) -> Bars:
    return held.take([0, 0, *range(len(held.days)), 50, 51])


def weekend(held: Bars) -> Bars:
    more = held.take([*range(len(held.days)), -1])
    more.days[-1], more.volume[-1] = date(2024, 6, 30), 0
    return more


def no_volume(held: Bars) -> Bars:
    held.volume = [0] * len(held.days)
    return held


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (gap, ""),
        (nan_last, "dropped 1 incomplete bar"),
        (nan_last_without_volume, ""),
        (zeros, "dropped 2 zero prices"),
        (pence, "dropped 4 bars in another unit"),
        (unsorted, ""),
        (twice, ""),
        (weekend, "dropped 1 bar outside of sessions"),
        (no_volume, ""),
    ],
)
def test_what_is_no_price_is_dropped_and_told(yahoo: LoopbackYahoo, fault: Callable[[Bars], Bars], note: str) -> None:
    held = yahoo.add(fault(yahoo.listings["AAPL"]))
    history = fetched(yahoo)
    assert ", ".join(history.notes) == note
    assert_served(history, held)


def test_pence_for_good_are_refused(yahoo: LoopbackYahoo) -> None:
    held = yahoo.listings["AAPL"]
    for column in (held.open, held.high, held.low, held.close):
        column[200:] = [100 * (price or 0) for price in column[200:]]
    with pytest.raises(BadPrices, match="50-fold"):
        fetched(yahoo)


def at(hour: int, minute: int) -> datetime:
    return datetime(2024, 7, 2, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "quoted_at", "last"),
    [
        (at(17, 0), at(16, 59), date(2024, 7, 1)),  # in session
        (at(20, 1), at(19, 46), date(2024, 7, 1)),  # closed, but the quote is of before the close
        (at(20, 1), at(20, 0), date(2024, 7, 2)),  # closed, and so is the quote
        (at(20, 31), at(19, 12), date(2024, 7, 2)),  # thinly traded: the last trade was long before the close
    ],
)
def test_a_bar_counts_when_its_session_and_its_quote_have_closed(
    yahoo: LoopbackYahoo, now: datetime, quoted_at: datetime, last: date
) -> None:
    held = bars("AAPL", sessions_between("XNYS", date(2023, 1, 3), date(2024, 7, 2)).tolist())
    yahoo.add(replace(held, quoted_at=quoted_at))
    history = fetched(yahoo, now=now)
    assert history.last_session == last
    assert history.notes == ()
    assert history.fetched_at == now


@pytest.mark.parametrize(
    ("symbol", "code", "zone", "opens_at", "currency", "exchange"),
    [
        ("BTC-USD", "CCC", "UTC", time(0), "USD", "24/7"),
        ("EURUSD=X", "CCY", "Europe/London", time(0), "USD", "24/5"),
        ("VOD.L", "LSE", "Europe/London", time(8), "GBp", "XLON"),
        ("7203.T", "JPX", "Asia/Tokyo", time(9), "JPY", "XTKS"),
        ("BHP.AX", "ASX", "Australia/Sydney", time(10), "AUD", "XASX"),
        ("^GSPC", "SNP", "America/New_York", time(9, 30), "", "XNYS"),
        ("^TNX", "CGI", "America/New_York", time(8, 20), "%", "XNYS"),
        ("M&M.NS", "NSI", "Asia/Kolkata", time(9, 15), "INR", "XBOM"),
        ("XYZ.QQ", "QQQ", "Africa/Cairo", time(10), "EGP", "QQ"),
    ],
)
def test_other_markets_keep_their_own_days(
    yahoo: LoopbackYahoo, symbol: str, code: str, zone: str, opens_at: time, currency: str, exchange: str
) -> None:
    days = sessions_between(exchange, date(2023, 1, 3), date(2024, 7, 2)).tolist()
    held = replace(
        bars(symbol, days),
        exchange=code,
        zone=zone,
        opens_at=opens_at,
        currency=currency if currency.isalpha() else "USD",
    )
    yahoo.add(held)
    if symbol.startswith("^"):
        held.volume = [0] * len(days)
    history = fetched(yahoo, symbol)
    assert history.sessions.tolist() == days
    assert_served(history, held)
    assert (history.exchange, history.currency) == (exchange, currency)
    assert history.notes == (("no calendar for QQ: weekdays assumed",) if exchange == "QQ" else ())


def test_a_thin_share_keeps_yesterday_s_bar_when_it_did_not_trade_today(yahoo: LoopbackYahoo) -> None:
    days = sessions_between("XNYS", date(2023, 1, 3), date(2024, 7, 1)).tolist()
    last_trade = datetime(2024, 7, 1, 18, 12, tzinfo=UTC)
    yahoo.add(replace(bars("THIN", days), quoted_at=last_trade))
    history = fetched(yahoo, "THIN", now=datetime(2024, 7, 2, 20, 5, tzinfo=UTC))  # five minutes after today's close
    assert history.last_session == date(2024, 7, 1)


def test_a_fund_s_day_is_over_in_the_evening(yahoo: LoopbackYahoo) -> None:
    days = sessions_between("XNYS", date(2023, 1, 3), date(2024, 7, 2)).tolist()
    fund = replace(bars("VFIAX", days), exchange="NAS", instrument="MUTUALFUND")
    yahoo.add(replace(fund, quoted_at=datetime(2024, 7, 2, 22, 30, tzinfo=UTC)))
    close = datetime(2024, 7, 2, 20, 5, tzinfo=UTC)
    assert fetched(yahoo, "VFIAX", now=close).last_session == date(2024, 7, 1)
    evening = fetched(yahoo, "VFIAX", now=close + timedelta(hours=5))
    assert (evening.last_session, evening.exchange) == (date(2024, 7, 2), "FUND")


def test_search_offers_what_can_be_typed(yahoo: LoopbackYahoo) -> None:
    yahoo.names |= {f"AP{number}": "Apple something" for number in range(9)} | {"APPLE <b>": "Apple odd"}
    found = YahooSource(ManualClock(), yahoo.url).search("apple")
    assert len(found) == 5
    assert (found[0].symbol, found[0].name, found[0].exchange) == ("AAPL", "Apple Inc.", "NASDAQ")
    assert all(" " not in match.symbol for match in found)
