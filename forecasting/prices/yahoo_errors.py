"""What yfinance's failures mean, told by the names of our own errors."""

from datetime import datetime, timedelta
from typing import Final

from curl_cffi.requests.exceptions import RequestException, Timeout
from yfinance.exceptions import (
    YFDataException,
    YFException,
    YFNotImplementedError,
    YFRateLimitError,
    YFTickerMissingError,
)

from forecasting.errors import BadPrices, FanchartError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.prices.yahoo_session import TooManyRequests

NAME: Final = "Yahoo"
_PAUSE: Final = timedelta(minutes=1)
_UNKNOWN_STATUS: Final = 404
_OK_STATUS: Final = 200


def translated(error: Exception, symbol: str, status: int, now: datetime) -> FanchartError | None:
    """Our error for one of yfinance's, of its HTTP library's or of its parsing; None for an error of ours.

    `status` is the HTTP status of the last answer, 0 for none; `now` is in UTC.
    """
    if isinstance(error, FanchartError):
        return None
    if isinstance(error, YFRateLimitError):
        asked = error.retry_at if isinstance(error, TooManyRequests) else None
        return RateLimited(NAME, asked or now + _PAUSE)
    if isinstance(error, Timeout):
        return SourceUnreachable(NAME, "no answer in time")
    if isinstance(error, RequestException):
        return SourceUnreachable(NAME, "the connection failed")
    if isinstance(error, YFTickerMissingError):
        return _missing(error, symbol, status)
    if isinstance(error, YFDataException):
        return SourceUnreachable(NAME, "it says that it is down")
    return _nonsense(error, symbol, status)


def _missing(error: YFTickerMissingError, symbol: str, status: int) -> FanchartError:
    """No prices: the symbol is unknown if Yahoo says so; else the answer was refused or empty."""
    if status == _UNKNOWN_STATUS:
        return UnknownSymbol(symbol)
    if status not in {0, _OK_STATUS} and not getattr(error, "yahoo_reason", None):
        return SourceUnreachable(NAME, f"it answered with status {status}")
    what = f"Yahoo has no prices of {symbol} right now."
    return BadPrices(what, "Try again later, or check the symbol.")


def _nonsense(error: Exception, symbol: str, status: int) -> FanchartError | None:
    """An answer that yfinance could not read; None for an error that is no matter of the answer."""
    if isinstance(error, ValueError) and status != _OK_STATUS:
        return SourceUnreachable(NAME, f"it answered with status {status}")
    if isinstance(error, ValueError):
        return SourceUnreachable(NAME, "its answer is not data")
    if isinstance(error, YFException | YFNotImplementedError | LookupError | TypeError | AttributeError):
        what = f"Yahoo's answer about {symbol} makes no sense."
        return BadPrices(what, "Try again later, or try another symbol.")
    return None
