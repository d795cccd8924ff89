"""The market around a symbol: its return and dispersion as optional columns, and the features made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.model.volatility import BASE_SPAN, FLOOR, log_returns, moving_mean
from forecasting.types import FloatArray, MarketContext, PriceHistory, SessionArray

ENOUGH: Final = 60
"""Sessions of the market that must be known before it is taken into account."""
FEWEST: Final = 8
"""Symbols below which an average of symbols is no market."""


@dataclass(frozen=True, slots=True)
class MarketColumns:
    """The market on the sessions of one or many paths; NaN where it is not known."""

    market_return: FloatArray  # log return, shape (..., T)
    dispersion: FloatArray  # standard deviation of log returns over symbols, shape (..., T)


def market_features(market: MarketColumns | None, returns: FloatArray, volatility: FloatArray) -> Iterator[FloatArray]:
    """Six columns, all 0 where the market is not known; the last one is the flag that it is."""
    if market is None:
        yield from np.zeros((7, *returns.shape))
        return
    known = np.isfinite(market.market_return) & np.isfinite(market.dispersion)
    seen = np.cumsum(known, axis=-1) >= ENOUGH
    change, dispersion = np.where(known, market.market_return, 0.0), np.where(known, market.dispersion, 0.0)
    level = np.sqrt(moving_mean(change**2, BASE_SPAN, known) + FLOOR**2)
    columns = [
        np.where(known, change / level, 0.0),
        *(0.5 * np.log((moving_mean(change**2, span, known) + FLOOR**2) / level**2) for span in (4, 60, 250)),
        np.log(level / volatility) + 0.5,
        np.log((moving_mean(dispersion, 10, known) + FLOOR) / (moving_mean(dispersion, 120, known) + FLOOR)),
        np.ones(returns.shape),
    ]
    for column in columns:
        yield np.where(seen, column, 0.0)


def market_of(histories: Sequence[PriceHistory]) -> MarketContext | None:
    """Equal-weighted return and dispersion of many symbols; None for fewer than `FEWEST`.

    A session counts where at least `FEWEST` symbols traded on it; the other columns stay unknown.
    """
    if len(histories) < FEWEST:
        return None
    sessions: SessionArray = np.unique(np.concatenate([h.sessions for h in histories]))
    returns = np.full((len(histories), len(sessions)), np.nan)
    for row, history in zip(returns, histories, strict=True):
        row[np.searchsorted(sessions, history.sessions[1:])] = log_returns(history.close)[1:]
    known = np.isfinite(returns)
    count = known.sum(axis=0)
    mean = np.where(known, returns, 0.0).sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt(np.where(known, (returns - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count, 1))
    enough, unknown = count >= FEWEST, np.full(len(sessions), np.nan)
    return MarketContext(
        sessions, np.where(enough, mean, np.nan), np.where(enough, spread, np.nan), unknown, unknown, unknown
    )


def aligned(context: MarketContext | None, sessions: SessionArray) -> MarketColumns | None:
    """A context brought to the sessions of a symbol, NaN on sessions that it does not know."""
    if context is None or not len(context.sessions):
        return None
    place = np.minimum(np.searchsorted(context.sessions, sessions), len(context.sessions) - 1)
    known = context.sessions[place] == sessions
    return MarketColumns(
        np.where(known, context.market_return[place], np.nan), np.where(known, context.dispersion[place], np.nan)
    )
