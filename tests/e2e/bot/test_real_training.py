"""The whole way with nothing replaced: a new symbol, the base model's answer, a real training in a real worker."""

from pathlib import Path

import pytest

from forecasting.jobs.local_pool import LocalPool
from tests.e2e.bot.stage import stage

TRAINING_S = 900.0
"""A worker imports TensorFlow first, and is polite: beside other work it gets a tenth of a core."""


@pytest.mark.timeout(TRAINING_S + 60)
async def test_a_symbols_own_model_is_trained_behind_its_first_forecast(tmp_path: Path) -> None:
    async with stage(tmp_path, workers=LocalPool(1)) as real:
        answer = await real.ask("/predict AAPL")
        assert "Base model ·" in answer.text
        services = real.app.services
        await real.chat.wait_for(lambda: not services.jobs.jobs(), TRAINING_S)
        [job] = services.job_store.recent()
        assert job.state == "done", job.message
        await real.changed(answer, job.message)
        [record] = services.models.past("AAPL")
        assert record.promotion
        assert record.promotion.windows > 0
        told = await real.ask("/model AAPL")
        assert record.sha256[:8] in told.text
        assert record.state in told.text
