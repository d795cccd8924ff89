"""The queue against recording fakes: one job a work, in order, stopped, failed, taken up again."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from forecasting.errors import JobFailed, JobNotOpen, NotYourJob, PriceError, QueueFull, StorageError, WorkerLost
from forecasting.jobs.queue import JobQueue
from forecasting.jobs.transitions import LIMITS, Limits
from forecasting.types.job_records import Job, Progress, TrainingRequest, TrainingResult
from tests.factories import NOW, price_history
from tests.fakes import ManualClock, ManualWorkers, MemoryJobStore, Training
from tests.waiting import PATIENCE_S

HISTORY = price_history(sessions=30)


class Stage:
    """A queue with everything around it in the test's hands."""

    def __init__(self, at_a_time: int = 1, limits: Limits = LIMITS, store: MemoryJobStore | None = None) -> None:
        self.store = store or MemoryJobStore()
        self.workers = ManualWorkers()
        self.finished: list[tuple[Job, TrainingResult]] = []
        self.prepare: Callable[[Job], TrainingRequest] = self.request
        self.finish: Callable[[Job, TrainingResult], None] = lambda job, result: self.finished.append((job, result))
        self.queue = JobQueue(
            store=self.store,
            workers=self.workers,
            at_a_time=at_a_time,
            prepare=self._prepare,
            finish=self._finish,
            clock=ManualClock(),
            limits=limits,
        )

    def request(self, job: Job) -> TrainingRequest:
        return TrainingRequest(job.kind, (replace(HISTORY, symbol=job.symbol),), b"active", options=job.options)

    def _prepare(self, job: Job) -> TrainingRequest:
        return self.prepare(job)

    def _finish(self, job: Job, result: TrainingResult) -> None:
        self.finish(job, result)

    async def training(self, number: int) -> Training:
        """The training that was handed over as number 0, 1, 2..., once it has been."""
        return await asyncio.to_thread(self.workers.training, number)

    async def end(self, job_id: int) -> Job:
        """The job once it has ended."""
        async with asyncio.timeout(PATIENCE_S):
            return [job async for job in self.queue.updates(job_id)][-1]

    async def until(self, job_id: int, reached: Callable[[Job], bool]) -> Job:
        """The job once it has come so far."""
        async with asyncio.timeout(PATIENCE_S):
            async for job in self.queue.updates(job_id):
                if reached(job):
                    return job
        pytest.fail("it ended before")


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    await made.queue.start()
    yield made
    await made.queue.stop()


async def test_a_job_is_a_row_before_it_is_work() -> None:
    stage = Stage()
    job = stage.queue.submit("train", "AAPL", 7)
    assert stage.store.open_jobs() == (job,)
    assert (job.state, job.asked_by, job.created_at) == ("queued", (7,), NOW)
    assert stage.workers.trainings == []


async def test_a_job_is_trained_kept_and_done(stage: Stage) -> None:
    job = stage.queue.submit("train", "AAPL", 7, {"layers": "2"})
    training = await stage.training(0)
    assert training.request.histories[0].symbol == "AAPL"
    assert training.request.options == {"layers": "2"}
    result = training.succeed()
    ended = await stage.end(job.id)
    assert (ended.state, ended.attempts, ended.message) == ("done", 1, "It beat the active model.")
    assert [(kept.id, made) for kept, made in stage.finished] == [(job.id, result)]
    assert stage.store.get(job.id) == ended
    assert stage.queue.jobs() == ()


async def test_what_is_made_is_kept_before_the_job_is_called_done(stage: Stage) -> None:
    seen: list[Job | None] = []
    stage.finish = lambda job, _: seen.append(stage.store.get(job.id))
    job = stage.queue.submit("train", "AAPL", 7)
    (await stage.training(0)).succeed()
    await stage.end(job.id)
    assert [known.state for known in seen if known] == ["running"]


async def test_ten_people_cause_one_training(stage: Stage) -> None:
    jobs = await asyncio.gather(
        *(asyncio.to_thread(stage.queue.submit, "train", "AAPL", person) for person in range(10))
    )
    assert {job.id for job in jobs} == {1}
    (await stage.training(0)).succeed()
    ended = await stage.end(1)
    assert sorted(ended.asked_by) == list(range(10))
    assert len(stage.workers.trainings) == 1


async def test_who_asks_while_it_runs_joins_too(stage: Stage) -> None:
    stage.queue.submit("train", "AAPL", 7)
    training = await stage.training(0)
    training.report(Progress("training", 3, 9))
    await stage.until(1, lambda job: job.progress.done == 3)
    joined = stage.queue.submit("train", "AAPL", 8)
    assert (joined.id, joined.state, joined.asked_by) == (1, "running", (7, 8))
    assert joined.progress == Progress("training", 3, 9)


async def test_other_options_are_other_work(stage: Stage) -> None:
    one = stage.queue.submit("tune", "AAPL", 7, {"method": "grid"})
    other = stage.queue.submit("tune", "AAPL", 7, {"method": "bayes"})
    assert one.id != other.id


async def test_jobs_run_in_their_order_one_at_a_time(stage: Stage) -> None:
    for symbol in ("A", "B", "C"):
        stage.queue.submit("train", symbol, 7)
    symbols = []
    for number in range(3):
        training = await stage.training(number)
        assert [job.state for job in stage.queue.jobs()] == ["running"] + ["queued"] * (2 - number)
        symbols.append(training.request.histories[0].symbol)
        training.succeed()
        await stage.end(number + 1)
    assert symbols == ["A", "B", "C"]


async def test_as_many_run_at_a_time_as_there_are_workers() -> None:
    stage = Stage(at_a_time=2)
    await stage.queue.start()
    for symbol in ("A", "B", "C"):
        stage.queue.submit("train", symbol, 7)
    await stage.training(1)
    assert sorted(job.state for job in stage.queue.jobs()) == ["queued", "running", "running"]
    await stage.queue.stop()


async def test_progress_is_seen_in_order_and_the_newest_by_whoever_looked_away(stage: Stage) -> None:
    job = stage.queue.submit("train", "AAPL", 7)
    training = await stage.training(0)
    seen: list[int] = []
    watch = stage.queue.updates(job.id)
    await anext(watch)
    for done in range(1, 51):
        training.report(Progress("training", done, 50))
    async for now in watch:
        seen.append(now.progress.done)
        if now.progress.done == 50:
            break
    assert seen == sorted(seen)
    assert len(seen) < 50


async def test_progress_may_come_from_any_thread(stage: Stage) -> None:
    job = stage.queue.submit("train", "AAPL", 7)
    training = await stage.training(0)
    thread = threading.Thread(target=training.report, args=(Progress("training", 4, 9),))
    thread.start()
    assert (await stage.until(job.id, lambda job: job.progress.done == 4)).state == "running"
    thread.join()


async def test_progress_after_the_end_is_dropped(stage: Stage) -> None:
    job = stage.queue.submit("train", "AAPL", 7)
    training = await stage.training(0)
    training.succeed()
    ended = await stage.end(job.id)
    training.report(Progress("training", 9, 9))
    await asyncio.sleep(0)
    assert stage.queue.jobs() == ()
    assert stage.store.get(job.id) == ended


async def test_the_full_queue_says_so() -> None:
    stage = Stage(limits=Limits(in_all=3, per_person=2))
    for person, symbol in ((7, "A"), (7, "B"), (8, "C")):
        stage.queue.submit("train", symbol, person)
    with pytest.raises(QueueFull, match="2 jobs of yours"):
        stage.queue.submit("train", "D", 7)
    with pytest.raises(QueueFull, match="3 jobs wait or run"):
        stage.queue.submit("train", "D", 9)
    assert (stage.queue.submit("train", "A", 9)).asked_by == (7, 9)


async def test_a_waiting_job_is_cancelled_at_once_and_never_runs(stage: Stage) -> None:
    stage.queue.submit("train", "A", 7)
    waiting = stage.queue.submit("train", "B", 7)
    stage.queue.submit("train", "C", 7)
    assert (stage.queue.cancel(waiting.id, 7)).state == "cancelled"
    (await stage.training(0)).succeed()
    assert (await stage.training(1)).request.histories[0].symbol == "C"


async def test_a_running_job_is_killed_and_cancelled(stage: Stage) -> None:
    job = stage.queue.submit("train", "A", 7)
    training = await stage.training(0)
    await stage.until(job.id, lambda job: job.state == "running")
    stage.queue.cancel(job.id, 7)
    ended = await stage.end(job.id)
    assert training.done()
    assert (ended.state, ended.message, ended.asked_by) == ("cancelled", "It was stopped.", (7,))
    assert stage.finished == []


async def test_a_job_that_is_cancelled_while_it_is_prepared_is_not_trained(stage: Stage) -> None:
    preparing, go_on = threading.Event(), threading.Event()

    def slowly(job: Job) -> TrainingRequest:
        preparing.set()
        go_on.wait(PATIENCE_S)
        return stage.request(job)

    stage.prepare = slowly
    job = stage.queue.submit("train", "A", 7)
    await asyncio.to_thread(preparing.wait, PATIENCE_S)
    stage.queue.cancel(job.id, 7)
    go_on.set()
    assert (await stage.end(job.id)).state == "cancelled"
    assert stage.finished == []


async def test_a_job_others_wait_for_goes_on_without_who_left(stage: Stage) -> None:
    stage.queue.submit("train", "A", 7)
    stage.queue.submit("train", "A", 8)
    left = stage.queue.cancel(1, 7)
    assert (left.state in {"queued", "running"}, left.asked_by) == (True, (8,))
    (await stage.training(0)).succeed()
    assert (await stage.end(1)).state == "done"


async def test_an_admin_stops_anybodys_job(stage: Stage) -> None:
    stage.queue.submit("train", "A", 7)
    stage.queue.submit("train", "A", 8)
    await stage.training(0)
    stage.queue.cancel(1, 1, is_admin=True)
    assert (await stage.end(1)).state == "cancelled"


async def test_who_is_forgotten_is_taken_off_every_open_job_for_good(stage: Stage) -> None:
    stage.queue.submit("train", "A", 7)
    stage.queue.submit("train", "B", 8)
    training = await stage.training(0)
    stage.queue.forget(7)
    assert [job.asked_by for job in stage.queue.jobs()] == [(), (8,)]
    training.succeed()
    assert (await stage.end(1)).asked_by == ()


async def test_nobody_else_stops_it(stage: Stage) -> None:
    stage.queue.submit("train", "A", 7)
    with pytest.raises(NotYourJob):
        stage.queue.cancel(1, 8)
    with pytest.raises(JobNotOpen, match="no open job 99"):
        stage.queue.cancel(99, 7)


async def test_an_error_fails_the_job_and_the_next_one_runs(stage: Stage) -> None:
    stage.queue.submit("train", "A", 7)
    stage.queue.submit("train", "B", 7)
    (await stage.training(0)).set_exception(JobFailed("Training failed.", "Try again."))
    failed = await stage.end(1)
    assert (failed.state, failed.message) == ("failed", "Training failed. Try again.")
    (await stage.training(1)).succeed()
    assert (await stage.end(2)).state == "done"


async def test_prices_that_cannot_be_had_fail_the_job_with_their_reason(stage: Stage) -> None:
    def unreachable(_: Job) -> TrainingRequest:
        raise PriceError("Yahoo cannot be reached.", "Try again later.")

    stage.prepare = unreachable
    job = stage.queue.submit("train", "A", 7)
    assert (await stage.end(job.id)).message == "Yahoo cannot be reached. Try again later."


async def test_an_error_that_nobody_foresaw_fails_the_job_and_is_logged(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Job, __: TrainingResult) -> None:
        raise ZeroDivisionError

    stage.finish = broken
    job = stage.queue.submit("train", "A", 7)
    (await stage.training(0)).succeed()
    ended = await stage.end(job.id)
    assert (ended.state, "ZeroDivisionError" in ended.message) == ("failed", True)
    assert "ZeroDivisionError" in caplog.text


async def test_a_lost_worker_is_forgiven_once(stage: Stage) -> None:
    job = stage.queue.submit("train", "A", 7)
    (await stage.training(0)).set_exception(WorkerLost("The worker process died."))
    (await stage.training(1)).succeed()
    ended = await stage.end(job.id)
    assert (ended.state, ended.attempts) == ("done", 2)


async def test_a_worker_that_is_lost_again_fails_the_job(stage: Stage) -> None:
    job = stage.queue.submit("train", "A", 7)
    for number in range(2):
        (await stage.training(number)).set_exception(WorkerLost("The worker process died."))
    assert (await stage.end(job.id)).state == "failed"


async def test_what_a_killed_bot_left_is_taken_up_in_its_order() -> None:
    store = MemoryJobStore()
    for symbol in ("A", "B"):
        store.add(Job(0, "train", symbol, "queued", (7,), NOW))
    store.update(replace(store.jobs[1], state="running", started_at=NOW, attempts=1))
    stage = Stage(store=store)
    await stage.queue.start()
    for number, symbol in enumerate(("A", "B")):
        training = await stage.training(number)
        assert training.request.histories[0].symbol == symbol
        training.succeed()
    assert (await stage.end(1)).attempts == 2
    assert (await stage.end(2)).attempts == 1
    await stage.queue.stop()


async def test_a_job_that_ended_three_bots_is_left_alone() -> None:
    store = MemoryJobStore()
    store.add(Job(0, "train", "A", "running", (7,), NOW, started_at=NOW, attempts=3))
    stage = Stage(store=store)
    await stage.queue.start()
    ended = await stage.end(1)
    assert (ended.state, "interrupted 3 times" in ended.message) == ("failed", True)
    await stage.queue.stop()
    assert stage.workers.trainings == []


async def test_stopping_leaves_what_is_under_way_for_the_next_start() -> None:
    stage = Stage()
    await stage.queue.start()
    stage.queue.submit("train", "A", 7)
    await stage.training(0)
    await stage.queue.stop()
    assert stage.workers.closed
    assert [job.state for job in stage.store.open_jobs()] == ["running"]
    again = Stage(store=stage.store)
    await again.queue.start()
    (await again.training(0)).succeed()
    assert (await again.end(1)).state == "done"
    await again.queue.stop()


class Witness(MemoryJobStore):
    """A store that looks at what the queue shows while a change is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.look: Callable[[], tuple[Job, ...]] = tuple
        self.seen: list[tuple[str, list[str]]] = []

    def update(self, job: Job) -> None:
        self.seen.append((job.state, [shown.state for shown in self.look()]))
        super().update(job)


async def test_a_change_is_stored_before_it_is_shown() -> None:
    witness = Witness()
    stage = Stage(store=witness)
    witness.look = stage.queue.jobs
    await stage.queue.start()
    job = stage.queue.submit("train", "A", 7)
    (await stage.training(0)).succeed()
    await stage.end(job.id)
    await stage.queue.stop()
    assert witness.seen == [("running", ["queued"]), ("done", ["running"])]


class FullDisk(MemoryJobStore):
    """A store that cannot keep that a job has ended."""

    def update(self, job: Job) -> None:
        if job.state == "done":
            raise StorageError("The disk is full.", "Free some space.")
        super().update(job)


async def test_a_job_whose_end_cannot_be_stored_is_run_again_by_the_next_start() -> None:
    stage = Stage(store=FullDisk())
    await stage.queue.start()
    stage.queue.submit("train", "A", 7)
    stage.queue.submit("train", "B", 7)
    (await stage.training(0)).succeed()
    assert (await stage.end(1)).state == "running"
    await stage.training(1)
    await stage.queue.stop()
    assert [job.symbol for job in stage.store.open_jobs()] == ["A", "B"]


async def test_watching_a_job_that_has_ended_or_never_was(stage: Stage) -> None:
    job = stage.queue.submit("train", "A", 7)
    (await stage.training(0)).succeed()
    await stage.end(job.id)
    assert [known.state async for known in stage.queue.updates(job.id)] == ["done"]
    assert [known async for known in stage.queue.updates(99)] == []
