"""The tasks of a worker process: train a symbol's model, train the pool's, or search for a better network."""

import time
from dataclasses import replace
from typing import Final

from forecasting.errors import InputError, JobFailed
from forecasting.learning.adaptation import POOL, SYMBOL, Recipe, adapt, last_seen
from forecasting.learning.fitting import OnStep
from forecasting.learning.promotion import decide, hold_out
from forecasting.learning.tuning import tune
from forecasting.model.artefact import dump, load, sha256
from forecasting.ports import ReportProgress
from forecasting.types.job_records import Progress, TrainingRequest, TrainingResult

MAX_STEPS: Final = 5000
"""Most steps that may be asked for."""
REPORT_EVERY: Final = 10
"""Steps between two reports."""


def run_task(request: TrainingRequest, report: ReportProgress) -> TrainingResult:
    """Train a candidate and decide on its promotion; the same request gives the same candidate.

    Raises:
        BrokenArtefact: the active model cannot be read.
        JobFailed: there is nothing to train on.
        InputError: an option makes no sense.
    """
    if not request.histories:
        raise JobFailed("There are no prices to train on.", "Ask for a forecast first, then train.")
    started = time.monotonic()
    active = load(request.active)
    contexts = request.contexts or (None,) * len(request.histories)
    holdouts = [hold_out(*each) for each in zip(request.histories, contexts, strict=True)]
    report(Progress("preparing"))
    if request.kind == "tune":
        candidate = tune(active, holdouts, request.options, seed=request.seed, report=report)
    else:
        recipe = _recipe(request)
        candidate = adapt(active, holdouts, recipe, seed=request.seed, on_step=_on_step(recipe, report))
    report(Progress("comparing with the active model"))
    content = dump(candidate)
    return TrainingResult(
        kind=candidate.kind,
        artefact=content,
        sha256=sha256(content),
        trained_to=last_seen(holdouts),
        promotion=decide(candidate, active, holdouts),
        seconds=time.monotonic() - started,
    )


def _recipe(request: TrainingRequest) -> Recipe:
    """The recipe of the job's kind; the option `steps` makes it shorter or longer.

    Raises:
        InputError: the option is no number from 1 to 5000.
    """
    recipe = POOL if request.kind == "pool" else SYMBOL
    steps = request.options.get("steps", str(recipe.steps))
    if not steps.isdecimal() or not 0 < int(steps) <= MAX_STEPS:
        raise InputError(f"Training cannot take {steps[:20]} steps.", f"Say a number from 1 to {MAX_STEPS}.")
    return replace(recipe, steps=int(steps))


def _on_step(recipe: Recipe, report: ReportProgress) -> OnStep:

    def on_step(step: int, loss: float) -> None:
        if step % REPORT_EVERY == 0 or step == recipe.steps:
            report(Progress(f"training, loss {loss:.3f}", step, recipe.steps))

    return on_step
