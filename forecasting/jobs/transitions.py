"""The transitions of jobs, pure: which states follow which, who may stop a job, and when the queue is full."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from forecasting.errors import FanchartError, JobCancelled, JobFailed, NotYourJob, QueueFull, WorkerLost
from forecasting.types.job_records import Job, JobKind, JobState, Progress

MAX_ATTEMPTS: Final = 3
"""A job that was under way in so many runs of the process that ended is not started again: it may be what ends them."""
MAX_ATTEMPTS_LOST: Final = 2
"""A job whose worker process died is started once more."""
OPEN: Final[frozenset[JobState]] = frozenset({"queued", "running"})
FOLLOWS: Final[Mapping[JobState, frozenset[JobState]]] = MappingProxyType(
    {
        "queued": frozenset({"running", "cancelled"}),
        "running": frozenset({"queued", "done", "failed", "cancelled"}),
        "done": frozenset(),
        "failed": frozenset(),
        "cancelled": frozenset(),
    }
)
"""The states that may follow each state."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many jobs may be open at a time, in all and of one person."""

    in_all: int = 50
    per_person: int = 5


LIMITS: Final = Limits()


def step(job: Job, state: JobState, now: datetime, message: str = "") -> Job:
    """The job in its next state at `now` (UTC); a start counts as an attempt.

    Raises:
        JobFailed: no rule leads from the job's state to that one.
    """
    if state not in FOLLOWS[job.state]:
        raise JobFailed(f"Job {job.id} is {job.state}, so it cannot become {state}.", "Ask for the job again.")
    if state == "running":
        progress = Progress("starting")
        return replace(job, state=state, started_at=now, attempts=job.attempts + 1, progress=progress)
    if state == "queued":
        return replace(job, state=state, started_at=None, progress=Progress("queued"), message=message)
    return replace(job, state=state, ended_at=now, message=message)


def after_error(job: Job, error: FanchartError, now: datetime) -> Job:
    """What becomes of a running job that raised: cancelled, started once more, or failed."""
    if isinstance(error, JobCancelled):
        return step(job, "cancelled", now, error.what)
    if isinstance(error, WorkerLost) and job.attempts < MAX_ATTEMPTS_LOST:
        return step(job, "queued", now, error.what)
    return step(job, "failed", now, str(error))


def after_restart(job: Job, now: datetime) -> Job:
    """What becomes of an open job at the next start: it waits again, unless it was interrupted too often."""
    if job.state != "running":
        return job
    if job.attempts >= MAX_ATTEMPTS:
        return step(job, "failed", now, f"It was interrupted {job.attempts} times. Check the memory, then ask again.")
    return step(job, "queued", now, "It was interrupted and waits to start again.")


def joined(job: Job, person: int) -> Job:
    """The job with one more person who waits for it."""
    return job if person in job.asked_by else replace(job, asked_by=(*job.asked_by, person))


def left(job: Job, person: int) -> Job:
    """The job without a person."""
    return replace(job, asked_by=tuple(asker for asker in job.asked_by if asker != person))


def same_work(jobs: Iterable[Job], kind: JobKind, symbol: str, options: Mapping[str, str]) -> Job | None:
    """The open job that does this work already, or None."""
    return next(
        (job for job in jobs if (job.kind, job.symbol, dict(job.options)) == (kind, symbol, dict(options))), None
    )


def require_room(open_jobs: Collection[Job], person: int, limits: Limits) -> None:
    """Let a new job pass where there is room for it.

    Raises:
        QueueFull: too many jobs are open, in all or of this person.
    """
    own = sum(person in job.asked_by for job in open_jobs)
    if own >= limits.per_person:
        raise QueueFull(own, own=True)
    if len(open_jobs) >= limits.in_all:
        raise QueueFull(len(open_jobs), own=False)


def require_asker(job: Job, person: int, *, is_admin: bool) -> None:
    """Let only those who asked for a job, and admins, stop it.

    Raises:
        NotYourJob: the person is neither.
    """
    if not is_admin and person not in job.asked_by:
        raise NotYourJob(job.id)
