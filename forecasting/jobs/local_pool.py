"""Workers on this machine: warm, spawned processes with a deadline, a kill and recycling (Pebble)."""

import os
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe
from threading import Lock, Thread
from types import MappingProxyType
from typing import Final

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from forecasting.errors import FanchartError, JobCancelled, JobFailed, JobTimedOut, WorkerLost
from forecasting.jobs import worker
from forecasting.ports import ReportProgress
from forecasting.types.job_records import JobKind, TrainingRequest, TrainingResult

DEADLINES_S: Final[Mapping[JobKind, float]] = MappingProxyType({"train": 600, "pool": 3600, "tune": 4 * 3600})
"""Seconds that each kind of job may take in a worker, its import of TensorFlow not counted."""
TASKS_A_PROCESS: Final = 20
"""A worker is replaced by a fresh one after so many trainings, so that what TensorFlow never frees is freed."""
Task = ProcessFuture[TrainingResult]


class LocalPool:
    """`Workers` that are processes on this machine; none is started before the first job."""

    def __init__(
        self,
        workers: int,
        *,
        deadlines_s: Mapping[JobKind, float] = DEADLINES_S,
        tasks: str = worker.TASKS,
        tasks_a_process: int = TASKS_A_PROCESS,
    ) -> None:
        """Plan so many workers; `tasks` is the name of the module that trains."""
        self._deadlines_s = deadlines_s
        self._tokens = count(1)
        self._pipe = ProgressPipe()
        threads = max(1, (os.cpu_count() or 1) // workers)
        arguments = (tasks, self._pipe.writer, threads)
        self._slots = tuple(WorkerSlot(arguments, tasks_a_process) for _ in range(workers))
        self._lock = Lock()
        self._closed = False

    def submit(self, request: TrainingRequest, report: ReportProgress) -> "Future[TrainingResult]":
        """Start a training in another process; the future's `cancel()` kills it.

        The future raises `JobFailed` (`WorkerLost` when its process died), `JobTimedOut`, `JobCancelled`, or the
        `FanchartError` that the worker raised. `report` is called on a thread of this process.

        Raises:
            JobCancelled: the pool is closed.
        """
        token = next(self._tokens)
        with self._lock:
            if self._closed:
                raise JobCancelled("The workers are stopping.", "The job goes on after the next start.")
            self._pipe.subscribe(token, report)
            slot = min(self._slots, key=lambda slot: slot.open_tasks())
            task = slot.start(token, request, self._deadlines_s[request.kind])
        training = _Training(task)
        training.add_done_callback(lambda _: self._pipe.unsubscribe(token))
        return training

    def close(self) -> None:
        """Kill the processes and cancel the trainings under way."""
        with self._lock:
            if not self._closed:
                self._closed = True
                for slot in self._slots:
                    slot.close()
                self._pipe.close()


class WorkerSlot:
    """One worker process in a Pebble pool of its own: what a killed process breaks is discarded with the pool."""

    def __init__(self, arguments: tuple[str, Connection, int], tasks_a_process: int) -> None:
        self._arguments = arguments
        self._tasks_a_process = tasks_a_process
        self._pool: ProcessPool | None = None
        self._tasks: list[Task] = []
        self._broken = False

    def open_tasks(self) -> int:
        """How many tasks have not ended yet."""
        self._broken |= any(_died(task) for task in self._tasks if task.done())
        self._tasks = [task for task in self._tasks if not task.done()]
        return len(self._tasks)

    def start(self, token: int, request: TrainingRequest, deadline_s: float) -> Task:
        """Have the process train."""
        task: Task = self.pool().schedule(worker.run, (self._arguments[0], token, request), timeout=deadline_s)
        self._tasks.append(task)
        return task

    def pool(self) -> ProcessPool:
        """The running pool, a new one where there is none or a broken one."""
        idle = self.open_tasks() == 0
        if self._pool is None or not self._pool.active or (self._broken and idle):
            self.close()
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=self._tasks_a_process,
                initializer=worker.initialise,
                initargs=self._arguments,
                context=get_context("spawn"),  # a forked child would have the locks of this process's threads
            )
            self._broken = not self._pool.active  # asking starts the process
        return self._pool

    def close(self) -> None:
        """Kill the process, if there is one, and cancel its tasks."""
        for task in self._tasks:
            _cancel(task)
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]  # Pebble types its arguments, not its results
            self._pool.join()
            self._pool = None


def _died(task: Task) -> bool:
    """Whether a task that has ended took its process with it."""
    return not task.cancelled() and isinstance(task.exception(), ProcessExpired | BrokenProcessPool)


def _cancel(task: Task) -> bool:
    """Have Pebble kill the process under a task; False when the task has ended already."""
    return bool(task.cancel())  # type: ignore[no-untyped-call]  # Pebble types its arguments, not its results


class _Training(Future[TrainingResult]):
    """A task's future; its errors are of Fanchart's tree."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task
        task.add_done_callback(self._settle)

    def cancel(self) -> bool:
        """Kill the process under the task; False when it has ended already."""
        return _cancel(self._task)

    def _settle(self, task: Future[TrainingResult]) -> None:
        error = None if task.cancelled() else task.exception()
        if task.cancelled():
            self.set_exception(JobCancelled("The job was stopped.", "Ask for it again when you want it."))
        elif error is not None:
            self.set_exception(translate_error(error))
        else:
            self.set_result(task.result())


def translate_error(error: BaseException) -> FanchartError:
    """Fanchart's error for whatever ended a task."""
    if isinstance(error, FanchartError):
        vars(error).pop("traceback", None)  # Pebble's addition; the worker has logged it
        return error
    if isinstance(error, ProcessExpired | BrokenProcessPool):
        return WorkerLost("The worker process died, perhaps for want of memory.", "Try again later.")
    if isinstance(error, TimeoutError):
        return JobTimedOut("The job took too long and was stopped.", "Try again when the machine is less busy.")
    return JobFailed(f"The job could not be handed over ({type(error).__name__}).", "Please report this.")


class ProgressPipe:
    """The pipe through which every worker reports, read by one thread that starts with the first subscriber."""

    def __init__(self) -> None:
        self._reader, self.writer = Pipe(duplex=False)
        self._subscribers: dict[int, ReportProgress] = {}
        self._thread: Thread | None = None

    def subscribe(self, token: int, report: ReportProgress) -> None:
        """Pass the progress of one job on."""
        self._subscribers[token] = report
        if self._thread is None:
            self._thread = Thread(target=self._drain, name="progress", daemon=True)
            self._thread.start()

    def unsubscribe(self, token: int) -> None:
        """Drop whatever still comes for a job."""
        self._subscribers.pop(token, None)

    def close(self) -> None:
        """End the thread and close both ends."""
        if self._thread is not None:
            self.writer.send_bytes(b"")  # ends the reader
            self._thread.join()
        self._reader.close()
        self.writer.close()

    def _drain(self) -> None:
        while message := self._reader.recv_bytes():
            token, progress = worker.read_progress(message)
            report = self._subscribers.get(token)
            if report is not None:
                report(progress)
