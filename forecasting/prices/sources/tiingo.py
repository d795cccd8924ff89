"""Prices from Tiingo's daily endpoint, for those who have a key and keep to its licence (see docs/prices.md)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

import httpx
import numpy as np

from forecasting.errors import BadPrices, RateLimited, SettingsError, SourceUnreachable, UnknownSymbol
from forecasting.ports import Clock
from forecasting.prices.bar_checks import checked
from forecasting.prices.bars import RawBars, SourceListing
from forecasting.prices.exchanges.codes import NEW_YORK, exchange_of
from forecasting.prices.requests.pauses import retry_after
from forecasting.types.bars import Dividend, PriceHistory, Split, SymbolMatch

NAME: Final = "Tiingo"
TIINGO_URL: Final = "https://api.tiingo.com"
TIMEOUT_S: Final = 10.0
FIRST_DAY: Final = date(1900, 1, 1)
"""Earlier than any listing; without a day Tiingo sends the newest bar alone."""
_PAUSE: Final = timedelta(minutes=10)
"""Tiingo counts requests by the hour; this is for an answer that names no time to come back."""
_PRICES: Final = ("adjOpen", "adjHigh", "adjLow", "adjClose")


class TiingoSource:
    """A `PriceSource` of shares and funds listed in the United States, adjusted for splits and dividends."""

    name = "tiingo"

    def __init__(self, clock: Clock, key: str, url: str = TIINGO_URL) -> None:
        """Take the key, which is sent in a header and logged nowhere.

        Raises:
            SettingsError: there is no key.
        """
        if not key:
            what = "The price source tiingo needs a key."
            raise SettingsError(what, "Set TIINGO_KEY, or take tiingo out of PRICE_SOURCES.")
        self._clock = clock
        headers = {"Authorization": f"Token {key}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S, follow_redirects=False)

    def history(self, symbol: str) -> PriceHistory:
        """Prices since the listing.

        Raises:
            UnknownSymbol: Tiingo does not know the symbol, or it is not listed in the United States.
            PriceError: it limits us, cannot be reached, or sent nothing usable.
        """
        if exchange_of(symbol) != NEW_YORK or symbol.startswith("^"):
            raise UnknownSymbol(symbol)
        bars = self._get(symbol, {"startDate": FIRST_DAY.isoformat(), "format": "json"})
        listing = SourceListing(symbol, "USD", NEW_YORK, symbol, self.name)
        history = checked(_bars(bars, symbol), listing, self._clock())
        return _with_actions(history, bars)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Nothing: Tiingo is asked for prices only."""
        del text
        return ()

    def _get(self, symbol: str, query: dict[str, str]) -> Any:  # noqa: ANN401 - JSON, checked by its reader
        try:
            response = self._client.get(f"/tiingo/daily/{symbol.lower()}/prices", params=query)
        except httpx.TimeoutException:
            raise SourceUnreachable(NAME, "no answer in time") from None
        except httpx.HTTPError:  # "from None": the request, and with it the key, stays out of the traceback
            raise SourceUnreachable(NAME, "the connection failed") from None
        self._require_success(response, symbol)
        try:
            return response.json()
        except ValueError as error:
            raise SourceUnreachable(NAME, "its answer is not data") from error

    def _require_success(self, response: httpx.Response, symbol: str) -> None:
        """Raise the error of the answer's status.

        Raises:
            UnknownSymbol: 404.
            RateLimited: 429.
            SourceUnreachable: any other that is not 200.
        """
        status, retry_at = response.status_code, retry_after(response.headers.get("Retry-After"), self._clock())
        if status == httpx.codes.NOT_FOUND:
            raise UnknownSymbol(symbol)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise RateLimited(NAME, retry_at or self._clock() + _PAUSE)
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise SourceUnreachable(NAME, "it refuses the key in TIINGO_KEY")
        if status != httpx.codes.OK:
            raise SourceUnreachable(NAME, f"it answered with status {status}", retry_at)


def _bars(bars: Any, symbol: str) -> RawBars:  # noqa: ANN401 - JSON, checked here
    """The bars of an answer.

    Raises:
        BadPrices: the answer has another form.
    """
    try:
        days = np.array([bar["date"][:10] for bar in bars], dtype="datetime64[D]")
        prices = np.array([[bar[name] for name in _PRICES] for bar in bars], dtype=np.float64).reshape(-1, 4)
        volume = np.array([bar["adjVolume"] for bar in bars], dtype=np.float64)
    except (LookupError, TypeError, ValueError) as error:
        what = f"Tiingo's answer about {symbol} makes no sense."
        raise BadPrices(what, "Try again later.") from error
    return RawBars(days, prices, volume)


def _with_actions(history: PriceHistory, bars: Any) -> PriceHistory:  # noqa: ANN401 - JSON, whose bars are checked
    """The history with its splits and dividends; Tiingo's dividends are of the shares of their day."""
    splits: list[Split] = []
    dividends: list[Dividend] = []
    shares = 1.0  # of today, for one of the bar's day
    for bar in sorted(bars, key=lambda bar: str(bar["date"]), reverse=True):
        day = date.fromisoformat(bar["date"][:10])
        paid, ratio = float(bar.get("divCash") or 0.0), float(bar.get("splitFactor") or 1.0)
        if paid > 0:
            dividends.insert(0, Dividend(day, paid / shares))
        if ratio not in {0.0, 1.0}:
            splits.insert(0, Split(day, ratio))
            shares *= ratio
    return replace(history, splits=tuple(splits), dividends=tuple(dividends))
