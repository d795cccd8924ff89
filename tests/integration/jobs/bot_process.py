"""A bot's worth of jobs in a process of its own, to be killed: `python bot_process.py DATABASE FOLDER [SYMBOL...]`."""

import asyncio
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import storage
from forecasting.jobs.local_pool import LocalPool
from forecasting.jobs.queue import JobQueue
from forecasting.types.job_records import Job, TrainingRequest, TrainingResult
from tests.factories import price_history


async def main(path: str, folder: str, symbols: list[str]) -> None:
    """Queue a training a symbol, work until every job has ended, and write down what was made."""

    def prepare(job: Job) -> TrainingRequest:
        first = job.symbol == "HANG" and job.attempts == 1
        options = {"pid": folder} | ({"hang": ""} if first else {})
        return TrainingRequest(job.kind, (price_history(job.symbol, 300),), b"active", options=options)

    def finish(job: Job, result: TrainingResult) -> None:
        (Path(folder) / f"made-{job.symbol}").write_bytes(result.artefact)

    with closing(storage.open(path)) as stores:
        queue = JobQueue(
            store=stores.jobs,
            workers=LocalPool(1, tasks="tests.integration.jobs.quick_tasks"),
            at_a_time=1,
            prepare=prepare,
            finish=finish,
            clock=lambda: datetime.now(UTC),
        )
        await queue.start()
        for symbol in symbols:
            queue.submit("train", symbol, 7)
        for job in queue.jobs():
            async for now in queue.updates(job.id):
                print(now.id, now.state, now.progress.stage, flush=True)  # noqa: T201 - the test reads along
        await queue.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
