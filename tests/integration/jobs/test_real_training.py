"""A symbol's model is trained by TensorFlow in a real worker, stored, and answers in this process without it."""

from dataclasses import replace

import numpy as np
import pytest

from forecasting.jobs.local_pool import LocalPool
from forecasting.jobs.training_jobs import TrainingJobs
from forecasting.memory_stores import MemoryPriceStore
from forecasting.model.artefact import base_artefact, dump, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.types.job_records import Job, Progress
from storage import Stores
from tests.factories import NOW, market_context, price_history
from tests.fakes import FixedMarket, ManualClock

HISTORY = price_history(sessions=1200)
JOB = Job(1, "train", "AAPL", "running", (7,), NOW)
PATIENCE_S = 900
"""The worker is polite: beside other work it gets a tenth of a core."""


def one_network() -> bytes:
    """The base model with the weights of one of its networks, which trains in a quarter of the time."""
    base = load(base_artefact())
    weights = {name: weight for name, weight in base.weights.items() if name.startswith("0/")}
    return dump(replace(base, spec=replace(base.spec, members=1), weights=weights, member_weights=np.ones(1)))


@pytest.mark.timeout(PATIENCE_S + 60)
def test_a_candidate_comes_back_is_judged_and_can_answer(stores: Stores) -> None:
    seen: list[Progress] = []
    models = stores.models
    training = TrainingJobs(
        latest=lambda _: HISTORY,
        market=FixedMarket({HISTORY.symbol: market_context(HISTORY)}),
        active=lambda _: one_network(),
        prices=MemoryPriceStore(),
        models=models,
        clock=ManualClock(),
    )
    pool = LocalPool(1)
    try:
        result = pool.submit(training.request(JOB), seen.append).result(PATIENCE_S)
    finally:
        pool.close()
    training.keep(JOB, replace(result, promotion=replace(result.promotion, promoted=True)))
    active = models.active("AAPL")
    assert active is not None
    assert (active.kind, active.sha256) == ("symbol", result.sha256)
    forecaster = ModelForecaster(load(models.artefact(active.sha256)))
    prices = forecaster.quantiles(HISTORY, np.array([len(HISTORY) - 1]))
    assert np.all(np.diff(prices[0], axis=1) > 0)
    steps = [progress.done for progress in seen if progress.total]
    assert steps == sorted(steps)
    assert steps[-1] == seen[-2].total
    assert result.promotion.reason != ""
