"""One line on a symbol's own model: queued, training, promoted or not, and why."""

from html import escape
from textwrap import shorten
from typing import Final

from bot.view.text.numbers import percent
from forecasting.types.job_records import Job, ModelRecord, Progress

_MAX_REASON_LENGTH: Final = 140
"""Of a job's message in a caption (1024 characters) or a list of 20 jobs (4096)."""


def training_line(job: Job, waiting_before: int = 0) -> str:
    """HTML of a job's state, for the caption of the forecast that it began behind."""
    if job.state == "queued":
        before = f", {waiting_before} before it" if waiting_before else ""
        return f"🛠 Its own model: queued{before}."
    if job.state == "running":
        return f"🛠 Its own model: {escape(progress_text(job.progress))}."
    if job.state == "cancelled":
        return "Its own model: training was cancelled."
    if job.state == "failed":
        reason = escape(_short(job.message))
        return f"Its own model: training failed; the forecast above is unchanged. {reason}".strip()
    return f"Its own model: {escape(_short(job.message))}"


def training_text(job: Job, waiting_before: int = 0) -> str:
    """HTML of the message that answers /train and /tune, in the job's state."""
    before = f" ({waiting_before} before it)" if job.state == "queued" and waiting_before else ""
    return f"{_job_line(job, _state(job))}{before}"


def progress_text(progress: Progress) -> str:
    """The progress: `training, epoch 3 of 12`, or the stage alone."""
    if not progress.total:
        return progress.stage
    return f"{progress.stage}, epoch {progress.done} of {progress.total}"


def job_line(job: Job) -> str:
    """HTML of one job in the list of /jobs."""
    return _job_line(job, _short(_state(job)))


def _job_line(job: Job, state: str) -> str:
    """Number, kind, symbol and state of a job."""
    work = {"train": "train", "pool": "train on all symbols", "tune": "tune"}[job.kind]
    title = f"<b>#{job.id}</b> {work} {escape(job.symbol)}".rstrip()
    return f"{title}: {escape(state)}"


def _state(job: Job) -> str:
    """A job's progress, or how it ended."""
    return progress_text(job.progress) if job.state == "running" else job.message or job.state


def _short(message: str) -> str:
    """A message cut to a length that fits."""
    return shorten(message, _MAX_REASON_LENGTH, placeholder=" …")


def promotion_line(record: ModelRecord) -> str:
    """HTML of how a model compared with the one that was active."""
    if record.promotion is None:
        return "not compared"
    found = record.promotion
    change = found.candidate_crps / found.active_crps - 1 if found.active_crps else 0.0
    return f"{escape(found.reason)} (CRPS {percent(change)} on {found.windows} unseen windows)"


def cancelled_text(job: Job, person: int, *, is_admin: bool) -> str:
    """The answer to /cancel: whether the job is stopped, or goes on for others."""
    others = len(set(job.asked_by) - {person})
    if job.state == "cancelled" or is_admin or not others:
        return f"Job {job.id} is being stopped."
    waiting = "1 other still does" if others == 1 else f"{others} others still do"
    return f"You no longer wait for job {job.id}; {waiting}."
