"""Fanchart's errors for yfinance's failures."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from curl_cffi.requests.exceptions import RequestException, Timeout
from yfinance.exceptions import YFDataException, YFPricesMissingError, YFRateLimitError, YFTickerMissingError

from forecasting.errors import BadPrices, PriceError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.prices.sources.yahoo_session import LastAnswer, TooManyRequests

NAME: Final = "Yahoo"
_PAUSE: Final = timedelta(minutes=1)
_UNREACHABLE: Final[tuple[tuple[type[Exception], str], ...]] = (
    (Timeout, "no answer in time"),
    (RequestException, "the connection failed"),
    (YFDataException, "it says that it is down"),
)


def translated(error: Exception, subject: str, answer: LastAnswer, now: datetime) -> PriceError | UnknownSymbol:
    """The error for whatever yfinance, its HTTP library or its parsing raised.

    `subject` is what was asked for, `answer` the last one to it, `now` is in UTC.
    """
    if isinstance(error, YFRateLimitError):
        asked = error.retry_at if isinstance(error, TooManyRequests) else None
        return RateLimited(NAME, asked or now + _PAUSE)
    for kind, reason in _UNREACHABLE:
        if isinstance(error, kind):
            return SourceUnreachable(NAME, reason)
    if isinstance(error, YFTickerMissingError):
        return _missing(error, subject, answer)
    return _nonsense(error, subject, answer)


def http_error(answer: LastAnswer) -> SourceUnreachable:
    """The error of an answer that is no success."""
    return SourceUnreachable(NAME, f"it answered with status {answer.status}", answer.retry_at)


def _missing(error: YFTickerMissingError, symbol: str, answer: LastAnswer) -> PriceError | UnknownSymbol:
    """No prices: the symbol is unknown if Yahoo's answer names it so; else the request failed, or nothing came."""
    explained = isinstance(error, YFPricesMissingError) and error.yahoo_reason is not None
    if answer.status == HTTPStatus.NOT_FOUND and explained:
        return UnknownSymbol(symbol)
    if answer.status >= HTTPStatus.BAD_REQUEST and not explained:
        return http_error(answer)
    what = f"Yahoo has no prices of {symbol} right now."
    return BadPrices(what, "Try again later, or check the symbol.")


def _nonsense(error: Exception, subject: str, answer: LastAnswer) -> PriceError:
    """An answer that yfinance could not read: no data at all, or data about one symbol that is damaged."""
    if answer.status >= HTTPStatus.BAD_REQUEST:
        return http_error(answer)
    if isinstance(error, ValueError):
        return SourceUnreachable(NAME, "its answer is not data")
    what = f"Yahoo's answer about {subject} makes no sense."
    return BadPrices(what, "Try again later, or try another symbol.")
