"""In-memory stand-ins for the walls, which keep the same promises as the real ones (tests/contract shows it)."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from threading import Condition

from forecasting.errors import BrokenArtefact, JobCancelled, NoModel, StorageError
from forecasting.ports import ReportProgress
from forecasting.types import (
    MAX_HORIZON,
    Forecast,
    Gate,
    Job,
    ModelRecord,
    Outcome,
    TrainingRequest,
    TrainingResult,
)
from tests.factories import NOW


class ManualClock:
    """A `Clock` that stands still until it is told to go on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


class MemoryModelStore:
    """A `ModelStore` in memory."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], ModelRecord] = {}
        self.bytes: dict[str, bytes] = {}

    def add(self, record: ModelRecord, artefact: bytes) -> None:
        key = (record.symbol, record.sha256)
        self.bytes[record.sha256] = artefact
        if record.state == "active":
            self.records.setdefault(key, replace(record, state="retired"))
            self.activate(*key)
        else:
            self.records.setdefault(key, record)

    def active(self, symbol: str) -> ModelRecord | None:
        own = (record for name in (symbol, "") for record in self.past(name) if record.state == "active")
        return next(own, None)

    def artefact(self, sha256_: str) -> bytes:
        if sha256_ not in self.bytes:
            raise NoModel("No such model is stored.", "Train one.")
        if sha256(self.bytes[sha256_]).hexdigest() != sha256_:
            raise BrokenArtefact("The model is damaged.", "Train one.")
        return self.bytes[sha256_]

    def past(self, symbol: str) -> tuple[ModelRecord, ...]:
        own = [record for record in self.records.values() if record.symbol == symbol]
        return tuple(sorted(own, key=lambda record: record.created_at)[::-1])

    def activate(self, symbol: str, sha256: str | None) -> None:
        if sha256 is not None and (symbol, sha256) not in self.records:
            raise NoModel("The symbol has no such model.", "See which there are.")
        for key, record in self.records.items():
            if record.symbol == symbol and record.state == "active":
                self.records[key] = replace(record, state="retired")
        if sha256 is not None:
            self.records[symbol, sha256] = replace(self.records[symbol, sha256], state="active")

    def mark_older_adjustment(self, symbol: str) -> None:
        for key, record in self.records.items():
            if record.symbol == symbol:
                self.records[key] = replace(record, older_adjustment=True)


class MemoryForecastStore:
    """A `ForecastStore` in memory."""

    def __init__(self) -> None:
        self.forecasts: dict[tuple[str, date, str], Forecast] = {}
        self.kept: dict[tuple[str, date, int], Outcome] = {}

    def find(self, symbol: str, origin: date, model: str) -> Forecast | None:
        return self.forecasts.get((symbol, origin, model))

    def publish(self, forecast: Forecast) -> Forecast:
        return self.forecasts.setdefault((forecast.symbol, forecast.origin, forecast.model), forecast)

    def unscored(self, symbol: str) -> tuple[tuple[Forecast, tuple[int, ...]], ...]:
        first: dict[date, Forecast] = {}
        for forecast in self.forecasts.values():
            if forecast.symbol == symbol:
                first.setdefault(forecast.origin, forecast)
        waiting = ((forecast, self._missing(forecast)) for _, forecast in sorted(first.items()))
        return tuple((forecast, horizons) for forecast, horizons in waiting if horizons)

    def record(self, outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            self.kept.setdefault((outcome.symbol, outcome.origin, outcome.horizon), outcome)

    def outcomes(self, symbol: str, limit: int = 100) -> tuple[Outcome, ...]:
        own = [outcome for outcome in self.kept.values() if outcome.symbol == symbol]
        return tuple(sorted(own, key=lambda outcome: (-outcome.target.toordinal(), outcome.horizon))[:limit])

    def _missing(self, forecast: Forecast) -> tuple[int, ...]:
        keys = ((forecast.symbol, forecast.origin, horizon) for horizon in range(1, MAX_HORIZON + 1))
        return tuple(key[2] for key in keys if key not in self.kept)


class MemoryJobStore:
    """A `JobStore` in memory."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}

    def add(self, job: Job) -> Job:
        work = (job.kind, job.symbol, dict(job.options))
        open_works = [(known.kind, known.symbol, dict(known.options)) for known in self.open_jobs()]
        if job.state in {"queued", "running"} and work in open_works:
            raise StorageError("That work is open already.", "Wait for it.")
        stored = replace(job, id=len(self.jobs) + 1)
        self.jobs[stored.id] = stored
        return stored

    def update(self, job: Job) -> None:
        if job.id in self.jobs:
            self.jobs[job.id] = job

    def get(self, job_id: int) -> Job | None:
        return self.jobs.get(job_id)

    def open_jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs.values() if job.state in {"queued", "running"})

    def recent(self, limit: int = 20) -> tuple[Job, ...]:
        return tuple(sorted(self.jobs.values(), key=lambda job: -job.id)[:limit])


class Training(Future[TrainingResult]):
    """A training that ends when the test says so."""

    def __init__(self, request: TrainingRequest, report: ReportProgress) -> None:
        super().__init__()
        self.request = request
        self.report = report

    def succeed(self, artefact: bytes = b"candidate") -> TrainingResult:
        return self._end(
            artefact,
            Gate(
                promoted=True,
                windows=60,
                candidate_crps=0.9,
                active_crps=1.0,
                p_value=0.01,
                reason="It beat the active model.",
            ),
        )

    def reject(self, artefact: bytes = b"candidate") -> TrainingResult:
        return self._end(
            artefact,
            Gate(
                promoted=False,
                windows=60,
                candidate_crps=1.1,
                active_crps=1.0,
                p_value=0.5,
                reason="It did not beat the active model.",
            ),
        )

    def _end(self, artefact: bytes, gate: Gate) -> TrainingResult:
        digest = sha256(artefact).hexdigest()
        result = TrainingResult("symbol", artefact, digest, date(2024, 7, 3), gate, 1.0)
        self.set_result(result)
        return result

    def cancel(self) -> bool:
        if self.done():
            return False
        self.set_exception(JobCancelled("The job was stopped.", "Ask again."))
        return True


class ManualWorkers:
    """`Workers` that record what they are given and end nothing by themselves."""

    def __init__(self) -> None:
        self.trainings: list[Training] = []
        self.closed = False
        self._came = Condition()

    def submit(self, request: TrainingRequest, report: ReportProgress) -> Training:
        training = Training(request, report)
        with self._came:
            self.trainings.append(training)
            self._came.notify_all()
        return training

    def training(self, number: int, patience_s: float = 10) -> Training:
        """The training that was handed over as number 0, 1, 2..., once it has been; blocks."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.trainings) > number, patience_s)
            return self.trainings[number]

    def close(self) -> None:
        self.closed = True
