"""Yahoo at its worst, through the real yfinance: every failure has its name, and the next question is answered."""

from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from forecasting.errors import BadPrices, FanchartError, RateLimited, SourceUnreachable, TooLittleHistory, UnknownSymbol
from forecasting.prices.sources.yahoo import YahooSource
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.integration.prices.faults import drop, drop_in_mid_body, hang, page, status
from tests.integration.prices.loopback_yahoo import CHART, CRUMB, SEARCH, VALID_RANGES, Fault, LoopbackYahoo

META_ALONE = {"currency": "USD", "validRanges": VALID_RANGES}


def chart_error(code: str, description: str) -> dict[str, object]:
    return {"chart": {"result": None, "error": {"code": code, "description": description}}}


def chart_of(*result: object) -> dict[str, object]:
    return {"chart": {"result": list(result), "error": None}}


def source(server: LoopbackYahoo) -> YahooSource:
    return YahooSource(ManualClock(), server.url)


def hasty(server: LoopbackYahoo, fault: Fault) -> YahooSource:
    """A source that gives up on a hanging server soon."""
    return YahooSource(ManualClock(), server.url, 0.3 if fault is hang else 10)


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (status(429), RateLimited, "limiting"),
        (status(401, {"finance": {"error": {"code": "Unauthorized"}}}), SourceUnreachable, "status 401"),
        (status(403), SourceUnreachable, "status 403"),
        (page(403, "<html>forbidden</html>"), SourceUnreachable, "status 403"),
        (page(404, "<html>not found</html>"), SourceUnreachable, "status 404"),
        (status(404, chart_error("Not Found", "No data found, symbol may be delisted")), UnknownSymbol, "AAPL"),
        (status(422, chart_error("Unprocessable Entity", "Data doesn't exist")), BadPrices, "no prices of AAPL"),
        (page(500, "<html>oops</html>"), SourceUnreachable, "status 500"),
        (page(502, ""), SourceUnreachable, "status 502"),
        (page(503, "<h1>Will be right back...</h1>"), SourceUnreachable, "down"),
        (page(200, "<html>a page</html>"), SourceUnreachable, "not data"),
        (page(200, ""), SourceUnreachable, "not data"),
        (status(200, chart_of()), BadPrices, "no prices of AAPL"),
        (status(200, {"chart": {"result": None, "error": None}}), BadPrices, "no prices of AAPL"),
        (status(200, {}), BadPrices, "no prices of AAPL"),
        (status(200, [1, 2]), BadPrices, "no prices of AAPL"),
        (status(200, chart_of({"meta": META_ALONE, "indicators": {"quote": [{}]}})), BadPrices, "no prices of AAPL"),
        (status(200, chart_of({"meta": META_ALONE, "indicators": {}})), BadPrices, "makes no sense"),
        (status(200, chart_of(7)), BadPrices, "makes no sense"),
        (hang, SourceUnreachable, "in time"),
        (drop, SourceUnreachable, "connection failed"),
        (drop_in_mid_body, SourceUnreachable, "connection failed"),
    ],
)
def test_every_failure_has_its_name_and_passes(
    yahoo: LoopbackYahoo, fault: Fault, error: type[FanchartError], words: str
) -> None:
    yahoo.fail(fault)
    with pytest.raises(error, match=words):
        hasty(yahoo, fault).history("AAPL")
    yahoo.behave()
    assert source(yahoo).history("AAPL").close[-1] == yahoo.listings["AAPL"].close[-1]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (status(429), RateLimited),
        (status(401), SourceUnreachable),
        (page(404, "<html>"), SourceUnreachable),
        (page(500, "<html>"), SourceUnreachable),
        (page(503, "Will be right back"), SourceUnreachable),
        (page(200, "<html>"), SourceUnreachable),
        (status(200, [1]), BadPrices),
        (hang, SourceUnreachable),
        (drop, SourceUnreachable),
    ],
)
def test_a_failed_search_has_its_name_and_does_not_stick(
    yahoo: LoopbackYahoo, fault: Fault, error: type[FanchartError]
) -> None:
    yahoo.fail(fault, SEARCH)
    with pytest.raises(error):
        hasty(yahoo, fault).search("apple")
    yahoo.behave()
    asked = source(yahoo)
    assert [match.name for match in asked.search("apple")] == ["Apple Inc."]
    assert asked.search("nothing of that name") == ()


@pytest.mark.parametrize(
    ("header", "until"),
    [
        ("240", NOW + timedelta(minutes=4)),
        (format_datetime(NOW + timedelta(minutes=9), usegmt=True), NOW + timedelta(minutes=9)),
        ("soon", NOW + timedelta(minutes=1)),
        ("-5", NOW + timedelta(minutes=1)),
        ("9" * 30, NOW + timedelta(minutes=1)),
    ],
)
def test_retry_after_is_read_in_both_its_forms(yahoo: LoopbackYahoo, header: str, until: datetime) -> None:
    yahoo.fail(status(429, Retry_After=header), CHART)
    with pytest.raises(RateLimited) as limited:
        source(yahoo).history("AAPL")
    assert limited.value.retry_at == until


@pytest.mark.parametrize("path", [CHART, SEARCH])
def test_retry_after_of_a_refusal_is_read_too(yahoo: LoopbackYahoo, path: str) -> None:
    yahoo.fail(status(503, Retry_After="240"), path)
    asked = source(yahoo)
    with pytest.raises(SourceUnreachable) as refusal:
        asked.history("AAPL") if path == CHART else asked.search("apple")
    assert refusal.value.retry_at == NOW + timedelta(minutes=4)


def test_a_limit_costs_one_price_request(yahoo: LoopbackYahoo) -> None:
    asked = source(yahoo)
    asked.history("AAPL")
    yahoo.requests.clear()
    yahoo.fail(status(429))
    with pytest.raises(RateLimited):
        asked.history("AAPL")
    assert len(yahoo.requests) == 1


@pytest.mark.parametrize("fault", [status(429), page(500, "<html>"), page(200, "<html>"), drop])
def test_prices_need_no_crumb(yahoo: LoopbackYahoo, fault: Fault) -> None:
    yahoo.fail(fault, CRUMB)
    assert len(source(yahoo).history("AAPL")) == len(yahoo.listings["AAPL"].days)


def test_one_bad_answer_is_asked_again(yahoo: LoopbackYahoo) -> None:
    yahoo.fail(status(503), CHART, times=1)
    assert len(source(yahoo).history("AAPL")) == len(yahoo.listings["AAPL"].days)


def test_a_hang_takes_no_longer_for_having_many_parts(yahoo: LoopbackYahoo) -> None:
    yahoo.fail(hang)
    with pytest.raises(SourceUnreachable, match="in time"):
        hasty(yahoo, hang).history("AAPL")
    assert yahoo.charts <= 1  # cookie, crumb and prices share one deadline


def test_nobody_listening_is_unreachable(yahoo: LoopbackYahoo) -> None:
    gone = source(yahoo)
    yahoo.shutdown()
    yahoo.server_close()
    with pytest.raises(SourceUnreachable, match="connection failed"):
        gone.history("AAPL")


def test_a_young_symbol_has_too_little_history(yahoo: LoopbackYahoo) -> None:
    whole = yahoo.listings["AAPL"]
    yahoo.add(whole.take(range(len(whole.days) - 100, len(whole.days))))
    with pytest.raises(TooLittleHistory, match="100 sessions"):
        source(yahoo).history("AAPL")
