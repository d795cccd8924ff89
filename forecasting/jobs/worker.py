"""The entry point of worker processes: it imports the learning package by name, in the worker alone."""

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
"""The module whose `run_task(request, report)` trains; only here is it named."""
NICENESS: Final = 10
"""Workers give way to the process that answers questions."""
MAX_STAGE_LENGTH: Final = 80
"""Characters of a stage that are sent: a message stays within PIPE_BUF (512 bytes or more, POSIX)."""
MAX_REASON_LENGTH: Final = 200
"""Characters of an unforeseen error that people are shown."""

_log = logging.getLogger(__name__)
_progress_pipe: ContextVar[Connection] = ContextVar("progress_pipe")


def initialise(tasks: str, progress_pipe: Connection, threads: int) -> None:
    """Prepare this process: low priority, so many threads, TensorFlow imported, ended with its parent.

    An import that fails is left to the first task, which reports it.
    """
    os.nice(NICENESS)
    for name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = str(threads)
    Thread(target=_end_with_parent, daemon=True).start()
    _progress_pipe.set(progress_pipe)
    with suppress(Exception):
        import_module(tasks)


def run(tasks: str, token: int, request: TrainingRequest) -> TrainingResult:
    """Train; progress goes through the pipe under the job's token.

    Raises:
        FanchartError: what training raised; anything else arrives as a `JobFailed`.
    """
    try:
        result: TrainingResult = import_module(tasks).run_task(request, lambda progress: _report(token, progress))
    except FanchartError:
        raise
    except Exception as error:
        _log.exception("Training failed")
        what = f"Training failed ({type(error).__name__}: {error})."
        raise JobFailed(what[:MAX_REASON_LENGTH], "Try again later; the cause is in the log.") from error
    return result


def read_progress(message: bytes) -> tuple[int, Progress]:
    """The job's token and the progress of a message from the pipe."""
    token, stage, done, total = json.loads(message)
    return token, Progress(stage, done, total)


def _report(token: int, progress: Progress) -> None:
    """Send progress in one write, which POSIX keeps whole: no lock that a killed worker could leave locked."""
    message = json.dumps([token, progress.stage[:MAX_STAGE_LENGTH], progress.done, progress.total], ensure_ascii=False)
    _progress_pipe.get().send_bytes(message.encode())


def _end_with_parent() -> None:
    """End this process when its parent has ended, also in the middle of a training, which is then started anew."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
