"""Features of the market: its return and dispersion, as optional columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from forecasting.model.volatility import BASE_SPAN, FLOOR, moving_mean
from forecasting.types.bars import FloatArray, MarketContext, SessionArray

MIN_MARKET_SESSIONS: Final = 60
"""Sessions of the market that must be known before its features are used."""
COLUMNS: Final = 8
"""Features that describe the market, flags included."""
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MarketColumns:
    """The market on the sessions of one or many paths; NaN where it is not known."""

    market_return: FloatArray  # log return, shape (..., T)
    dispersion: FloatArray  # standard deviation of log returns over symbols, shape (..., T)


def market_features(market: MarketColumns | None, returns: FloatArray, volatility: FloatArray) -> Iterator[FloatArray]:
    """Return, volatility and dispersion of the market, each group followed by the flag that it is known; else 0."""
    if market is None:
        yield from np.zeros((COLUMNS, *returns.shape))
        return
    known = np.isfinite(market.market_return)
    yield from _where_known(known, _of_return(np.where(known, market.market_return, 0.0), known, volatility))
    known = np.isfinite(market.dispersion)
    spread = np.where(known, market.dispersion, 0.0)
    yield from _where_known(known, [np.log(_level(spread, known, 10) / _level(spread, known, 120))])


def _of_return(change: FloatArray, known: BoolArray, volatility: FloatArray) -> list[FloatArray]:
    """The market's session and its volatilities, fast and slow, and beside the symbol's."""
    level = np.sqrt(_level(change**2, known, BASE_SPAN))
    return [
        change / level,
        *(0.5 * np.log(_level(change**2, known, span) / level**2) for span in (4, 60, 250)),
        np.log(level / volatility) + 0.5,
    ]


def _level(values: FloatArray, known: BoolArray, span: float) -> FloatArray:
    """Moving mean of what is known, never quite 0."""
    return moving_mean(values, span, known) + FLOOR**2


def _where_known(known: BoolArray, columns: list[FloatArray]) -> Iterator[FloatArray]:
    """The columns and a flag, 0 until enough sessions are known."""
    seen = np.cumsum(known, axis=-1) >= MIN_MARKET_SESSIONS
    for column in (*columns, np.ones(seen.shape)):
        yield np.where(seen, column, 0.0)


def aligned(context: MarketContext | None, sessions: SessionArray) -> MarketColumns | None:
    """A context on some of the sessions of its symbol, NaN on others.

    The network was taught by simulated markets, some of which show their dispersion; of the real one it is not known.
    """
    if context is None or not len(context.sessions):
        return None
    place = np.minimum(np.searchsorted(context.sessions, sessions), len(context.sessions) - 1)
    known = context.sessions[place] == sessions
    return MarketColumns(np.where(known, context.market_return[place], np.nan), np.full(len(sessions), np.nan))
