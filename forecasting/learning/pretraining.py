"""Pretraining of the base model, on simulated markets alone."""

import argparse
import json
import logging
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Final

import numpy as np
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from forecasting.learning.artefacts import assemble
from forecasting.learning.fitting import OnStep, fit
from forecasting.learning.network import Scaling, build_members
from forecasting.learning.sequences import Batch, Sequences, batches, from_simulation
from forecasting.model.artefact import Artefact, ModelSpec, dump, sha256
from forecasting.simulation.market import simulate_market
from forecasting.types.quantile_forecast import LEVELS

SESSIONS: Final = 1300
"""Length of a simulated history."""
CHUNK: Final = 384
"""Paths that are simulated together, to bound the memory."""
BATCH: Final = 96
"""Sequences of a step."""
STEPS_A_MINUTE: Final = 110
"""Steps of the usual network that two cores make in a minute: the minutes asked for become a fixed number of steps, so
that the result depends on no clock."""
OUTPUT: Final = Path(__file__).parents[1] / "model" / "base.fanchart"
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pretraining:
    """A pretrained model, with the losses of its steps."""

    artefact: Artefact
    losses: tuple[float, ...]
    seconds: float


def pretrain(
    spec: ModelSpec, *, seed: int = 0, paths: int = 6144, steps: int = 880, on_step: OnStep | None = None
) -> Pretraining:
    """Simulate markets and train a base model on them; the same arguments give the same losses.

    Args:
        spec: the network.
        seed: of the markets, the weights and the batches.
        paths: simulated histories in all; each is used for a while, then never again.
        steps: of training.
        on_step: called after every step.
    """
    started = time.monotonic()
    chunks = simulated_chunks(seed, paths)
    first = next(chunks)
    members = build_members(spec, scaling_of(first), [seed + number for number in range(spec.members)])
    per_chunk = -(-steps // max(1, -(-paths // CHUNK)))
    chosen = _stream(chain([first], chunks), spec, per_chunk, np.random.default_rng(seed))
    losses = fit(members, chosen, steps, spec.learning_rate, on_step)
    scores = {"first_loss": float(np.mean(losses[:10])), "last_loss": float(np.mean(losses[-50:]))}
    artefact = assemble(members, spec, seed, {**scores, "steps": steps, "paths": paths})
    return Pretraining(artefact, tuple(losses), time.monotonic() - started)


def simulated_chunks(seed: int, paths: int) -> Iterator[Sequences]:
    """Sequences of simulated markets, `CHUNK` paths at a time; the next is made while one is used."""
    count = -(-paths // CHUNK)
    size = min(CHUNK, paths)
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(_chunk, seed, 0, size)
        for number in range(1, count + 1):
            ready = coming.result()
            if number < count:
                coming = maker.submit(_chunk, seed, number, size)
            yield ready


def _chunk(seed: int, number: int, paths: int) -> Sequences:
    rng = np.random.default_rng((seed, number))
    return from_simulation(simulate_market(int(rng.integers(2**62)), paths, SESSIONS), rng)


def _stream(chunks: Iterable[Sequences], spec: ModelSpec, per_chunk: int, rng: np.random.Generator) -> Iterator[Batch]:
    """`per_chunk` batches of each chunk."""
    for chunk in chunks:
        yield from islice(batches(chunk, spec.lookback, BATCH, rng), per_chunk)


def scaling_of(data: Sequences) -> Scaling:
    """Feature moments and the fixed curve: the historical distribution of outcomes, made symmetric about 0."""
    values = data.features[:, 60::7].reshape(-1, data.features.shape[-1]).astype(np.float64)
    outcomes = data.outcomes[:, 60:-20:7].reshape(-1, data.outcomes.shape[-1])
    quantiles = np.quantile(outcomes, LEVELS, axis=0).T
    return Scaling(values.mean(0), np.maximum(values.std(0), 0.05), (quantiles - quantiles[:, ::-1]) / 2)


def main(words: tuple[str, ...]) -> None:
    """`python -m forecasting pretrain`: train, show how far it is, and write the artefact and its model card."""
    arguments = _arguments(words)
    with Progress(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("simulating", total=arguments.steps)

        def on_step(step: int, loss: float) -> None:
            bar.update(task, completed=step, description=f"training, loss {loss:.4f}")

        result = pretrain(
            ModelSpec(), seed=arguments.seed, paths=arguments.paths, steps=arguments.steps, on_step=on_step
        )
    write(result, arguments.output, f"python -m forecasting pretrain {' '.join(words)}".strip())


def write(result: Pretraining, output: Path, command: str) -> None:
    """Write the artefact, and beside it a model card with the log of the losses."""
    content = dump(result.artefact)
    card = {
        "sha256": sha256(content),
        "bytes": len(content),
        "command": command,
        "spec": asdict(result.artefact.spec),
        "seed": result.artefact.seed,
        "versions": dict(result.artefact.versions),
        "scores": dict(result.artefact.scores),
        "losses": [
            round(float(np.mean(part)), 5) for part in np.array_split(result.losses, min(20, len(result.losses)))
        ],
    }
    output.write_bytes(content)
    output.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    _LOG.info("%s: %s bytes after %.0f s", output, len(content), result.seconds)


@dataclass(frozen=True, slots=True)
class _Arguments:
    """The arguments of the command."""

    seed: int
    paths: int
    steps: int
    output: Path


def _arguments(words: tuple[str, ...]) -> _Arguments:
    parser = argparse.ArgumentParser(prog="python -m forecasting pretrain", description="Train the base model.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--paths", type=int, default=6144, help="simulated histories")
    parser.add_argument("--minutes", type=float, default=8, help="of training on two cores")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    found = parser.parse_args(words)
    return _Arguments(found.seed, found.paths, max(1, round(found.minutes * STEPS_A_MINUTE)), found.output)
