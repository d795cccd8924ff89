"""Search for a better shape of the network, by Bayesian optimisation or over a grid (Optuna)."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
import optuna
from optuna.samplers import BaseSampler, GridSampler, TPESampler
from rich.console import Console
from sklearn.model_selection import TimeSeriesSplit

from forecasting.errors import InputError
from forecasting.known_past import credible
from forecasting.learning.adaptation import SYMBOL, adapt
from forecasting.learning.pretraining import pretrain
from forecasting.learning.promotion import HELD_OUT, Holdout, hold_out, mean_loss
from forecasting.learning.sequences import simulated_history
from forecasting.model.artefact import Artefact, ModelSpec, Normalisation, base_artefact, load
from forecasting.ports import ReportProgress
from forecasting.types.job_records import Progress
from forecasting.types.quantile_forecast import MAX_HORIZON

UNITS: Final = (24, 48)
MORE_UNITS: Final = (16, 24, 32, 48, 64)
LAYERS: Final = (1, 2)
NORMALISATIONS: Final[tuple[Normalisation, ...]] = ("none", "layer")
GRID: Final = {"units": UNITS, "layers": LAYERS, "normalisation": (0, 1)}
"""What a grid search varies; everything else stays as the active model has it."""
MAX_OPTION: Final = 1000
"""Largest number that an option may have."""
PATHS_A_STEP: Final = 8
"""Simulated histories for each step of training."""
FOLDS: Final = 3
"""Stretches of the past that a shape is tested on, each by a model adapted to what came before it."""


@dataclass(frozen=True, slots=True)
class Search:
    """How long and in which way to search."""

    kind: str = "bayes"  # or "grid"
    trials: int = 6
    steps: int = 60  # of training on simulated markets, for each trial
    final_steps: int = 200  # of training the best one

    @classmethod
    def of(cls, options: Mapping[str, str]) -> "Search":
        """Read what a person asked for: `search`, `trials`, `steps`, `final_steps`.

        Raises:
            InputError: an option makes no sense.
        """
        kind = options.get("search", "bayes")
        numbers = {name: options[name] for name in ("trials", "steps", "final_steps") if name in options}
        if kind not in ("bayes", "grid") or not all(
            n.isdecimal() and 0 < int(n) <= MAX_OPTION for n in numbers.values()
        ):
            raise InputError("Unknown search settings.", "Say bayes or grid, and numbers from 1 to 1000.")
        return cls(kind, **{name: int(number) for name, number in numbers.items()})


def tune(
    active: Artefact,
    holdouts: Sequence[Holdout],
    options: Mapping[str, str],
    *,
    seed: int = 0,
    report: ReportProgress,
) -> Artefact:
    """The best shape found, trained and adapted; the windows that decide on its promotion are not used.

    Raises:
        InputError: an option makes no sense.
    """
    search = Search.of(options)
    folds = list(zip(*(folds_of(holdout) for holdout in holdouts), strict=True))
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=sampler_of(search.kind, seed))

    def objective(trial: optuna.Trial) -> float:
        """The mean loss of one shape over the folds."""
        report(Progress("searching", trial.number + 1, search.trials))
        spec = suggested_spec(trial, active.spec, search.kind)
        candidate = pretrain(spec, seed=seed, paths=search.steps * PATHS_A_STEP, steps=search.steps).artefact
        adapted = (adapt(candidate, fold, SYMBOL, seed=seed) for fold in folds)
        return float(np.mean([mean_loss(model, fold) for model, fold in zip(adapted, folds, strict=True)]))

    study.optimize(objective, n_trials=search.trials)
    best = suggested_spec(study.best_trial, active.spec, search.kind)
    report(Progress("training the best shape", search.trials, search.trials))
    found = pretrain(
        replace(best, members=active.spec.members),
        seed=seed,
        paths=search.final_steps * PATHS_A_STEP,
        steps=search.final_steps,
    ).artefact
    return adapt(found, holdouts, SYMBOL, seed=seed)


def folds_of(holdout: Holdout) -> list[Holdout]:
    """Walk-forward folds in the newest half of what may be seen, purged by 20 sessions; without wrong closes."""
    usable = credible(holdout.seen)
    size = min(HELD_OUT, len(usable) // (2 * FOLDS))
    splits = TimeSeriesSplit(FOLDS, gap=MAX_HORIZON, test_size=size).split(usable.close)
    return [Holdout(usable.take(slice(int(windows[-1]) + 1)), len(seen), holdout.context) for seen, windows in splits]


def sampler_of(kind: str, seed: int) -> BaseSampler:
    """Tree-structured Parzen estimator (Bergstra et al. 2011), or every point of the grid."""
    return GridSampler(GRID, seed=seed) if kind == "grid" else TPESampler(seed=seed, n_startup_trials=3)


def suggested_spec(trial: optuna.Trial | optuna.trial.FrozenTrial, spec: ModelSpec, kind: str) -> ModelSpec:
    """The shape that a trial stands for: one member, to be quick."""
    found = replace(
        spec,
        members=1,
        units=trial.suggest_categorical("units", UNITS if kind == "grid" else MORE_UNITS),
        layers=trial.suggest_categorical("layers", LAYERS),
        normalisation=NORMALISATIONS[trial.suggest_categorical("normalisation", (0, 1))],
    )
    if kind == "grid":
        return found
    return replace(
        found,
        dropout=trial.suggest_float("dropout", 0.0, 0.3, step=0.1),
        lookback=trial.suggest_int("lookback", 120, 400, step=40),
        learning_rate=trial.suggest_float("learning_rate", 5e-4, 5e-3, log=True),
    )


def main(words: tuple[str, ...]) -> None:
    """`python -m forecasting tune`: search on a simulated symbol, and print the best shape found."""
    parser = argparse.ArgumentParser(prog="python -m forecasting tune", description="Search for a better network.")
    parser.add_argument("--search", choices=("bayes", "grid"), default="bayes")
    parser.add_argument("--trials", default="6")
    parser.add_argument("--steps", default="60", help="of training, for each trial")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args(words)
    options = {"search": asked.search, "trials": asked.trials, "steps": asked.steps}
    console = Console()
    found = tune(
        load(base_artefact()),
        [hold_out(simulated_history(asked.seed))],
        options,
        seed=asked.seed,
        report=lambda progress: console.print(f"{progress.stage} ({progress.done}/{progress.total})"),
    )
    console.print_json(json.dumps(asdict(found.spec)))
