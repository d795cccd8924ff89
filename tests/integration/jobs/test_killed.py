"""The whole bot process is killed in mid-job, or asked to stop: the next start brings every job to its end."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import storage
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parents[3]


@contextmanager
def bot(folder: Path, *symbols: str) -> Iterator["subprocess.Popen[str]"]:
    """A process with jobs, whose output can be read along."""
    command = [
        sys.executable,
        "-m",
        "tests.integration.jobs.bot_process",
        str(folder / "bot.db"),
        str(folder),
        *symbols,
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:  # noqa: S603 - our own
        try:
            yield process
        finally:
            process.kill()  # else a failed test would wait for it


def worker_of(process: "subprocess.Popen[str]") -> int:
    """The id of the worker that hangs in the first job."""
    assert process.stdout is not None
    for line in process.stdout:
        stage = line.split(maxsplit=2)[2].strip()
        if stage.isdigit():
            return int(stage)
    pytest.fail("the worker never hung")


def wait_for_end(pid: int) -> None:
    """Block until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor) as watched:
        assert select.select([watched], [], [], PATIENCE_S)[0]


def jobs(folder: Path) -> list[tuple[str, str, int]]:
    with closing(storage.open(folder / "bot.db")) as stores:
        return [(job.symbol, job.state, job.attempts) for job in stores.jobs.recent()]


def test_kill_9_of_the_bot_loses_no_job_and_leaves_no_worker(tmp_path: Path) -> None:
    with bot(tmp_path, "HANG", "NEXT") as first:
        worker = worker_of(first)
        first.kill()
    wait_for_end(worker)
    assert jobs(tmp_path) == [("NEXT", "queued", 0), ("HANG", "running", 1)]
    with bot(tmp_path) as second:
        output, complaints = second.communicate(timeout=PATIENCE_S)
    assert (second.returncode, complaints) == (0, ""), output
    assert jobs(tmp_path) == [("NEXT", "done", 1), ("HANG", "done", 2)]
    assert {path.name for path in tmp_path.glob("made-*")} == {"made-HANG", "made-NEXT"}


def test_ctrl_c_ends_bot_and_worker_without_a_word_about_leaks(tmp_path: Path) -> None:
    with bot(tmp_path, "HANG") as process:
        worker = worker_of(process)
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=PATIENCE_S)
    wait_for_end(worker)
    assert "resource_tracker" not in complaints
    assert "ResourceWarning" not in complaints
    assert jobs(tmp_path) == [("HANG", "running", 1)]
