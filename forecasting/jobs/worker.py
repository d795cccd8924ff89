"""The one door through the wall: what a worker process runs; it imports the learning package there, by name."""

import json
import logging
import os
from contextlib import suppress
from contextvars import ContextVar
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from threading import Thread
from typing import Final

from forecasting.errors import FanchartError, JobFailed
from forecasting.types.job_records import Progress, TrainingRequest, TrainingResult

TASKS: Final = "forecasting.learning.tasks"
"""The module whose `run_task(request, report)` trains; the only place that names it."""
NICENESS: Final = 10
"""Workers give way to the process that answers."""
MAX_STAGE_LENGTH: Final = 80
"""Characters of a stage that are sent: a message stays within PIPE_BUF (512 bytes or more, POSIX)."""
MAX_REASON_LENGTH: Final = 200
"""Characters of an unforeseen error that people are shown."""

_log = logging.getLogger(__name__)
_line: ContextVar[Connection] = ContextVar("line")


def enter(tasks: str, line: Connection, threads: int) -> None:
    """Make this process a worker: polite, of so many threads, warm, and gone when its parent is.

    `line` takes progress back. An import that fails is left to the first task, which can say so.
    """
    os.nice(NICENESS)
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = str(threads)
    Thread(target=_leave_with_parent, daemon=True).start()
    _line.set(line)
    with suppress(Exception):
        import_module(tasks)


def run(tasks: str, ticket: int, request: TrainingRequest) -> TrainingResult:
    """Train; progress goes down the line under the ticket's number.

    Raises:
        FanchartError: what training raised; anything else arrives as a `JobFailed`.
    """
    try:
        result: TrainingResult = import_module(tasks).run_task(request, lambda progress: _report(ticket, progress))
    except FanchartError:
        raise
    except Exception as error:
        _log.exception("Training failed")
        what = f"Training failed ({type(error).__name__}: {error})."
        raise JobFailed(what[:MAX_REASON_LENGTH], "Try again later; the cause is in the log.") from error
    return result


def read_progress(message: bytes) -> tuple[int, Progress]:
    """The ticket and the progress of a message that came down the line."""
    ticket, stage, done, total = json.loads(message)
    return ticket, Progress(stage, done, total)


def _report(ticket: int, progress: Progress) -> None:
    """Send progress in one write, which POSIX keeps whole: no lock that a killed worker could leave locked."""
    message = json.dumps([ticket, progress.stage[:MAX_STAGE_LENGTH], progress.done, progress.total], ensure_ascii=False)
    _line.get().send_bytes(message.encode())


def _leave_with_parent() -> None:
    """End this process when its parent has ended, also in the middle of a training, which is then started anew."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
