"""Prices from Yahoo, by yfinance alone: adjusted for splits and dividends."""

import atexit
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from http import HTTPStatus
from itertools import starmap
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
import yfinance
from yfinance.cache import get_cookie_cache, get_isin_cache, get_tz_cache
from yfinance.data import YfData

from forecasting.errors import PriceError
from forecasting.ports import Clock
from forecasting.prices.bar_checks import checked
from forecasting.prices.bars import RawBars, SourceListing
from forecasting.prices.exchanges.calendars import SETTLING, last_closed_session, session_close, session_open
from forecasting.prices.exchanges.codes import currency_of_yahoo, exchange_of_yahoo
from forecasting.prices.sources.yahoo_errors import http_error, translated
from forecasting.prices.sources.yahoo_session import TIMEOUT_S, YahooSession
from forecasting.prices.symbols import is_symbol
from forecasting.types.bars import MAX_MATCHES, Dividend, PriceHistory, SessionArray, Split, SymbolMatch

T = TypeVar("T")

_PREPARING: Final = Lock()


@dataclass(frozen=True, slots=True)
class _Chart:
    """Yahoo's answer about one symbol."""

    listing: SourceListing
    bars: RawBars
    splits: tuple[Split, ...]
    dividends: tuple[Dividend, ...]
    quoted_at: pd.Timestamp | None  # when the newest price was made


class YahooSource:
    """A `PriceSource` that asks Yahoo, or a mirror of it."""

    name = "yahoo"

    def __init__(self, clock: Clock, mirror: str = "", timeout_s: float = TIMEOUT_S) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._session = YahooSession(mirror, clock, timeout_s)

    def history(self, symbol: str) -> PriceHistory:
        """Prices since the listing.

        Raises:
            UnknownSymbol: Yahoo does not know the symbol.
            PriceError: it limits us, cannot be reached, or sent nothing usable.
        """
        chart = self._ask(symbol, lambda: self._chart(symbol))
        now = self._clock()
        moment = _as_of(now, chart.quoted_at, chart.listing.exchange)
        history = checked(chart.bars, chart.listing, moment)
        return replace(history, fetched_at=now, splits=chart.splits, dividends=chart.dividends)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings that Yahoo finds for a symbol or a name.

        Raises:
            PriceError: Yahoo limits us, or cannot be reached.
        """
        return self._ask(text, lambda: self._matches(text))

    def _ask(self, subject: str, question: Callable[[], T]) -> T:
        """Ask through yfinance, and translate its failures.

        Raises:
            UnknownSymbol: Yahoo does not know the subject.
            PriceError: any of its kinds.
        """
        with _PREPARING:
            _prepare()
        YfData.cache_get.cache_clear()  # it keeps bad answers, too
        self._session.begin()
        try:
            return question()
        except PriceError:
            raise
        except Exception as error:
            raise translated(error, subject, self._session.last, self._clock()) from error
        finally:
            _close_caches()

    def _chart(self, symbol: str) -> _Chart:
        get_tz_cache().store(symbol, "UTC")  # saves a request for the time zone, which only its log would show
        ticker = yfinance.Ticker(symbol, session=self._session)
        table = ticker.history(period="max", auto_adjust=True, actions=False, timeout=self._timeout_s)
        meta = ticker.history_metadata
        instrument = str(meta.get("instrumentType"))
        exchange = exchange_of_yahoo(str(meta.get("exchangeName")), instrument, symbol)
        name = str(meta.get("longName") or meta.get("shortName") or symbol)
        currency = currency_of_yahoo(str(meta.get("currency") or ""), instrument, symbol)
        listing = SourceListing(symbol, currency, exchange, name, self.name)
        told = ticker._lazy_load_price_history()  # noqa: SLF001 - its table moves an event whose bar is missing
        splits = tuple(starmap(Split, _events(told._splits)))  # noqa: SLF001 - as above
        dividends = tuple(starmap(Dividend, _events(told._dividends)))  # noqa: SLF001 - as above
        return _Chart(listing, _bars(table), splits, dividends, meta.get("regularMarketTime"))

    def _matches(self, text: str) -> tuple[SymbolMatch, ...]:
        """Yahoo's search, for listings whose symbols can be typed.

        Raises:
            SourceUnreachable: the request failed (which yfinance takes for an empty result).
        """
        found = yfinance.Search(
            text,
            max_results=MAX_MATCHES,
            news_count=0,
            lists_count=0,
            recommended=0,
            session=self._session,
            timeout=self._timeout_s,
        )
        if self._session.last.status != HTTPStatus.OK:
            raise http_error(self._session.last)
        matches = (_match(quote) for quote in found.quotes)
        return tuple(match for match in matches if is_symbol(match.symbol))[:MAX_MATCHES]


@cache
def _prepare() -> TemporaryDirectory[str]:
    """Set yfinance up once: errors shown, no retries of its own, its cache in a folder that ends with the process."""
    folder = TemporaryDirectory(prefix="fanchart-yfinance-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    yfinance.set_tz_cache_location(folder.name)
    yfinance.config.debug.hide_exceptions = False
    yfinance.config.network.retries = 0
    # it asks Python to show what pandas will drop, which is not for users to read
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="yfinance")
    for cache_of_yfinance in _caches():
        cache_of_yfinance.lookup("")  # it is made at the first question, and not safely by several threads at a time
    return folder


def _caches() -> tuple[Any, ...]:  # Any: yfinance publishes no types
    """What yfinance keeps on disk."""
    return get_tz_cache(), get_cookie_cache(), get_isin_cache()


def _close_caches() -> None:
    """Close this thread's connections to yfinance's caches: some would stay open for each thread that ever asked."""
    for cache_of_yfinance in _caches():
        database = cache_of_yfinance.get_db()
        if database is not None:  # it could not be made, and yfinance goes on without
            database.close()


def _bars(table: pd.DataFrame) -> RawBars:
    """The bars of yfinance's table."""
    days = _days(table)
    prices = table[["Open", "High", "Low", "Close"]].to_numpy(np.float64)
    return RawBars(days, prices, table["Volume"].to_numpy(np.float64))


def _events(found: "pd.DataFrame | pd.Series[float]") -> list[tuple[date, float]]:
    """The sessions on which something happened, each with its value; one of 0 or without end is none.

    A dividend in another currency has two columns.
    """
    values = found["Dividends"] if isinstance(found, pd.DataFrame) else found
    if not len(values):
        return []
    return [each for each in zip(_days(values).tolist(), values.tolist(), strict=True) if 0 < each[1] < np.inf]


def _days(table: "pd.DataFrame | pd.Series[float]") -> SessionArray:
    """The rows' days, each in its exchange's own timezone."""
    return pd.DatetimeIndex(table.index).tz_localize(None).to_numpy().astype("datetime64[D]")


def _as_of(now: datetime, quoted_at: pd.Timestamp | None, exchange: str) -> datetime:
    """The moment that Yahoo's newest bar shows: now, or earlier where its quotes lag behind a close just past.

    It is never before that session's open: where a share last traded on an earlier day, that day's bar is settled.
    """
    session = last_closed_session(exchange, now)
    close = session_close(exchange, session)
    if isinstance(quoted_at, pd.Timestamp) and quoted_at < close and now < close + SETTLING:
        return max(quoted_at.to_pydatetime(), session_open(exchange, session))
    return now


def _match(quote: dict[str, Any]) -> SymbolMatch:
    """A search hit; `Any`, because Yahoo publishes no schema."""
    name = quote.get("longname") or quote.get("shortname") or quote["symbol"]
    return SymbolMatch(str(quote["symbol"]), str(name), str(quote.get("exchDisp") or quote.get("exchange") or ""))
