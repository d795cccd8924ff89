"""The hidden state of simulated symbols, and how one session moves it."""

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.simulation.law import QUARTER, MarketLaw
from forecasting.types import FloatArray, IndexArray

CRISIS: Final = (0.3, 1.1)
"""How much a crisis adds to the market's slow log-volatility, at least and at most."""


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


def first_state(rng: np.random.Generator, law: MarketLaw, members: int) -> MarketState:
    """A draw from the stationary spread of each component."""
    size = len(law.beta)
    shared = np.repeat(rng.standard_normal((2, size // members)), members, axis=1)
    own = rng.standard_normal((2, size))
    return MarketState(
        market_slow=shared[0] * law.market_slow_spread,
        market_fast=shared[1] * law.market_fast_spread,
        own_slow=own[0] * law.own_slow_spread,
        own_fast=own[1] * law.own_fast_spread,
        last_shock=np.zeros(size),
        to_report=rng.integers(0, QUARTER, size),
        report_delay=np.zeros(size, np.intp),
    )


def advance(rng: np.random.Generator, law: MarketLaw, state: MarketState, members: int) -> tuple[MarketState, Session]:
    """One session for every path; members of a market, which lie side by side, share its shocks."""
    size = len(law.beta)
    shared = np.repeat(rng.standard_normal((3, size // members)), members, axis=1)
    crisis = np.repeat(rng.random((2, size // members)), members, axis=1)
    own = rng.standard_normal((4, size))
    chance = rng.random(size)
    delay = np.clip(np.rint(rng.normal(0, 1.5, size)), -4, 4).astype(np.intp)
    mixing = np.sqrt(law.tail / 2 / np.maximum(rng.standard_gamma(law.tail / 2), 1e-3)) * np.sqrt(1 - 2 / law.tail)
    market_level = state.market_slow + state.market_fast
    market_spread = law.market_volatility * np.exp(market_level)
    own_spread = law.own_volatility * np.exp(state.own_slow + state.own_fast + law.coupling * market_level) * mixing
    market_shock = shared[0]
    market_return = market_spread * market_shock
    spread = np.sqrt((law.beta * market_spread) ** 2 + own_spread**2)
    # overnight and intraday parts of one normal shock are independent normals that sum to it
    night = np.sqrt(law.overnight)
    shock = law.beta * market_return + own_spread * own[0]
    between = own[1] * night * np.sqrt(1 - law.overnight) * spread
    gap, intraday = law.overnight * shock + between, (1 - law.overnight) * shock - between
    typical = np.sqrt((law.beta * law.market_volatility) ** 2 + law.own_volatility**2)
    is_due = state.to_report <= 0
    report = is_due & (law.report_size > 0)
    jump_size = np.where(report, law.report_size, np.where(chance < law.jump_rate, law.jump_size, 0.0))
    jump = jump_size * typical * own[2]
    drift = law.drift + law.beta * law.market_drift - law.reversal * state.last_shock
    excess = np.where(jump_size > 0, np.abs(own[2]) * jump_size, 0.0)
    crash = (crisis[0] < law.market_crisis_rate) * (CRISIS[0] + (CRISIS[1] - CRISIS[0]) * crisis[1])
    moved = MarketState(
        market_slow=_revert(
            state.market_slow,
            law.market_slow_decay,
            law.market_slow_spread,
            _correlate(market_shock, shared[1], 0.6 * law.market_leverage),
        )
        + crash,
        market_fast=_revert(
            state.market_fast,
            law.market_fast_decay,
            law.market_fast_spread,
            _correlate(market_shock, shared[2], law.market_leverage),
        ),
        own_slow=_revert(state.own_slow, law.own_slow_decay, law.own_slow_spread, own[3]),
        own_fast=_revert(
            state.own_fast,
            law.own_fast_decay,
            law.own_fast_spread,
            _correlate(own[0], rng.standard_normal(size), law.own_leverage),
        )
        + law.aftershock * excess,
        last_shock=shock + jump,
        to_report=np.where(is_due, QUARTER - 1 + delay - state.report_delay, state.to_report - 1),
        report_delay=np.where(is_due, delay, state.report_delay),
    )
    busy = np.log(spread / typical) + 0.12 * np.log((shock / spread) ** 2 + 0.1) + 0.5 * np.log1p(excess)
    session = Session(
        gap + jump + drift * law.overnight,
        intraday + drift * (1 - law.overnight),
        np.sqrt(1 - law.overnight) * spread * np.sqrt(1 + 0.3 * excess),
        busy,
    )
    return moved, session


def _revert(level: FloatArray, decay: FloatArray, spread: FloatArray, shock: FloatArray) -> FloatArray:
    """A first-order autoregression with the given stationary spread."""
    return np.asarray(decay * level + np.sqrt(1 - decay**2) * spread * shock)


def _correlate(shock: FloatArray, other: FloatArray, correlation: FloatArray) -> FloatArray:
    """A standard normal that has the given correlation with `shock`."""
    return np.asarray(correlation * shock + np.sqrt(1 - correlation**2) * other)
