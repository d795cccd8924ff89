"""Small trainings with the real TensorFlow: they learn, they repeat, and promotion tells good from bad."""

import json
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import optuna
import pytest
from sklearn.model_selection import TimeSeriesSplit

from forecasting.errors import InputError, JobFailed
from forecasting.learning.artefacts import assemble
from forecasting.learning.network import Scaling, build_members
from forecasting.learning.pretraining import main, pretrain
from forecasting.learning.promotion import MIN_WINDOWS, STEP, decide, hold_out
from forecasting.learning.sequences import simulated_history
from forecasting.learning.tasks import run_task
from forecasting.learning.tuning import LAYERS, MORE_UNITS, NORMALISATIONS, UNITS, folds_of, sampler_of, suggested_spec
from forecasting.model.artefact import Artefact, ModelSpec, base_artefact, dump, load, sha256
from forecasting.types.bars import PriceHistory
from forecasting.types.job_records import JobKind, Progress, TrainingRequest
from forecasting.types.quantile_forecast import MAX_HORIZON
from tests.factories import price_history

TINY = ModelSpec(units=6, hidden=8, members=1, lookback=120, learning_rate=1e-2)


def test_a_tiny_pretraining_learns_and_repeats() -> None:
    first, second = (pretrain(TINY, seed=3, paths=32, steps=40) for _ in range(2))
    assert first.losses == second.losses
    assert np.mean(first.losses[-8:]) < np.mean(first.losses[:3])
    assert first.artefact.weights.keys() == second.artefact.weights.keys()
    assert all(np.array_equal(first.artefact.weights[name], w) for name, w in second.artefact.weights.items())


def test_the_command_writes_artefact_and_card(tmp_path: Path) -> None:
    output = tmp_path / "base.fanchart"
    main(("--seed", "1", "--paths", "16", "--minutes", "0.02", "--output", str(output)))
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["sha256"] == sha256(output.read_bytes())
    assert card["spec"]["units"] == load(output.read_bytes()).spec.units
    assert card["losses"]


def widened(model: Artefact) -> Artefact:
    """A worse model: a base curve, learned weights and LiteRT bytes of an untrained network, far too wide."""
    scaling = Scaling(model.mean, model.spread, model.curve * 3)
    return assemble(build_members(TINY, scaling, [0]), TINY, 0, {})


def test_the_gate_takes_the_better_and_leaves_the_worse() -> None:
    good = load(base_artefact())
    bad, trials = widened(good), [hold_out(simulated_history(5, 1500))]
    better, worse, same = decide(good, bad, trials), decide(bad, good, trials), decide(good, good, trials)
    assert better.promoted
    assert better.candidate_crps < better.active_crps
    assert better.p_value < 0.05
    assert "Better" in better.reason
    assert not worse.promoted
    assert "stays" in worse.reason
    assert not same.promoted
    assert better.windows == worse.windows >= MIN_WINDOWS


def test_the_gate_looks_only_at_windows_that_training_never_saw() -> None:
    trial = hold_out(simulated_history(5, 1500))
    assert trial.unseen == 1250
    assert len(trial.seen) == 1250
    assert trial.origins[0] == 1270
    assert trial.origins[-1] + 20 < 1500


@pytest.mark.parametrize("sessions", [250, 900, 1500])
def test_the_gate_purges_as_scikit_learn_does(sessions: int) -> None:
    trial = hold_out(simulated_history(5, sessions))
    windows = sessions - trial.unseen - MAX_HORIZON
    *_, (seen, rows) = TimeSeriesSplit(2, gap=MAX_HORIZON, test_size=windows).split(trial.history.close)
    assert len(seen) == len(trial.seen)
    assert trial.origins.tolist() == rows[:-MAX_HORIZON:STEP].tolist()


@pytest.mark.parametrize("sessions", [250, 900, 1500])
def test_a_shape_is_judged_on_purged_folds_that_end_before_the_windows_of_the_gate(sessions: int) -> None:
    trial = hold_out(simulated_history(5, sessions))
    folds = folds_of(trial)
    assert len(folds) == 3
    assert all(fold.origins[0] == fold.unseen + MAX_HORIZON for fold in folds)
    assert all(fold.origins[-1] + MAX_HORIZON < len(fold.history) for fold in folds)
    assert all(a.origins[-1] < b.origins[0] for a, b in pairwise(folds))
    assert len(folds[-1].history) == trial.unseen
    assert folds[0].unseen >= trial.unseen // 2 - MAX_HORIZON


@pytest.fixture(scope="module")
def active() -> bytes:
    return dump(pretrain(TINY, seed=1, paths=32, steps=10).artefact)


def request(active: bytes, kind: JobKind, histories: tuple[PriceHistory, ...], **options: str) -> TrainingRequest:
    return TrainingRequest(kind, histories, active, seed=1, options=options)


def test_a_symbol_is_trained_and_judged(active: bytes) -> None:
    told: list[Progress] = []
    history = simulated_history(8, 900)
    result = run_task(request(active, "train", (history,)), told.append)
    model = load(result.artefact)
    assert (result.kind, model.kind, model.symbol) == ("symbol", "symbol", history.symbol)
    assert result.sha256 == sha256(result.artefact)
    assert result.trained_to == model.trained_to == history.sessions[-226].astype(object)
    assert told[0].stage == "preparing"
    assert any(step.done == step.total > 0 for step in told)
    assert result.promotion.windows >= MIN_WINDOWS
    assert result.promotion.reason


def test_a_short_history_is_trained_but_cannot_be_judged(active: bytes) -> None:
    result = run_task(request(active, "train", (price_history(sessions=250),), steps="5"), lambda _: None)
    assert not result.promotion.promoted
    assert "Too little" in result.promotion.reason


def test_a_pool_is_trained_on_all_symbols(active: bytes) -> None:
    histories = tuple(replace(simulated_history(seed, 700 + seed), symbol=f"S{seed}") for seed in range(8))
    result = run_task(request(active, "pool", histories, steps="5"), lambda _: None)
    assert (result.kind, load(result.artefact).symbol) == ("pool", "")


def test_a_search_ends_with_a_model_of_its_own_shape(active: bytes) -> None:
    options = {"search": "bayes", "trials": "1", "steps": "2", "final_steps": "2"}
    result = run_task(request(active, "tune", (simulated_history(2, 700),), **options), lambda _: None)
    assert result.kind == "symbol"
    assert load(result.artefact).spec.units in MORE_UNITS


def test_a_grid_search_walks_through_every_shape() -> None:
    study = optuna.create_study(sampler=sampler_of("grid", 0))
    shapes = {suggested_spec(study.ask(), TINY, "grid") for _ in range(8)}
    assert {(spec.units, spec.layers, spec.normalisation) for spec in shapes} == set(
        product(UNITS, LAYERS, NORMALISATIONS)
    )
    assert {spec.lookback for spec in shapes} == {TINY.lookback}


def test_nonsense_is_refused(active: bytes) -> None:
    with pytest.raises(InputError):
        run_task(request(active, "tune", (simulated_history(2, 700),), search="guess"), lambda _: None)
    with pytest.raises(JobFailed):
        run_task(request(active, "train", ()), lambda _: None)
    with pytest.raises(InputError):
        run_task(request(active, "train", (price_history(),), steps="many"), lambda _: None)
