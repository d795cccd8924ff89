"""A training that takes no time: what workers run in the tests, told by the request's options what to do."""

import importlib
import os
import signal
import sys
import time
from datetime import date
from hashlib import sha256
from pathlib import Path

from forecasting import errors
from forecasting.ports import ReportProgress
from forecasting.types.job_records import Progress, Promotion, TrainingRequest, TrainingResult


def run_task(request: TrainingRequest, report: ReportProgress) -> TrainingResult:
    """Do what the options say, then hand back the active artefact with the symbol's length behind it."""
    for name, value in request.options.items():
        _DEEDS[name](value, report)
    artefact = request.active + str(len(request.histories[0])).encode()
    promotion = Promotion(
        promoted=True, windows=60, candidate_crps=0.9, active_crps=1.0, p_value=0.01, reason="It was better."
    )
    return TrainingResult("symbol", artefact, sha256(artefact).hexdigest(), date(2024, 7, 3), promotion, 0.0)


def _raise_error(name: str, _: ReportProgress) -> None:
    kind = getattr(errors, name)
    error = kind.__new__(kind)
    errors.FanchartError.__init__(error, "It rained.", "Take an umbrella.")
    error.carried = 7
    raise error


def _raise_other(name: str, _: ReportProgress) -> None:
    raise getattr(importlib.import_module("builtins"), name)("something odd")


def _count(total: str, report: ReportProgress) -> None:
    for done in range(1, int(total) + 1):
        report(Progress("training", done, int(total)))


def _say(stage: str, report: ReportProgress) -> None:
    report(Progress(stage))


def _say_imported(packages: str, report: ReportProgress) -> None:
    report(Progress(" ".join(sorted(set(packages.split()) & {name.split(".")[0] for name in sys.modules}))))


def _log_pid(folder: str, _: ReportProgress) -> None:
    (Path(folder) / str(os.getpid())).write_text(str(os.nice(0)))


def _die_once(mark: str, _: ReportProgress) -> None:
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def _hang(_: str, report: ReportProgress) -> None:
    report(Progress(str(os.getpid())))
    time.sleep(600)


_DEEDS = {
    "raise error": _raise_error,
    "raise other": _raise_other,
    "count": _count,
    "say": _say,
    "imported": _say_imported,
    "pid": _log_pid,
    "die once": _die_once,
    "hang": _hang,
}
