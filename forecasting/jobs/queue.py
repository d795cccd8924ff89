"""The queue of jobs: rows in the store, work in the workers, and news for whoever waits."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Lock
from types import MappingProxyType
from typing import Final

from forecasting.errors import FanchartError, JobCancelled, JobFailed, JobNotOpen
from forecasting.jobs import transitions
from forecasting.jobs.transitions import Limits
from forecasting.ports import Clock, JobStore, Workers
from forecasting.types.job_records import Job, JobKind, Progress, TrainingRequest, TrainingResult

Prepare = Callable[[Job], TrainingRequest]
"""Gathers what a worker needs for a job; blocking, called just before the work."""
Finish = Callable[[Job, TrainingResult], None]
"""Stores what a job has made; blocking, called before the job is called done."""

NO_OPTIONS: Final[Mapping[str, str]] = MappingProxyType({})

_log = logging.getLogger(__name__)


class JobQueue:
    """Runs jobs in their order, as many at a time as there are workers.

    A job is a row before it is work, and every change of its state is stored before it is shown. `submit`, `cancel` and
    `forget` block and may be called from any thread; the jobs themselves run on one event loop, which never waits for
    the store.
    """

    def __init__(
        self,
        *,
        store: JobStore,
        workers: Workers,
        at_a_time: int,
        prepare: Prepare,
        finish: Finish,
        clock: Clock,
        limits: Limits = transitions.LIMITS,
    ) -> None:
        """Inject the dependencies; nothing runs before `start`."""
        self._store = store
        self._workers = workers
        self._at_a_time = at_a_time
        self._prepare = prepare
        self._finish = finish
        self._clock = clock
        self._limits = limits
        self._open: dict[int, Job] = {}
        self._futures: dict[int, Future[TrainingResult]] = {}
        self._to_stop: set[int] = set()
        self._waiting: asyncio.Queue[int] = asyncio.Queue()
        self._changing = Lock()  # one change at a time, its row included
        self._showing = Lock()  # never held while the store is written: the event loop takes it too
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runners: tuple[asyncio.Task[None], ...] = ()

    async def start(self) -> None:
        """Take up what the last run left open, and begin to work.

        Raises:
            StorageError: the store cannot be read.
        """
        await asyncio.to_thread(self._take_up, asyncio.get_running_loop())
        self._runners = tuple(asyncio.create_task(self._work(), name="jobs") for _ in range(self._at_a_time))

    async def stop(self) -> None:
        """Kill the workers; what was under way stays a row and is started again by the next run."""
        for runner in self._runners:
            runner.cancel()
        await asyncio.gather(*self._runners, return_exceptions=True)
        await asyncio.to_thread(self._workers.close)

    def submit(self, kind: JobKind, symbol: str, asked_by: int, options: Mapping[str, str] = NO_OPTIONS) -> Job:
        """Queue a job; who asks for work that is queued or under way already waits for the same one.

        Raises:
            QueueFull: too many jobs are open, in all or of this person.
            StorageError: the job could not be stored.
        """
        with self._changing:
            open_jobs = self.jobs()
            known = transitions.same_work(open_jobs, kind, symbol, options)
            if known is not None:
                joined = transitions.joined(known, asked_by)
                return known if joined == known else self._keep(joined)
            transitions.require_room(open_jobs, asked_by, self._limits)
            new = Job(0, kind, symbol, "queued", (asked_by,), self._clock(), options=options)
            job = self._store.add(new)
            self._show(job)
            self._enqueue(job.id)
            return job

    def cancel(self, job_id: int, person: int, *, is_admin: bool = False) -> Job:
        """Take a person off a job, and stop it when nobody waits for it any more; an admin stops it at once.

        A running job that is to be stopped is still "running" in what is returned; `updates` tells when it has ended.

        Raises:
            JobNotOpen: no such job is open.
            NotYourJob: the person neither asked for the job nor is an admin.
            StorageError: the change could not be stored.
        """
        with self._changing:
            job = self._open.get(job_id)
            if job is None:
                raise JobNotOpen(job_id)
            transitions.require_asker(job, person, is_admin=is_admin)
            without = transitions.left(job, person)
            if without.asked_by and not is_admin:
                return self._keep(without)
            if job.state == "queued":
                return self._keep(transitions.step(job, "cancelled", self._clock(), "It was stopped."))
            self._kill(job_id)
            return job

    def forget(self, person: int) -> None:
        """Take a person off every open job; the jobs go on. Ended jobs are the store's.

        Raises:
            StorageError: the change could not be stored.
        """
        with self._changing:
            for job in self.jobs():
                if person in job.asked_by:
                    self._keep(transitions.left(job, person))

    def jobs(self) -> tuple[Job, ...]:
        """Every open job with its newest progress, oldest first."""
        with self._showing:
            return tuple(self._open[job_id] for job_id in sorted(self._open))

    async def updates(self, job_id: int) -> AsyncIterator[Job]:
        """A job as it changes, until it has ended; who looks away for a while only misses what was in between.

        Raises:
            StorageError: the store cannot be read.
        """
        seen: Job | None = None
        while True:
            changed = self._changed
            still_open = self._open.get(job_id)
            job = still_open or await asyncio.to_thread(self._store.get, job_id)
            if job is not None and job != seen:
                seen = job
                yield job
            if still_open is None:  # asked before the reader took its time: it must not miss the end
                return
            await changed.wait()

    def _take_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Queue what the last run left open, and what was asked for before the start."""
        with self._changing:
            self._loop = loop
            for left in self._store.open_jobs():
                job = self._keep(transitions.after_restart(left, self._clock()))
                if job.state == "queued":
                    self._enqueue(job.id)

    async def _work(self) -> None:
        """Run one job after the other; an error that nobody foresaw ends the job, never the queue."""
        while True:
            job_id = await self._waiting.get()
            try:
                await self._run(job_id)
            except Exception:  # noqa: BLE001 - whatever it was, the next job runs
                _log.exception("Job %d was lost until the next start", job_id)
                with self._showing:
                    self._open.pop(job_id, None)
                self._notify()

    async def _run(self, job_id: int) -> None:
        """Bring a queued job to its end, unless it was cancelled while it waited."""
        if not await asyncio.to_thread(self._begin, job_id):
            return
        try:
            result = await self._train(job_id)
        except FanchartError as error:
            after = partial(self._after_error, error=error, now=self._clock())
        else:
            after = partial(transitions.step, state="done", now=self._clock(), message=result.promotion.reason)
        job = await asyncio.to_thread(self._change, job_id, after)
        self._to_stop.discard(job_id)
        if job.state == "queued":
            self._enqueue(job_id)

    def _after_error(self, job: Job, error: FanchartError, now: datetime) -> Job:
        """What becomes of a job that raised; whatever it was, one that was to be stopped is cancelled."""
        stopped = JobCancelled("It was stopped.") if job.id in self._to_stop else error
        return transitions.after_error(job, stopped, now)

    def _begin(self, job_id: int) -> bool:
        """Call a queued job running; False where it was cancelled while it waited."""
        with self._changing:
            job = self._open.get(job_id)
            if job is None:
                return False
            self._keep(transitions.step(job, "running", self._clock()))
            return True

    async def _train(self, job_id: int) -> TrainingResult:
        """Prepare, hand over, wait and finish.

        Raises:
            FanchartError: whatever stood in the way.
        """
        job = self._open[job_id]
        try:
            request = await asyncio.to_thread(self._prepare, job)
            future = await asyncio.to_thread(self._workers.submit, request, partial(self._progressed, job_id))
            result = await self._wait(job_id, future)
            await asyncio.to_thread(self._finish, job, result)
        except FanchartError:
            raise
        except Exception as error:
            _log.exception("Job %d failed", job_id)
            what = f"Something unforeseen happened ({type(error).__name__})."
            raise JobFailed(what, "Its cause is in the log.") from error
        return result

    async def _wait(self, job_id: int, future: "Future[TrainingResult]") -> TrainingResult:
        """The worker's result; the job may have been stopped while it was being handed over."""
        self._futures[job_id] = future
        try:
            if job_id in self._to_stop:
                future.cancel()
            return await asyncio.wrap_future(future)
        finally:
            del self._futures[job_id]

    def _kill(self, job_id: int) -> None:
        """Stop a running job, now or as soon as it is with a worker."""
        self._to_stop.add(job_id)
        future = self._futures.get(job_id)
        if future is not None:
            future.cancel()

    def _progressed(self, job_id: int, progress: Progress) -> None:
        """Show how far a running job is; progress is not stored, since a killed process starts the job anew."""
        with self._showing:
            job = self._open.get(job_id)
            if job is None or job.state != "running":
                return
            self._open[job_id] = replace(job, progress=progress)
        self._notify()

    def _change(self, job_id: int, change: Callable[[Job], Job]) -> Job:
        """Take an open job to its next state: stored, then shown."""
        with self._changing:
            return self._keep(change(self._open[job_id]))

    def _keep(self, job: Job) -> Job:
        """Store a job and show it."""
        self._store.update(job)
        self._show(job)
        return job

    def _show(self, job: Job) -> None:
        """Let everybody see a job's new state."""
        with self._showing:
            if job.state in transitions.OPEN:
                self._open[job.id] = job
            else:
                self._open.pop(job.id, None)
        self._notify()

    def _enqueue(self, job_id: int) -> None:
        """Have a runner take the job up, as soon as there are runners."""
        self._on_loop(self._waiting.put_nowait, job_id)

    def _notify(self) -> None:
        """Wake everybody who follows a job's updates."""
        self._on_loop(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _on_loop(self, call: Callable[..., None], *arguments: int) -> None:
        """Call something on the event loop; before the start and after the loop's end nobody is there to hear it."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has closed
                self._loop.call_soon_threadsafe(call, *arguments)
