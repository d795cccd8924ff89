"""Simulated price histories: open, high, low, close and volume of many symbols at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.simulation.parameters import MarketParameters, draw_parameters
from forecasting.simulation.state import MarketState, Session, advance, first_state
from forecasting.types.bars import FloatArray

MEMBERS: Final = 32
"""Symbols that share one market unless asked otherwise."""
STEPS: Final = 4
"""Parts of a session; between them the extremes of the Brownian bridge are drawn exactly."""


@dataclass(frozen=True, slots=True)
class SimulatedMarket:
    """Prices of n paths over T sessions, each array float64 of shape (n, T); members of a market lie side by side."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    members: int
    parameters: MarketParameters
    states: tuple[MarketState, ...]  # after each session, one entry a session; empty unless asked for


def simulate_market(
    seed: int, paths: int, sessions: int, *, members: int = MEMBERS, keep_states: bool = False
) -> SimulatedMarket:
    """Draw parameters and prices; the same arguments give the same market.

    `paths` is rounded up to whole markets of `members` symbols.
    """
    rng = np.random.default_rng(seed)
    markets = -(-paths // members)
    parameters = draw_parameters(rng, markets, members)
    state = first_state(rng, parameters, members)
    states: list[MarketState] = []
    days: list[Session] = []
    for _ in range(sessions):
        state, day = advance(rng, parameters, state, members)
        days.append(day)
        if keep_states:
            states.append(state)
    opened, high, low, close = _candles(rng, parameters, days)
    volume = _volumes(rng, parameters, np.stack([day.size for day in days], axis=1))
    return SimulatedMarket(opened, high, low, close, volume, members, parameters, tuple(states))


def _candles(
    rng: np.random.Generator, parameters: MarketParameters, days: list[Session]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Open, high, low and close from each session's gap, intraday return and spread."""
    gap = np.stack([day.gap for day in days], axis=1)
    intraday = np.stack([day.intraday for day in days], axis=1)
    spread = np.stack([day.intraday_spread for day in days], axis=1) / np.sqrt(STEPS)
    close = np.log(50.0) + np.cumsum(gap + intraday, axis=1)
    start = close - intraday
    moves = rng.standard_normal((STEPS, *spread.shape)) * spread
    moves += (intraday - moves.sum(axis=0)) / STEPS  # a walk bound to end at the close
    at, top, bottom = np.zeros_like(start), np.zeros_like(start), np.zeros_like(start)
    for move in moves:
        reach = -2 * spread**2 * np.log(rng.random((2, *spread.shape)))
        top = np.maximum(top, at + (move + np.sqrt(move**2 + reach[0])) / 2)
        bottom = np.minimum(bottom, at + (move - np.sqrt(move**2 + reach[1])) / 2)
        at = at + move
    scale = parameters.range_scale[:, None]
    high = np.maximum(top * scale, np.maximum(intraday, 0.0))
    low = np.minimum(bottom * scale, np.minimum(intraday, 0.0))
    opened, closed = np.exp(start), np.exp(close)
    top_price = np.maximum(np.exp(start + high), np.maximum(opened, closed))  # against rounding
    return opened, top_price, np.minimum(np.exp(start + low), np.minimum(opened, closed)), closed


def _volumes(rng: np.random.Generator, parameters: MarketParameters, size: FloatArray) -> FloatArray:
    """Shares traded: tied to the session's size, with a slowly wandering level."""
    noise = rng.standard_normal(size.shape) * parameters.volume_noise[:, None]
    level = np.cumsum(rng.standard_normal(size.shape) * 0.02, axis=1)
    return np.asarray(
        np.exp(parameters.volume[:, None] + parameters.volume_to_size[:, None] * size + noise + level).round()
    )
