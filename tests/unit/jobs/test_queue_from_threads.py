"""The queue asked from many threads at once, while runners on the event loop begin and end its jobs."""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from forecasting.errors import JobFailed, JobNotOpen, WorkerLost
from forecasting.jobs.queue import JobQueue
from forecasting.jobs.transitions import OPEN, Limits
from forecasting.ports import Clock, ReportProgress
from forecasting.types.job_records import Job, Progress, TrainingRequest
from tests.factories import price_history
from tests.fakes import ManualClock, ManualWorkers, MemoryJobStore, Training
from tests.waiting import PATIENCE_S

HISTORY = price_history(sessions=30)
PEOPLE = range(1, 9)
ROUNDS, EPOCHS = 100, 20


def request(job: Job) -> TrainingRequest:
    return TrainingRequest(job.kind, (replace(HISTORY, symbol=job.symbol),), b"active")


def a_queue(
    store: MemoryJobStore,
    workers: ManualWorkers,
    *,
    clock: Clock | None = None,
    finished: list[int] | None = None,
    at_a_time: int = 2,
) -> JobQueue:
    made = finished if finished is not None else []
    return JobQueue(
        store=store,
        workers=workers,
        at_a_time=at_a_time,
        prepare=request,
        finish=lambda job, _: made.append(job.id),
        clock=clock or ManualClock(),
        limits=Limits(in_all=10_000, per_person=10_000),
    )


@asynccontextmanager
async def running(queue: JobQueue) -> AsyncIterator[None]:
    await queue.start()
    try:
        yield
    finally:
        await queue.stop()


async def ended(queue: JobQueue, job_id: int) -> Job:
    async with asyncio.timeout(PATIENCE_S):
        return [job async for job in queue.updates(job_id)][-1]


class Careful(MemoryJobStore):
    """A store that lets other threads go on while it writes, and sees whether another one writes meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self._writing = threading.Lock()
        self.clashes = 0

    def add(self, job: Job) -> Job:
        with self._alone():
            return super().add(job)

    def update(self, job: Job) -> None:
        with self._alone():
            super().update(job)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        alone = self._writing.acquire(blocking=False)
        self.clashes += not alone
        time.sleep(0)
        yield
        if alone:
            self._writing.release()


@pytest.fixture
def many_switches() -> Iterator[None]:
    """Python changes threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class BusyWorkers(ManualWorkers):
    """Workers that end each training on a thread of theirs, well, badly or lost, after some progress."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        super().__init__()
        self._pool = pool
        self._random = Random(7)

    def submit(self, request: TrainingRequest, report: ReportProgress) -> Training:
        training = super().submit(request, report)
        self._pool.submit(self._end, training, self._random.choice(["well", "badly", "lost"]))
        return training

    @staticmethod
    def _end(training: Training, how: str) -> None:
        for epoch in range(EPOCHS):
            training.report(Progress("training", epoch, EPOCHS))
        with suppress(Exception):  # it was cancelled meanwhile
            if how == "well":
                training.succeed()
            else:
                training.set_exception(WorkerLost("It died.") if how == "lost" else JobFailed("It failed."))
        training.report(Progress("training", EPOCHS, EPOCHS))


def ask_for_much(queue: JobQueue, person: int) -> set[int]:
    """What one person does, again and again; the numbers of the jobs that they were given."""
    random, given = Random(person), set[int]()
    for _ in range(ROUNDS):
        job = queue.submit("train", random.choice("ABCDE"), person)
        assert person in job.asked_by
        given.add(job.id)
        with suppress(JobNotOpen):
            match random.randrange(4):
                case 0:
                    queue.cancel(job.id, person)
                case 1:
                    queue.cancel(job.id, person, is_admin=True)
                case 2:
                    queue.forget(person)
    return given


@pytest.mark.usefixtures("many_switches")
async def test_whatever_threads_do_at_once_every_job_ends_once_and_whoever_follows_it_sees_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, finished = Careful(), list[int]()
    with ThreadPoolExecutor(16) as pool:
        queue = a_queue(store, BusyWorkers(pool), finished=finished, at_a_time=4)
        loop = asyncio.get_running_loop()
        async with running(queue):
            asking = (loop.run_in_executor(pool, ask_for_much, queue, person) for person in PEOPLE)
            given = set[int]().union(*await asyncio.gather(*asking))
            last = await asyncio.gather(*(ended(queue, job_id) for job_id in sorted(given)))
    assert [job.state for job in last if job.state in OPEN] == []
    assert queue.jobs() == store.open_jobs() == ()
    assert list(store.jobs.values()) == list(last)
    assert sorted(finished) == [job.id for job in last if job.state == "done"]
    assert [job.id for job in last if job.attempts > 2] == []
    assert store.clashes == 0
    assert "was lost" not in caplog.text


class SlowStore(MemoryJobStore):
    """A store that takes as long as the test says to keep a job."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def add(self, job: Job) -> Job:
        self.begun.set()
        assert self.go_on.wait(PATIENCE_S)
        return super().add(job)


async def test_a_slow_store_keeps_the_event_loop_neither_from_looking_nor_from_progress() -> None:
    store, workers = SlowStore(), ManualWorkers()
    store.go_on.set()
    queue = a_queue(store, workers)
    async with running(queue):
        job = queue.submit("train", "A", 7)
        training = await asyncio.to_thread(workers.training, 0)
        store.begun.clear()
        store.go_on.clear()
        asking = asyncio.create_task(asyncio.to_thread(queue.submit, "train", "B", 7))
        await asyncio.to_thread(store.begun.wait, PATIENCE_S)
        training.report(Progress("training", 3, 9))
        async for now in queue.updates(job.id):
            if now.progress.done == 3:
                break
        assert [open_job.symbol for open_job in queue.jobs()] == ["A"]
        store.go_on.set()
        assert (await asking).symbol == "B"


class Interrupting(ManualClock):
    """A clock that has something happen when it is next asked for the time."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def __call__(self) -> datetime:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().__call__()


async def test_a_job_that_is_stopped_just_after_its_worker_died_is_not_started_again() -> None:
    workers, clock = ManualWorkers(), Interrupting()
    queue = a_queue(MemoryJobStore(), workers, clock=clock)
    async with running(queue):
        job = queue.submit("train", "A", 7)
        training = await asyncio.to_thread(workers.training, 0)
        clock.meanwhile.append(lambda: queue.cancel(job.id, 7))
        training.set_exception(WorkerLost("The worker process died."))
        async for known in queue.updates(job.id):
            if known.attempts > 1:
                pytest.fail("it was started again")
        assert known.state == "cancelled"


class Interrupted(MemoryJobStore):
    """A store that has something happen while it first looks for open jobs."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def open_jobs(self) -> tuple[Job, ...]:
        if self.meanwhile:
            self.meanwhile.pop()()
        return super().open_jobs()


async def test_what_is_asked_for_during_the_start_is_worked_on_once(caplog: pytest.LogCaptureFixture) -> None:
    store, workers = Interrupted(), ManualWorkers()
    queue = a_queue(store, workers)
    asking = threading.Thread(target=queue.submit, args=("train", "A", 7))

    def ask() -> None:
        asking.start()
        asking.join(0.2)  # it may have to wait for the start

    store.meanwhile.append(ask)
    async with running(queue):
        asking.join()
        (await asyncio.to_thread(workers.training, 0)).succeed()
        assert (await ended(queue, 1)).state == "done"
    assert len(workers.trainings) == 1
    assert "was lost" not in caplog.text


async def test_what_is_asked_for_before_the_start_or_after_the_end_waits_for_the_next_start() -> None:
    store = MemoryJobStore()
    first = a_queue(store, ManualWorkers(), at_a_time=1)
    first.submit("train", "A", 7)
    async with running(first):
        first.submit("train", "B", 7)
    first.submit("train", "C", 7)
    workers = ManualWorkers()
    second = a_queue(store, workers, at_a_time=1)
    async with running(second):
        for number, symbol in enumerate("ABC"):
            training = await asyncio.to_thread(workers.training, number)
            assert training.request.histories[0].symbol == symbol
            training.succeed()
            assert (await ended(second, number + 1)).state == "done"
