"""Prices: daily bars of a symbol, the market around it, and the state of a source."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.intp]
SessionArray = NDArray[np.datetime64]
MIN_SESSIONS: Final = 250
"""Fewer sessions than this are too little history for a forecast."""
MAX_MATCHES: Final = 5
"""Symbols that a search offers at most."""


@dataclass(frozen=True, slots=True)
class Split:
    """Shares became more, or fewer; every earlier price was divided by the ratio."""

    session: date  # the first that traded in the new shares
    ratio: float  # new shares for one old one: 4.0, or 0.1


@dataclass(frozen=True, slots=True)
class Dividend:
    """A share paid; every earlier price was lowered for it."""

    session: date  # the first that traded without it
    amount: float  # a share of today, in the listing's currency


@dataclass(frozen=True, slots=True)
class PriceHistory:
    """Daily prices of one symbol: n unique ascending sessions, adjusted for splits and dividends."""

    symbol: str
    sessions: SessionArray  # datetime64[D], shape (n,)
    open: FloatArray  # listing currency, shape (n,)
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray  # shares, 0 where unknown
    currency: str  # "USD", "GBp"; "" where prices are points of an index or it is not known, "%" of a rate
    exchange: str  # a calendar name of `forecasting.prices.exchanges.calendars`, such as "XNYS" or "24/7"
    name: str
    source: str  # "yahoo", "csv", "simulated", "tiingo"
    fetched_at: datetime  # UTC
    notes: tuple[str, ...] = ()  # what the checks dropped, as short phrases: "dropped 1 open bar"
    splits: tuple[Split, ...] = ()  # by session, as far as the source tells them; `take` keeps all
    dividends: tuple[Dividend, ...] = ()
    revision: int = 0  # goes up where stored closes are changed: by one common factor, or by more than 1e-3

    def __len__(self) -> int:
        return len(self.sessions)

    @property
    def last_session(self) -> date:
        """The newest session's date, which is the origin of a forecast made now."""
        last: date = self.sessions[-1].astype(object)
        return last

    def take(self, part: slice | IndexArray) -> Self:
        """The same history, cut to some of its sessions: a stretch of them, or rows in ascending order."""
        return replace(
            self,
            sessions=self.sessions[part],
            open=self.open[part],
            high=self.high[part],
            low=self.low[part],
            close=self.close[part],
            volume=self.volume[part],
        )

    def scaled(self, prices: FloatArray, shares: FloatArray) -> Self:
        """The same history, its prices and volumes multiplied session by session; both of shape (n,)."""
        return replace(
            self,
            open=self.open * prices,
            high=self.high * prices,
            low=self.low * prices,
            close=self.close * prices,
            volume=self.volume * shares,
        )


@dataclass(frozen=True, slots=True)
class StoredPrices:
    """How far the stored prices of a symbol go."""

    symbol: str
    exchange: str  # a calendar name of `forecasting.prices.exchanges.calendars`
    source: str  # where they were fetched
    last_session: date
    fetched_at: datetime  # UTC
    revision: int = 0  # as in `PriceHistory`
    notes: tuple[str, ...] = ()  # as in `PriceHistory`


@dataclass(frozen=True, slots=True)
class MarketContext:
    """What was known of the market at the close of each of one symbol's n sessions.

    The return is that of the market's newest session that had closed by then; NaN where none closed since the symbol's
    session before, so that each counts once, and where the market's prices lack it.
    """

    sessions: SessionArray  # the symbol's, datetime64[D], ascending, shape (n,)
    market_return: FloatArray  # log return, shape (n,)


TroubleCause = Literal["", "unknown", "old", "renewing"]
"""Of stored prices: their source no longer knows the symbol, its newest session is old, newer ones are on their way."""


@dataclass(frozen=True, slots=True)
class PriceTrouble:
    """Why the prices are not newer: one sentence, and when the source is tried again (UTC)."""

    sentence: str
    retry_at: datetime | None = None
    cause: TroubleCause = ""


@dataclass(frozen=True, slots=True)
class PriceAnswer:
    """Prices, with the reason why they are not newer, if any."""

    history: PriceHistory
    trouble: PriceTrouble | None = None


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How one price source has been doing since the start."""

    name: str
    last_success: datetime | None  # UTC
    failures: int  # in a row
    next_try: datetime | None  # UTC; None when it may be asked now
    reason: str = ""  # why it is not asked until then, in a sentence


@dataclass(frozen=True, slots=True)
class SymbolMatch:
    """A search hit: what a person may have meant."""

    symbol: str
    name: str
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A symbol and the calendar that its sessions follow."""

    symbol: str
    exchange: str  # a calendar name of `forecasting.prices.exchanges.calendars`
