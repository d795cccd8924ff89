"""How near the model comes to the limit: its CRPS over that of the true quantiles of the simulated markets.

Usage: python benchmarks/limit.py [--paths 128] [--seed 99]

The true quantiles come from each path's parameters and hidden state, which prices alone do not show; no forecaster
stays below 1.
"""

import argparse
from datetime import UTC, datetime

import numpy as np

from forecasting.evaluation.metrics import crps
from forecasting.model.artefact import base_artefact, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.simulation.market import SimulatedMarket, simulate_market
from forecasting.simulation.true_quantiles import true_quantiles
from forecasting.types.bars import FloatArray, PriceHistory
from forecasting.types.quantile_forecast import MAX_HORIZON
from forecasting.types.scorecards import SCORED_HORIZONS

SESSIONS, FIRST_ORIGIN, STEP = 1040, 560, 30
AHEAD = np.array(SCORED_HORIZONS)


def main() -> None:
    """Simulate, forecast by both, and print the ratio at each horizon."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paths", type=int, default=128)
    parser.add_argument("--seed", type=int, default=99)
    asked = parser.parse_args()
    market = simulate_market(asked.seed, asked.paths, SESSIONS, keep_states=True)
    origins = np.arange(FIRST_ORIGIN, SESSIONS - MAX_HORIZON, STEP)
    true = np.stack([true_quantiles(market, int(origin), seed=int(origin)) for origin in origins], axis=1)
    model = ModelForecaster(load(base_artefact()))
    losses = np.array([pair(history_of(market, path), model, true[path], origins) for path in range(len(true))])
    of_model, of_law = losses.mean(axis=0)
    print(f"| CRPS / CRPS of the true quantiles, {len(true)} paths | {' | '.join(map(str, AHEAD))} |")
    print(f"|---|{'---|' * len(AHEAD)}\n| base model | {' | '.join(f'{ratio:.3f}' for ratio in of_model / of_law)} |")


def history_of(market: SimulatedMarket, path: int) -> PriceHistory:
    """One simulated path as a price history."""
    days = np.datetime64("2000-01-03") + np.arange(SESSIONS)
    bars = (market.open[path], market.high[path], market.low[path], market.close[path], market.volume[path])
    return PriceHistory("SIM", days, *bars, "USD", "24/7", "", "simulated", datetime.now(UTC))


def pair(history: PriceHistory, model: ModelForecaster, true: FloatArray, origins: np.ndarray) -> FloatArray:
    """Mean CRPS of the model and of the true quantiles, shape (2, horizons), in units of the path's own daily moves."""
    close = history.close[origins, None]
    came = history.close[origins[:, None] + AHEAD]
    unit = close * np.abs(np.diff(np.log(history.close))).mean()
    both = (model.quantiles(history, origins), true)
    return np.stack([(crps(came, quantiles[:, AHEAD - 1]) / unit).mean(axis=0) for quantiles in both])


if __name__ == "__main__":
    main()
