"""The random parameters of a simulated symbol, which one path keeps for all its sessions."""

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np

from forecasting.types.bars import FloatArray, IndexArray

YEAR: Final = 252
"""Sessions a year."""
FUNDS: Final = 0.08
"""Share of paths that are calm baskets of shares, which report nothing."""
REPORTING: Final = 0.9
"""Share of the others that jump at quarterly reports."""
QUARTER: Final = 63
"""Sessions between two quarterly reports."""


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """Parameters of n paths, each an array of shape (n,); members of one market share the `market_` ones.

    The logarithm of volatility is a sum of mean-reverting components (Alizadeh, Brandt and Diebold 2002, two-component
    stochastic volatility), one slow and one fast for the market, the same for the symbol alone, each with leverage.
    """

    market_volatility: FloatArray  # typical daily standard deviation of the market's return
    market_slow_decay: FloatArray  # share of a deviation that is left a session later
    market_slow_spread: FloatArray  # stationary standard deviation in log-volatility
    market_fast_decay: FloatArray
    market_fast_spread: FloatArray
    market_leverage: FloatArray  # correlation of the market's return with its volatility's shock, negative
    market_crisis_rate: FloatArray  # chance a session that a crisis begins
    market_drift: FloatArray  # log return a session
    beta: FloatArray
    own_volatility: FloatArray  # typical daily standard deviation of what the market does not explain
    own_slow_decay: FloatArray
    own_slow_spread: FloatArray
    own_fast_decay: FloatArray
    own_fast_spread: FloatArray
    own_leverage: FloatArray
    coupling: FloatArray  # how far the symbol's own volatility follows the market's
    drift: FloatArray  # own log return a session
    reversal: FloatArray  # share of yesterday's shock that is taken back today
    tail: FloatArray  # degrees of freedom of the session's mixing variable
    overnight: FloatArray  # share of the variance between close and open
    jump_rate: FloatArray  # chance a session of an unannounced jump
    jump_size: FloatArray  # its standard deviation, in typical daily volatilities
    report_size: (
        FloatArray  # standard deviation of the gap after a quarterly report, in the same unit; 0 without reports
    )
    aftershock: FloatArray  # rise of log-volatility after a jump, per unit of its size
    volume: FloatArray  # typical log of the shares traded
    volume_to_size: FloatArray  # slope of log-volume on the session's log-volatility
    volume_noise: FloatArray
    range_scale: FloatArray  # extremes relative to those of Brownian motion (tick size, thin trading)

    def take(self, rows: IndexArray) -> Self:
        """The parameters of some paths, repeated as often as a row is named."""
        return type(self)(*(getattr(self, f.name)[rows] for f in fields(self)))


def _spread_out(rng: np.random.Generator, low: float, high: float, size: int) -> FloatArray:
    """Log-uniform draws between two positive bounds."""
    return np.exp(rng.uniform(np.log(low), np.log(high), size))


def _decay(rng: np.random.Generator, low: float, high: float, size: int) -> FloatArray:
    """Share left after a session, for half-lives between two bounds in sessions."""
    return np.asarray(0.5 ** (1 / _spread_out(rng, low, high, size)))


def draw_parameters(rng: np.random.Generator, markets: int, members: int) -> MarketParameters:
    """Parameters of `markets * members` paths, market by market, in the ranges of listed shares and funds."""
    shared = {name: np.repeat(column, members) for name, column in _market_columns(rng, markets).items()}
    return MarketParameters(**shared, **_own_columns(rng, markets * members))


def _market_columns(rng: np.random.Generator, size: int) -> dict[str, FloatArray]:
    """What the members of a market share."""
    return {
        "market_volatility": 0.0078 * np.exp(rng.normal(0, 0.3, size)),
        "market_slow_decay": _decay(rng, 40, 400, size),
        "market_slow_spread": rng.uniform(0.25, 0.5, size),
        "market_fast_decay": _decay(rng, 3, 12, size),
        "market_fast_spread": rng.uniform(0.12, 0.3, size),
        "market_leverage": rng.uniform(-0.8, -0.35, size),
        "market_crisis_rate": 1 / _spread_out(rng, 300, 2000, size),
        "market_drift": rng.normal(0.02, 0.015, size) / YEAR,
    }


def _own_columns(rng: np.random.Generator, size: int) -> dict[str, FloatArray]:
    """What every path has to itself."""
    is_fund = rng.random(size) < FUNDS
    reports = (rng.random(size) < REPORTING) & ~is_fund
    return {
        "beta": np.clip(rng.normal(1.0, 0.35, size), 0.1, 2.5),
        "own_volatility": np.where(is_fund, 0.25, 1.0) * 0.0112 * np.exp(rng.normal(0, 0.45, size)),
        "own_slow_decay": _decay(rng, 40, 400, size),
        "own_slow_spread": rng.uniform(0.15, 0.4, size),
        "own_fast_decay": _decay(rng, 2, 15, size),
        "own_fast_spread": rng.uniform(0.1, 0.28, size),
        "own_leverage": rng.uniform(-0.5, 0.0, size),
        "coupling": rng.uniform(0.3, 0.9, size),
        "drift": rng.normal(0.01, 0.02, size) / YEAR,
        "reversal": rng.uniform(-0.02, 0.1, size),
        "tail": _spread_out(rng, 6, 30, size),
        "overnight": rng.beta(4, 8, size),
        "jump_rate": 1 / _spread_out(rng, 200, 2000, size),
        "jump_size": rng.uniform(1.5, 4, size),
        "report_size": np.where(reports, _spread_out(rng, 1.0, 5.0, size), 0),
        "aftershock": rng.uniform(0, 0.08, size),
        "volume": rng.normal(15, 1.5, size),
        "volume_to_size": rng.uniform(0.2, 0.7, size),
        "volume_noise": rng.uniform(0.2, 0.4, size),
        "range_scale": rng.normal(1.03, 0.04, size),
    }
