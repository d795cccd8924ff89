"""The true quantiles of the next sessions, given a simulated symbol's parameters and hidden state."""

from typing import Final

import numpy as np

from forecasting.simulation.market import SimulatedMarket
from forecasting.simulation.state import advance
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON

SAMPLES: Final = 2000
"""Futures that are drawn for each origin."""


def true_quantiles(market: SimulatedMarket, session: int, *, samples: int = SAMPLES, seed: int = 0) -> FloatArray:
    """Quantiles of the close 1 to 20 sessions after `session`, shape (paths, 20, 21), by drawing futures.

    The market has to be simulated with `keep_states=True`. No
    forecaster that sees prices only can do better on average.
    """
    rng = np.random.default_rng(seed)
    paths = len(market.close)
    rows = np.repeat(np.arange(paths), samples)
    parameters, state = market.parameters.take(rows), market.states[session].take(rows)
    futures = np.zeros((MAX_HORIZON, paths * samples))
    total = np.zeros(paths * samples)
    for horizon in range(MAX_HORIZON):
        state, day = advance(rng, parameters, state, members=1)
        total = total + day.gap + day.intraday
        futures[horizon] = total
    quantiles = np.quantile(futures.reshape(MAX_HORIZON, paths, samples), LEVELS, axis=-1)
    return np.asarray(market.close[:, session, None, None] * np.exp(np.moveaxis(quantiles, 0, -1).swapaxes(0, 1)))
