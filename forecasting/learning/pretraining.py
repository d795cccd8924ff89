"""Pretraining: the base model, from simulated markets alone."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from forecasting.learning.assembly import assemble
from forecasting.learning.network import Scaling, build_members
from forecasting.learning.runtime import seeded
from forecasting.learning.sequences import Batch, Sequences, batches, from_simulation
from forecasting.learning.training import fit
from forecasting.model.artefact import Artefact
from forecasting.model.spec import ModelSpec
from forecasting.simulation.market import simulate_market
from forecasting.types import LEVELS, FloatArray, Progress

SESSIONS: Final = 1300
"""Length of a simulated history."""
CHUNK: Final = 256
"""Paths that are simulated together, to bound the memory."""
BATCH: Final = 96
"""Sequences of a step."""


def simulated_sequences(seed: int, paths: int) -> Sequences:
    """Features and outcomes of simulated markets."""
    parts = []
    for number in range(-(-paths // CHUNK)):
        rng = np.random.default_rng((seed, number))
        market = simulate_market(int(rng.integers(2**62)), min(CHUNK, paths), SESSIONS)
        parts.append(from_simulation(market, rng))
    return Sequences(*(np.concatenate([getattr(p, f) for p in parts]) for f in ("features", "outcomes", "weights")))


def scaling_of(data: Sequences) -> Scaling:
    """Feature moments and the fixed curve: the historical distribution of outcomes, made symmetric about 0."""
    values = data.features[:, 60::7].reshape(-1, data.features.shape[-1]).astype(np.float64)
    outcomes = data.outcomes[:, 60:-20:7].reshape(-1, data.outcomes.shape[-1])
    quantiles = np.quantile(outcomes, LEVELS, axis=0).T
    return Scaling(values.mean(0), np.maximum(values.std(0), 0.05), (quantiles - quantiles[:, ::-1]) / 2)
