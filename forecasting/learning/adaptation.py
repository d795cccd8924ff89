"""Training on real prices: a base or pool model adapted to one symbol, or to all symbols at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from forecasting.learning.artefacts import derive, restore
from forecasting.learning.fitting import OnStep, fit
from forecasting.learning.network import QuantileNetwork
from forecasting.learning.promotion import Holdout
from forecasting.learning.sequences import Sequences, as_sequences, batches, joined
from forecasting.model.artefact import Artefact
from forecasting.model.features import feature_table
from forecasting.model.inference import LiteNetwork
from forecasting.model.market_features import aligned
from forecasting.types.quantile_forecast import MEDIAN, ModelKind


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained on real prices."""

    steps: int
    batch: int  # sequences of a step
    lookback: int  # sessions of a sequence, at most
    rate: float
    head_only: bool
    share: float  # between the parent's weights (0) and the trained ones (1), interpolated (Wortsman et al. 2022)


SYMBOL: Final = Recipe(steps=40, batch=16, lookback=160, rate=5e-4, head_only=True, share=0.5)
POOL: Final = Recipe(steps=150, batch=64, lookback=320, rate=4e-4, head_only=False, share=0.6)


def adapt(
    parent: Artefact,
    holdouts: Sequence[Holdout],
    recipe: Recipe,
    *,
    seed: int = 0,
    on_step: OnStep | None = None,
) -> Artefact:
    """Train a parent's networks further on the seen part of some histories, the same way for the same arguments."""
    members = restore(parent)
    before = [member.get_weights() for member in members]
    data = real_sequences(parent, holdouts)
    chosen = batches(data, min(recipe.lookback, parent.spec.lookback), recipe.batch, np.random.default_rng(seed))
    losses = fit(members, chosen, recipe.steps, recipe.rate, on_step, head_only=recipe.head_only)
    for member, start in zip(members, before, strict=True):
        _interpolate(member, start, recipe.share)
    kind: ModelKind = "symbol" if len(holdouts) == 1 else "pool"
    symbol = holdouts[0].history.symbol if kind == "symbol" else ""
    scores = {"first_loss": float(np.mean(losses[:10])), "last_loss": float(np.mean(losses[-10:]))}
    return derive(parent, members, kind=kind, symbol=symbol, trained_to=last_seen(holdouts), seed=seed, scores=scores)


def real_sequences(parent: Artefact, holdouts: Sequence[Holdout]) -> Sequences:
    """Sequences of the seen part, twice: as it is, and mirrored at the parent's median.

    The directions of one stretch of real history are a single draw, which a network would overfit; with its mirror
    image only the size of moves is left to learn.
    """
    network = LiteNetwork(parent.step, parent.head)
    parts: list[Sequences] = []
    for holdout in holdouts:
        seen = holdout.seen
        table = feature_table(seen, aligned(holdout.context, seen.sessions))
        came = as_sequences(table, seen.close)
        median = network.quantiles(table.values)[..., MEDIAN]
        parts.extend((came, replace(came, outcomes=2 * median - came.outcomes)))
    return joined(parts)


def last_seen(holdouts: Sequence[Holdout]) -> date:
    """The newest session that training saw."""
    return max(holdout.seen.last_session for holdout in holdouts)


def _interpolate(member: QuantileNetwork, start: Sequence[np.ndarray], share: float) -> None:
    """Set weights between those before training and those after."""
    member.set_weights([old + share * (new - old) for old, new in zip(start, member.get_weights(), strict=True)])
