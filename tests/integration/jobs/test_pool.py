"""The pool with real processes: errors cross intact, killed and hung workers are replaced, nothing is left behind."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from multiprocessing import active_children
from multiprocessing.connection import wait
from pathlib import Path
from queue import SimpleQueue

import pytest

from forecasting import errors
from forecasting.errors import JobCancelled, JobFailed, JobTimedOut, WorkerLost
from forecasting.jobs.local_pool import LocalPool
from forecasting.types.job_records import Progress, TrainingRequest, TrainingResult
from tests.factories import price_history
from tests.waiting import PATIENCE_S

TASKS = "tests.integration.jobs.quick_tasks"
HISTORY = price_history(sessions=300)


def request(**options: str) -> TrainingRequest:
    """A training that does what the options say."""
    spelled = {name.replace("_", " "): value for name, value in options.items()}
    return TrainingRequest("train", (HISTORY,), b"active", options=spelled)


def ignore(_: Progress) -> None:
    """Take progress that the test does not look at."""


@pytest.fixture(scope="module")
def pool() -> Iterator[LocalPool]:
    made = LocalPool(1, tasks=TASKS)
    yield made
    made.close()


def error_of(training: "Future[TrainingResult]") -> BaseException:
    error = training.exception(PATIENCE_S)
    assert error is not None
    return error


def first_words(pool: LocalPool, **options: str) -> str:
    """The first stage of a training, which is kept from ending until it has been heard."""
    seen: SimpleQueue[Progress] = SimpleQueue()
    training = pool.submit(request(**options, hang=""), seen.put)
    words = seen.get(timeout=PATIENCE_S).stage
    training.cancel()
    return words


def test_a_training_crosses_there_and_back(pool: LocalPool) -> None:
    result = pool.submit(request(), ignore).result(PATIENCE_S)
    assert result.artefact == b"active300"
    assert result.promotion.promoted


def test_progress_arrives_whole_and_in_order(pool: LocalPool) -> None:
    seen: SimpleQueue[Progress] = SimpleQueue()
    training = pool.submit(request(count="300", hang=""), seen.put)
    heard = [seen.get(timeout=PATIENCE_S) for _ in range(300)]
    training.cancel()
    assert heard == [Progress("training", done, 300) for done in range(1, 301)]


def test_a_long_stage_is_cut_to_what_crosses_in_one_piece(pool: LocalPool) -> None:
    assert first_words(pool, say="☔" * 5000) == "☔" * 80


KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.FanchartError)]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_of_ours_crosses_intact(pool: LocalPool, kind: type[errors.FanchartError]) -> None:
    error = error_of(pool.submit(request(raise_error=kind.__name__), ignore))
    assert type(error) is kind
    assert str(error) == "It rained. Take an umbrella."
    assert error.args == ("It rained.", "Take an umbrella.")
    assert vars(error) == {"what": "It rained.", "next_step": "Take an umbrella.", "carried": 7}


@pytest.mark.parametrize("name", ["ValueError", "MemoryError", "TimeoutError", "KeyError"])
def test_any_other_error_is_a_failed_job_that_names_it(pool: LocalPool, name: str) -> None:
    error = error_of(pool.submit(request(raise_other=name), ignore))
    assert type(error) is JobFailed
    assert name in error.what


def test_a_module_that_cannot_be_imported_is_a_failed_job() -> None:
    pool = LocalPool(1, tasks="tests.integration.jobs.no_such_tasks")
    error = error_of(pool.submit(request(), ignore))
    pool.close()
    assert isinstance(error, JobFailed)
    assert "no_such_tasks" in error.what


def test_a_worker_that_is_killed_is_told_and_replaced(pool: LocalPool) -> None:
    seen: SimpleQueue[Progress] = SimpleQueue()
    training = pool.submit(request(hang=""), seen.put)
    os.kill(int(seen.get(timeout=PATIENCE_S).stage), signal.SIGKILL)
    assert isinstance(error_of(training), WorkerLost)
    assert pool.submit(request(), ignore).result(PATIENCE_S).artefact == b"active300"


def test_an_idle_worker_that_is_killed_is_replaced(pool: LocalPool) -> None:
    pool.submit(request(), ignore).result(PATIENCE_S)
    (worker,) = active_children()
    worker.kill()
    worker.join(PATIENCE_S)
    first = pool.submit(request(), ignore)
    lost = isinstance(first.exception(PATIENCE_S), WorkerLost)  # the queue would try once more
    again = pool.submit(request(), ignore) if lost else first
    assert again.result(PATIENCE_S).artefact == b"active300"


def test_cancelling_kills_the_process_under_the_training(pool: LocalPool) -> None:
    seen: SimpleQueue[Progress] = SimpleQueue()
    training = pool.submit(request(hang=""), seen.put)
    pid = int(seen.get(timeout=PATIENCE_S).stage)
    (worker,) = (child for child in active_children() if child.pid == pid)
    assert training.cancel()
    assert isinstance(error_of(training), JobCancelled)
    assert wait([worker.sentinel], PATIENCE_S)  # joining here would race with Pebble's own join
    assert pool.submit(request(), ignore).result(PATIENCE_S).artefact == b"active300"


def test_cancelling_what_waits_is_told_at_once(pool: LocalPool) -> None:
    seen: SimpleQueue[Progress] = SimpleQueue()
    first = pool.submit(request(hang=""), seen.put)
    second = pool.submit(request(), ignore)
    seen.get(timeout=PATIENCE_S)
    assert second.cancel()
    assert isinstance(error_of(second), JobCancelled)
    assert not first.done()
    assert first.cancel()
    assert pool.submit(request(), ignore).result(PATIENCE_S).artefact == b"active300"


def test_a_training_past_its_deadline_is_stopped() -> None:
    pool = LocalPool(1, tasks=TASKS, deadlines_s={"train": 0.2, "pool": PATIENCE_S})
    hung = pool.submit(request(hang=""), ignore)
    assert isinstance(error_of(hung), JobTimedOut)
    assert pool.submit(replace(request(), kind="pool"), ignore).result(PATIENCE_S).artefact == b"active300"
    pool.close()


def test_no_process_is_started_before_the_first_job_and_none_is_left_behind() -> None:
    before = set(active_children())
    pool = LocalPool(2, tasks=TASKS)
    assert set(active_children()) == before
    hung = [pool.submit(request(hang=""), ignore) for _ in range(2)]
    assert len(set(active_children()) - before) == 2
    pool.close()
    assert all(isinstance(error_of(one), JobCancelled) for one in hung)
    assert set(active_children()) == before


def test_a_closed_pool_starts_nothing_and_may_be_closed_again() -> None:
    before = set(active_children())
    pool = LocalPool(1, tasks=TASKS)
    pool.close()
    pool.close()
    with pytest.raises(JobCancelled, match="are stopping"):
        pool.submit(request(), ignore)
    assert set(active_children()) == before


def test_a_worker_is_recycled_and_polite(tmp_path: Path) -> None:
    pool = LocalPool(1, tasks=TASKS, tasks_a_process=2)
    for _ in range(4):
        pool.submit(request(pid=str(tmp_path)), ignore).result(PATIENCE_S)
    pool.close()
    marks = [path.read_text() for path in tmp_path.iterdir()]
    assert len(marks) == 2
    assert {int(niceness) for niceness in marks} == {min(19, os.nice(0) + 10)}


def test_two_workers_work_at_the_same_time() -> None:
    pool = LocalPool(2, tasks=TASKS)
    seen: SimpleQueue[Progress] = SimpleQueue()
    trainings = [pool.submit(request(hang=""), seen.put) for _ in range(2)]
    assert seen.get(timeout=PATIENCE_S) != seen.get(timeout=PATIENCE_S)
    for training in trainings:
        training.cancel()
    pool.close()
