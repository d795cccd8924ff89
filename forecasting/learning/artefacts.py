"""Between networks in training and stored artefacts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import BrokenArtefact
from forecasting.learning.litert_export import export_head, export_step
from forecasting.learning.network import QuantileNetwork, Scaling, build_members
from forecasting.model.artefact import Artefact, ModelSpec
from forecasting.model.features import VERSION
from forecasting.types.quantile_forecast import ModelKind


def assemble(members: Sequence[QuantileNetwork], spec: ModelSpec, seed: int, scores: Mapping[str, float]) -> Artefact:
    """The artefact of a base model from its trained members."""
    shares = np.full(len(members), 1 / len(members))
    scaling = members[0].scaling
    return Artefact(
        kind="base",
        symbol="",
        spec=spec,
        features=VERSION,
        seed=seed,
        trained_to=None,
        step=export_step(members),
        head=export_head(members, shares),
        weights=_weights(members),
        member_weights=shares,
        mean=scaling.mean,
        spread=scaling.spread,
        curve=scaling.curve,
        versions=_versions(),
        scores=scores,
    )


def derive(
    parent: Artefact,
    members: Sequence[QuantileNetwork],
    *,
    kind: ModelKind,
    symbol: str,
    trained_to: date,
    seed: int,
    scores: Mapping[str, float],
) -> Artefact:
    """The artefact of networks that were trained further, on prices up to a session."""
    return replace(
        parent,
        kind=kind,
        symbol=symbol,
        trained_to=trained_to,
        seed=seed,
        scores=scores,
        versions=_versions(),
        step=export_step(members),
        head=export_head(members, parent.member_weights),
        weights=_weights(members),
    )


def restore(artefact: Artefact) -> list[QuantileNetwork]:
    """The networks of an artefact, ready to train further.

    Raises:
        BrokenArtefact: its weights do not fit its spec.
    """
    scaling = Scaling(artefact.mean, artefact.spread, artefact.curve)
    members = build_members(artefact.spec, scaling, range(len(artefact.member_weights)))
    try:
        for number, member in enumerate(members):
            member.set_weights([artefact.weights[f"{number}/{at}"] for at in range(len(member.get_weights()))])
    except (KeyError, ValueError) as error:
        raise BrokenArtefact("The model's weights do not fit its shape.") from error
    return members


def _weights(members: Sequence[QuantileNetwork]) -> dict[str, NDArray[np.float32]]:
    """Every weight of every member under "member/number"."""
    return {
        f"{number}/{at}": np.asarray(value, np.float32)
        for number, member in enumerate(members)
        for at, value in enumerate(member.get_weights())
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in ("fanchart", "keras", "numpy", "tensorflow", "tensorflow-cpu"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # one of the two TensorFlow distributions is there
            continue
    return found
