"""The hidden state of simulated symbols, and how one session moves it."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from forecasting.simulation.parameters import QUARTER, MarketParameters
from forecasting.simulation.shocks import Shocks
from forecasting.types.bars import FloatArray, IndexArray


@dataclass(frozen=True, slots=True)
class MarketState:
    """Hidden state of n paths after a session, each field of shape (n,)."""

    market_slow: FloatArray
    market_fast: FloatArray
    own_slow: FloatArray
    own_fast: FloatArray
    last_shock: FloatArray  # the last session's log return without drift
    to_report: NDArray[np.intp]  # sessions until the next quarterly report
    report_delay: NDArray[np.intp]  # of the coming report against the calendar; delays do not add up

    def take(self, rows: IndexArray) -> Self:
        """The states of some paths, repeated as often as a row is named."""
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Session:
    """What one session brings to n paths, each field of shape (n,)."""

    gap: FloatArray  # log return from the last close to the open
    intraday: FloatArray  # log return from open to close
    intraday_spread: FloatArray  # standard deviation that the session's intraday return had
    size: FloatArray  # log of the session's volatility relative to the typical one, with its mixing and jump


def first_state(rng: np.random.Generator, parameters: MarketParameters, members: int) -> MarketState:
    """A draw from the stationary spread of each component."""
    size = len(parameters.beta)
    shared = np.repeat(rng.standard_normal((2, size // members)), members, axis=1)
    own = rng.standard_normal((2, size))
    return MarketState(
        market_slow=shared[0] * parameters.market_slow_spread,
        market_fast=shared[1] * parameters.market_fast_spread,
        own_slow=own[0] * parameters.own_slow_spread,
        own_fast=own[1] * parameters.own_fast_spread,
        last_shock=np.zeros(size),
        to_report=rng.integers(0, QUARTER, size),
        report_delay=np.zeros(size, np.intp),
    )


def advance(
    rng: np.random.Generator, parameters: MarketParameters, state: MarketState, members: int
) -> tuple[MarketState, Session]:
    """One session for every path; members of a market, which lie side by side, share its shocks."""
    chance = Shocks.draw(rng, parameters, members)
    level = state.market_slow + state.market_fast
    market = parameters.market_volatility * np.exp(level)
    own = (
        parameters.own_volatility
        * np.exp(state.own_slow + state.own_fast + parameters.coupling * level)
        * chance.mixing
    )
    shock = parameters.beta * (market * chance.market_return) + own * chance.own_return
    jump_size = _jump_size(parameters, state, chance)
    jump = jump_size * _typical(parameters) * chance.jump
    moved = _moved(parameters, state, chance, shock + jump, jump_size)
    spread = np.sqrt((parameters.beta * market) ** 2 + own**2)
    drift = parameters.drift + parameters.beta * parameters.market_drift - parameters.reversal * state.last_shock
    return moved, _session(parameters, chance, spread, shock, jump, drift, _excess(chance, jump_size))


def _session(
    parameters: MarketParameters,
    chance: Shocks,
    spread: FloatArray,
    shock: FloatArray,
    jump: FloatArray,
    drift: FloatArray,
    excess: FloatArray,
) -> Session:
    """Divide a session's return between night and day: parts of one normal shock are normals that sum to it."""
    night, day = parameters.overnight, 1 - parameters.overnight
    between = chance.between * np.sqrt(night) * np.sqrt(day) * spread
    return Session(
        gap=night * shock + between + jump + drift * night,
        intraday=day * shock - between + drift * day,
        intraday_spread=np.sqrt(day) * spread * np.sqrt(1 + 0.3 * excess),
        size=np.log(spread / _typical(parameters))
        + 0.12 * np.log((shock / spread) ** 2 + 0.1)
        + 0.5 * np.log1p(excess),
    )


def _moved(
    parameters: MarketParameters, state: MarketState, chance: Shocks, last_shock: FloatArray, jump_size: FloatArray
) -> MarketState:
    slow = _correlate(chance.market_return, chance.market_slow, 0.6 * parameters.market_leverage)
    fast = _correlate(chance.market_return, chance.market_fast, parameters.market_leverage)
    own_fast = _correlate(chance.own_return, chance.own_fast, parameters.own_leverage)
    is_due = state.to_report <= 0
    return MarketState(
        market_slow=_revert(state.market_slow, parameters.market_slow_decay, parameters.market_slow_spread, slow)
        + chance.crash,
        market_fast=_revert(state.market_fast, parameters.market_fast_decay, parameters.market_fast_spread, fast),
        own_slow=_revert(state.own_slow, parameters.own_slow_decay, parameters.own_slow_spread, chance.own_slow),
        own_fast=_revert(state.own_fast, parameters.own_fast_decay, parameters.own_fast_spread, own_fast)
        + parameters.aftershock * _excess(chance, jump_size),
        last_shock=last_shock,
        to_report=np.where(is_due, QUARTER - 1 + chance.delay - state.report_delay, state.to_report - 1),
        report_delay=np.where(is_due, chance.delay, state.report_delay),
    )


def _jump_size(parameters: MarketParameters, state: MarketState, chance: Shocks) -> FloatArray:
    """Standard deviation of the session's jump in typical volatilities: after a report, unannounced, or 0."""
    report = (state.to_report <= 0) & (parameters.report_size > 0)
    return np.where(
        report, parameters.report_size, np.where(chance.chance < parameters.jump_rate, parameters.jump_size, 0.0)
    )


def _excess(chance: Shocks, jump_size: FloatArray) -> FloatArray:
    """How large the jump was, in typical volatilities."""
    return np.where(jump_size > 0, np.abs(chance.jump) * jump_size, 0.0)


def _typical(parameters: MarketParameters) -> FloatArray:
    """Typical daily volatility of a symbol, market and own together."""
    return np.asarray(np.sqrt((parameters.beta * parameters.market_volatility) ** 2 + parameters.own_volatility**2))


def _revert(level: FloatArray, decay: FloatArray, spread: FloatArray, shock: FloatArray) -> FloatArray:
    """A first-order autoregression with the given stationary spread."""
    return np.asarray(decay * level + np.sqrt(1 - decay**2) * spread * shock)


def _correlate(shock: FloatArray, other: FloatArray, correlation: FloatArray) -> FloatArray:
    """A standard normal that has the given correlation with `shock`."""
    return np.asarray(correlation * shock + np.sqrt(1 - correlation**2) * other)
