"""Prints which packages a worker has imported when its parent is a program that has imported the bot."""

from queue import SimpleQueue

import bot.app
from forecasting.jobs.local_pool import LocalPool
from forecasting.types.job_records import Progress, TrainingRequest
from tests.factories import price_history
from tests.waiting import PATIENCE_S

PACKAGES = "bot matplotlib storage telegram"


def print_worker_imports() -> None:
    """Print those of `PACKAGES` that a worker has imported, on one line."""
    assert bot.app
    pool = LocalPool(1, tasks="tests.integration.jobs.quick_tasks")
    told: SimpleQueue[Progress] = SimpleQueue()
    options = {"imported": PACKAGES, "hang": ""}  # what a training says is lost once it has ended
    pool.submit(TrainingRequest("train", (price_history(sessions=300),), b"active", options=options), told.put)
    print(told.get(timeout=PATIENCE_S).stage)  # noqa: T201 - what the test reads
    pool.close()
