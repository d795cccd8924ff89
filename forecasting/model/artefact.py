"""A stored model: a JSON header and named arrays behind a digest, never anything that could run code."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from forecasting.errors import BrokenArtefact
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import ModelKind

MAGIC: Final = b"FANCHART"
MAX_BYTES: Final = 16_000_000
"""Bytes beyond which nothing is read as an artefact."""
_DIGEST: Final = hashlib.sha256().digest_size
Normalisation = Literal["none", "layer", "batch"]
KNOTS: Final = (1, 2, 4, 7, 12, 20)
"""Horizons whose parameters the network gives; those between are interpolated in the logarithm of the horizon."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Shape of the network and how it is trained."""

    layers: int = 1
    units: int = 40
    hidden: int = 48  # width of the layer between LSTM and parameters
    dropout: float = 0.0
    normalisation: Normalisation = "none"
    lookback: int = 320  # sessions of a training sequence
    members: int = 4  # networks from different seeds whose quantiles are averaged
    learning_rate: float = 2e-3


@dataclass(frozen=True, slots=True)
class Artefact:
    """Everything a forecast needs, and where it came from."""

    kind: ModelKind
    symbol: str  # "" for base and pool
    spec: ModelSpec
    features: int  # version of the features it was trained with
    seed: int
    trained_to: date | None  # last session seen in training; None for simulated markets only
    step: bytes  # LiteRT: one step of the recurrence
    head: bytes  # LiteRT: quantiles from states and features
    weights: Mapping[str, NDArray[np.float32]]  # "member/number" -> array, in Keras' order
    member_weights: FloatArray  # shares of the members in the mean of their quantiles
    mean: FloatArray  # of each feature, on simulated markets
    spread: FloatArray
    curve: FloatArray  # the fixed quantile curve, shape (20, 21)
    versions: Mapping[str, str] = field(default_factory=dict)  # of the libraries that trained it
    scores: Mapping[str, float] = field(default_factory=dict)  # what training measured, by name


def dump(artefact: Artefact) -> bytes:
    """The bytes of an artefact; the same artefact gives the same bytes."""
    header = {
        "kind": artefact.kind,
        "symbol": artefact.symbol,
        "spec": asdict(artefact.spec),
        "features": artefact.features,
        "seed": artefact.seed,
        "trained_to": artefact.trained_to.isoformat() if artefact.trained_to else None,
        "versions": dict(artefact.versions),
        "scores": dict(artefact.scores),
    }
    arrays: dict[str, NDArray[Any]] = {
        "header": np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8),
        "step": np.frombuffer(artefact.step, np.uint8),
        "head": np.frombuffer(artefact.head, np.uint8),
        "member_weights": artefact.member_weights,
        "mean": artefact.mean,
        "spread": artefact.spread,
        "curve": artefact.curve,
        **{f"weights/{name}": value for name, value in artefact.weights.items()},
    }
    body = io.BytesIO()
    np.savez_compressed(body, **arrays)  # type: ignore[arg-type]  # its stub takes the names for flags
    content = body.getvalue()
    return MAGIC + hashlib.sha256(content).digest() + content


def load(content: bytes) -> Artefact:
    """Read an artefact.

    Raises:
        BrokenArtefact: the bytes are not those that `dump` wrote.
    """
    start = len(MAGIC) + _DIGEST
    body = content[start:]
    if len(content) > MAX_BYTES or content[: len(MAGIC)] != MAGIC:
        raise BrokenArtefact("This is not a model of Fanchart.")
    if hashlib.sha256(body).digest() != content[len(MAGIC) : start]:
        raise BrokenArtefact("The stored model was changed or cut short.")
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return _assembled({name: arrays[name] for name in arrays.files})
    except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile) as error:
        raise BrokenArtefact("The stored model cannot be read.") from error


def sha256(content: bytes) -> str:
    """The name of an artefact: the hexadecimal SHA-256 of its bytes."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=1)
def base_artefact() -> bytes:
    """The bytes of the base model that comes with the package."""
    return resources.files("forecasting.model").joinpath("base.fanchart").read_bytes()


def _assembled(arrays: Mapping[str, NDArray[Any]]) -> Artefact:
    header = json.loads(arrays["header"].tobytes())
    return Artefact(
        kind=header["kind"],
        symbol=header["symbol"],
        spec=ModelSpec(**header["spec"]),
        features=header["features"],
        seed=header["seed"],
        trained_to=date.fromisoformat(header["trained_to"]) if header["trained_to"] else None,
        step=arrays["step"].tobytes(),
        head=arrays["head"].tobytes(),
        weights={n.removeprefix("weights/"): a for n, a in arrays.items() if n.startswith("weights/")},
        member_weights=arrays["member_weights"],
        mean=arrays["mean"],
        spread=arrays["spread"],
        curve=arrays["curve"],
        versions=header["versions"],
        scores=header["scores"],
    )
