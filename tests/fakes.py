"""In-memory stand-ins for the ports, which keep the same promises as the real ones (tests/contract shows it)."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from threading import Condition
from types import MappingProxyType

from forecasting.errors import JobCancelled, StorageError
from forecasting.ports import ReportProgress
from forecasting.types.bars import MarketContext, PriceHistory, StoredPrices
from forecasting.types.job_records import Job, JobKind, Promotion, TrainingRequest, TrainingResult
from tests.factories import NOW
from tests.waiting import PATIENCE_S


class ManualClock:
    """A `Clock` that stands still until it is told to go on."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, span: timedelta) -> None:
        self.now += span


class FixedMarket:
    """A `Market` of contexts that a test sets, by symbol."""

    def __init__(self, contexts: Mapping[str, MarketContext] = MappingProxyType({})) -> None:
        self.contexts = dict(contexts)

    def context(self, history: PriceHistory) -> MarketContext | None:
        return self.contexts.get(history.symbol)

    def is_known(self, prices: StoredPrices) -> bool:
        return prices.symbol in self.contexts


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

    def latest(self, kind: JobKind, symbol: str) -> Job | None:
        return next((job for job in self.recent(len(self.jobs)) if (job.kind, job.symbol) == (kind, symbol)), None)

    def export(self, user_id: int) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs.values() if user_id in job.asked_by)

    def forget(self, user_id: int) -> None:
        for job in self.export(user_id):
            self.update(replace(job, asked_by=tuple(asker for asker in job.asked_by if asker != user_id)))


class Training(Future[TrainingResult]):
    """A training that ends when the test says so."""

    def __init__(self, request: TrainingRequest, report: ReportProgress) -> None:
        super().__init__()
        self.request = request
        self.report = report

    def succeed(self, artefact: bytes = b"candidate") -> TrainingResult:
        return self._end(
            artefact,
            Promotion(
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
            Promotion(
                promoted=False,
                windows=60,
                candidate_crps=1.1,
                active_crps=1.0,
                p_value=0.5,
                reason="It did not beat the active model.",
            ),
        )

    def _end(self, artefact: bytes, promotion: Promotion) -> TrainingResult:
        digest = sha256(artefact).hexdigest()
        result = TrainingResult("symbol", artefact, digest, date(2024, 7, 3), promotion, 1.0)
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

    def training(self, number: int, patience_s: float = PATIENCE_S) -> Training:
        """The training that was handed over as number 0, 1, 2..., once it has been; blocks."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.trainings) > number, patience_s)
            return self.trainings[number]

    def close(self) -> None:
        self.closed = True
