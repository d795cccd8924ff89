"""The chance in one session of simulated symbols, drawn before anything is made of it."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from forecasting.simulation.parameters import MarketParameters
from forecasting.types.bars import FloatArray

CRISIS: Final = (0.3, 1.1)
"""How much a crisis adds to the market's slow log-volatility, at least and at most."""
MAX_REPORT_DELAY: Final = 4
"""Sessions that a quarterly report comes early or late, at most."""


@dataclass(frozen=True, slots=True)
class Shocks:
    """Draws for n paths; members of a market, which lie side by side, share what begins with `market`."""

    market_return: FloatArray  # standard normal, as all fields without a remark
    market_slow: FloatArray
    market_fast: FloatArray
    crash: FloatArray  # rise of the market's slow log-volatility, 0 on most sessions
    own_return: FloatArray
    between: FloatArray  # moves the session's return from day to night
    jump: FloatArray
    own_slow: FloatArray
    own_fast: FloatArray
    chance: FloatArray  # uniform: of an unannounced jump
    delay: NDArray[np.intp]  # of the next quarterly report, in sessions
    mixing: FloatArray  # factor on the session's own volatility that makes its tails Student's t

    @classmethod
    def draw(cls, rng: np.random.Generator, parameters: MarketParameters, members: int) -> Self:
        """Draw for every path."""
        size = len(parameters.beta)
        shared = np.repeat(rng.standard_normal((3, size // members)), members, axis=1)
        crisis = np.repeat(rng.random((2, size // members)), members, axis=1)
        own = rng.standard_normal((4, size))
        chance = rng.random(size)
        delay = np.clip(np.rint(rng.normal(0, 1.5, size)), -MAX_REPORT_DELAY, MAX_REPORT_DELAY).astype(np.intp)
        gamma = np.maximum(rng.standard_gamma(parameters.tail / 2), 1e-3)
        return cls(
            market_return=shared[0],
            market_slow=shared[1],
            market_fast=shared[2],
            crash=(crisis[0] < parameters.market_crisis_rate) * (CRISIS[0] + (CRISIS[1] - CRISIS[0]) * crisis[1]),
            own_return=own[0],
            between=own[1],
            jump=own[2],
            own_slow=own[3],
            own_fast=rng.standard_normal(size),
            chance=chance,
            delay=delay,
            mixing=np.sqrt(parameters.tail / 2 / gamma) * np.sqrt(1 - 2 / parameters.tail),
        )
