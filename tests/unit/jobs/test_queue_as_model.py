"""Any sequence of asking, ending, losing, stopping and restarting keeps what the queue promises."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from forecasting.errors import FanchartError, JobFailed, WorkerLost
from forecasting.jobs.queue import JobQueue
from forecasting.jobs.transitions import MAX_ATTEMPTS, OPEN, Limits
from forecasting.types.job_records import Job, JobKind, TrainingRequest, TrainingResult
from tests.factories import price_history
from tests.fakes import ManualClock, ManualWorkers, MemoryJobStore, Training
from tests.waiting import PATIENCE_S

HISTORY = price_history(sessions=30)
AT_A_TIME = 2
LIMITS = Limits(in_all=4, per_person=3)


class OpenWorkers(ManualWorkers):
    """Workers that know what they have not ended."""

    def under_way(self) -> list[Training]:
        return [training for training in self.trainings if not training.done()]


class Queue(RuleBasedStateMachine):
    """A queue, its store and its workers, on an event loop that runs between the steps."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = MemoryJobStore()
        self.finished: list[int] = []
        self.asked: dict[int, set[int]] = {}
        self.start()

    def start(self) -> None:
        self.workers = OpenWorkers()
        self.queue = JobQueue(
            store=self.store,
            workers=self.workers,
            at_a_time=AT_A_TIME,
            prepare=self.request,
            finish=lambda job, _: self.finished.append(job.id),
            clock=ManualClock(),
            limits=LIMITS,
        )
        self.run(self.queue.start())

    @staticmethod
    def request(job: Job) -> TrainingRequest:
        return TrainingRequest(job.kind, (replace(HISTORY, symbol=job.symbol),), b"active")

    def run(self, step: Coroutine[Any, Any, object]) -> None:
        """Take a step and let the queue come to rest; refusals are answers too."""
        self.loop.run_until_complete(self.settled(step))

    async def settled(self, step: Coroutine[Any, Any, object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            try:
                await step
            except FanchartError:
                return
            while not self.at_rest():  # noqa: ASYNC110 - nothing tells that a queue has come to rest
                await asyncio.sleep(0.001)

    def at_rest(self) -> bool:
        states = [job.state for job in self.queue.jobs()]
        return states.count("running") == min(AT_A_TIME, len(states)) == len(self.workers.under_way())

    @rule(kind=st.sampled_from(["train", "tune"]), symbol=st.sampled_from("ABC"), person=st.integers(1, 4))
    def submit(self, kind: JobKind, symbol: str, person: int) -> None:
        async def ask() -> None:
            job = self.queue.submit(kind, symbol, person)
            assert (job.kind, job.symbol) == (kind, symbol)
            assert person in job.asked_by
            self.asked.setdefault(job.id, set()).add(person)

        self.run(ask())

    @precondition(lambda self: self.workers.under_way())
    @rule(data=st.data(), ending=st.sampled_from(["well", "badly", "lost"]))
    def end(self, data: st.DataObject, ending: str) -> None:
        training = data.draw(st.sampled_from(self.workers.under_way()))

        async def finish() -> TrainingResult | None:
            if ending == "well":
                return training.succeed()
            training.set_exception(WorkerLost("It died.") if ending == "lost" else JobFailed("It failed."))
            return None

        self.run(finish())

    @rule(job_id=st.integers(1, 8), person=st.integers(1, 4), is_admin=st.booleans())
    def cancel(self, job_id: int, person: int, *, is_admin: bool) -> None:
        async def ask() -> None:
            self.queue.cancel(job_id, person, is_admin=is_admin)

        self.run(ask())

    @rule()
    def restart(self) -> None:
        self.loop.run_until_complete(self.queue.stop())
        self.start()

    @invariant()
    def what_is_shown_is_what_is_stored(self) -> None:
        assert self.queue.jobs() == self.store.open_jobs()

    @invariant()
    def no_work_is_open_twice(self) -> None:
        works = [(job.kind, job.symbol) for job in self.queue.jobs()]
        assert len(works) == len(set(works)) <= LIMITS.in_all

    @invariant()
    def the_oldest_run_unless_they_were_lost(self) -> None:
        fresh = [job for job in self.queue.jobs() if not job.attempts]
        running = [job.id for job in self.queue.jobs() if job.state == "running" and job.attempts == 1]
        assert all(job.id > first for job in fresh for first in running)

    @invariant()
    def every_job_ends_once_and_only_what_was_made_is_kept(self) -> None:
        done = sorted(job.id for job in self.store.jobs.values() if job.state == "done")
        assert sorted(self.finished) == done
        for job in self.store.jobs.values():
            assert job.attempts <= MAX_ATTEMPTS
            assert (job.ended_at is None) == (job.state in OPEN)
            assert set(job.asked_by) <= self.asked[job.id]

    def teardown(self) -> None:
        self.loop.run_until_complete(self.queue.stop())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
