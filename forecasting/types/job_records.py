"""Records of models and of the jobs that train them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from forecasting.types.bars import MarketContext, PriceHistory
from forecasting.types.quantile_forecast import ModelKind

ModelState = Literal["active", "rejected", "retired"]
JobKind = Literal["train", "pool", "tune"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Whether a candidate was promoted, by windows that it never saw."""

    promoted: bool
    windows: int
    candidate_crps: float
    active_crps: float
    p_value: float  # Diebold-Mariano, two-sided
    reason: str  # one plain sentence


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What is known of one stored model, without its bytes."""

    sha256: str
    kind: ModelKind
    symbol: str  # "" for base and pool
    state: ModelState
    created_at: datetime  # UTC
    trained_to: date | None  # last session seen in training; None for simulated markets only
    promotion: Promotion | None = None
    older_adjustment: bool = False  # the symbol's history was re-adjusted (split, dividend) since


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: a stage in words, and steps done of a total."""

    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """Everything a worker needs for one training or tuning: it is sent to another process as a value."""

    kind: JobKind
    histories: tuple[PriceHistory, ...]  # one for "train" and "tune", many for "pool"
    active: bytes  # the artefact that answers now, and that a candidate has to beat
    contexts: tuple[MarketContext | None, ...] = ()  # one a history; empty where no market is known
    seed: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The result of a training: the candidate's bytes, and whether it is promoted."""

    kind: ModelKind
    artefact: bytes
    sha256: str
    trained_to: date
    promotion: Promotion
    seconds: float


@dataclass(frozen=True, slots=True)
class Job:
    """A training or tuning run; it is stored before it is run."""

    id: int
    kind: JobKind
    symbol: str
    state: JobState
    asked_by: tuple[int, ...]  # user ids, first asker first
    created_at: datetime  # UTC
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: Progress = Progress("queued")
    attempts: int = 0
    message: str = ""  # the reason of the promotion, or the error's sentence
    options: Mapping[str, str] = field(default_factory=dict)  # what the person asked for; passed on to the worker
