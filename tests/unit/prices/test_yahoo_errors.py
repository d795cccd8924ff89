"""Yahoo's errors: every exception class of the installed yfinance and of its HTTP library has a name of ours."""

import inspect
import json
from datetime import timedelta

import pytest
import yfinance.exceptions
from curl_cffi.requests import exceptions as curl

from forecasting.errors import BadPrices, FanchartError, PriceError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.prices.sources.yahoo_errors import translated
from forecasting.prices.sources.yahoo_session import LastAnswer, TooManyRequests
from tests.factories import NOW

MAPPED = {
    "YFException": BadPrices,
    "YFDataException": SourceUnreachable,
    "YFNotImplementedError": BadPrices,
    "YFTickerMissingError": BadPrices,
    "YFTzMissingError": BadPrices,
    "YFPricesMissingError": BadPrices,
    "YFEarningsDateMissing": BadPrices,
    "YFInvalidPeriodError": BadPrices,
    "YFRateLimitError": RateLimited,
}
"""At status 200; a new class in yfinance makes the test below fail until somebody decides what it means."""


def classes(module: object) -> dict[str, type[Exception]]:
    found = inspect.getmembers(module, lambda member: inspect.isclass(member) and issubclass(member, Exception))
    return dict(found)


def instance(kind: type[Exception]) -> Exception:
    """An instance, whatever the constructor asks for."""
    needed = [
        parameter
        for parameter in inspect.signature(kind.__init__).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    return kind(*["AAPL"] * (len(needed) - 1))


def test_every_exception_of_yfinance_is_mapped() -> None:
    found = classes(yfinance.exceptions)
    assert set(found) == set(MAPPED)
    for name, kind in found.items():
        error = translated(instance(kind), "AAPL", LastAnswer(200), NOW)
        assert type(error) is MAPPED[name], name


@pytest.mark.parametrize("status", [0, 401, 403, 404, 500])
def test_every_exception_has_a_name_at_any_status(status: int) -> None:
    for kind in classes(yfinance.exceptions).values():
        error = translated(instance(kind), "AAPL", LastAnswer(status), NOW)
        assert isinstance(error, PriceError | UnknownSymbol)
        assert error.what
        assert error.next_step


def test_every_exception_of_the_http_library_is_unreachable() -> None:
    for name, kind in classes(curl).items():
        if issubclass(kind, curl.RequestException):
            error = translated(kind("no"), "AAPL", LastAnswer(0), NOW)
            assert isinstance(error, SourceUnreachable), name
            assert ("in time" in str(error)) == issubclass(kind, curl.Timeout), name


def test_retry_after_arrives() -> None:
    later = NOW + timedelta(minutes=4)
    error = translated(TooManyRequests(later), "AAPL", LastAnswer(429), NOW)
    assert isinstance(error, RateLimited)
    assert error.retry_at == later


def test_retry_after_of_a_refusal_arrives() -> None:
    later = NOW + timedelta(minutes=4)
    for error in (json.JSONDecodeError("Expecting value", "", 0), yfinance.exceptions.YFPricesMissingError("AAPL", "")):
        refusal = translated(error, "AAPL", LastAnswer(503, later), NOW)
        assert isinstance(refusal, SourceUnreachable)
        assert refusal.retry_at == later


def test_only_a_404_with_a_reason_means_unknown() -> None:
    kind = yfinance.exceptions.YFPricesMissingError
    explained = kind("AAPL", "", yahoo_reason="No data found, symbol may be delisted")
    cases: list[tuple[int, Exception, type[FanchartError]]] = [
        (404, explained, UnknownSymbol),
        (404, kind("AAPL", ""), SourceUnreachable),
        (422, explained, BadPrices),
        (401, kind("AAPL", ""), SourceUnreachable),
        (200, kind("AAPL", ""), BadPrices),
    ]
    for status, error, expected in cases:
        assert type(translated(error, "AAPL", LastAnswer(status), NOW)) is expected


def test_data_that_cannot_be_read_is_told_from_no_data() -> None:
    page = json.JSONDecodeError("Expecting value", "<html>", 0)
    assert isinstance(translated(page, "AAPL", LastAnswer(200), NOW), SourceUnreachable)
    assert isinstance(translated(page, "AAPL", LastAnswer(500), NOW), SourceUnreachable)
    for error in (KeyError("chart"), IndexError(), TypeError(), AttributeError(), RuntimeError(), ZeroDivisionError()):
        assert isinstance(translated(error, "AAPL", LastAnswer(200), NOW), BadPrices)
