"""Any sequence of calls leaves the SQLite stores and the in-memory ones in the same state, restarts included."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

import storage
from forecasting.errors import NoModel, StorageError
from forecasting.memory_stores import MemoryForecastStore, MemoryModelStore
from forecasting.types.job_records import Job, JobState, Progress
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome
from tests.factories import NOW, forecast, model_record, price_history
from tests.fakes import MemoryJobStore

SYMBOLS = st.sampled_from(["", "AAPL", "MSFT"])
ARTEFACTS = st.sampled_from([b"one", b"two", b"three", b"four"])
STATES: st.SearchStrategy[JobState] = st.sampled_from(["queued", "running", "done", "failed", "cancelled"])
DAYS = [date(2024, 7, day) for day in (1, 2, 3)]
FORECASTS = {
    (symbol, last, model): forecast(price_history(symbol, 61, last=last), model=model * 64)
    for symbol in ("AAPL", "MSFT")
    for last in DAYS
    for model in ("a", "b")
}
QUICK = settings(max_examples=25, stateful_step_count=25, deadline=None)


class OnDisk(RuleBasedStateMachine):
    """A machine with a database that may be closed and opened at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.open()

    @rule()
    def restart(self) -> None:
        self.stores.close()
        self.open()

    def open(self) -> None:
        self.stores = storage.open(Path(self.folder.name) / "fanchart.db")

    def teardown(self) -> None:
        self.stores.close()
        self.folder.cleanup()


class ModelStores(OnDisk):
    """Models: kept, activated, rolled back, marked."""

    def open(self) -> None:
        super().open()
        self.disk = self.stores.models

    def __init__(self) -> None:
        super().__init__()
        self.memory = MemoryModelStore()
        self.age = 0
        self.kept: set[str] = set()

    @rule(symbol=SYMBOLS, artefact=ARTEFACTS, promoted=st.booleans())
    def add(self, symbol: str, artefact: bytes, *, promoted: bool) -> None:
        self.age += 1
        record = model_record(symbol, sha256(artefact).hexdigest(), promoted=promoted)
        self.kept.add(record.sha256)
        for store in (self.disk, self.memory):
            store.add(replace(record, created_at=NOW + timedelta(seconds=self.age // 2)), artefact)

    @rule(symbol=SYMBOLS, artefact=st.none() | ARTEFACTS)
    def activate(self, symbol: str, artefact: bytes | None) -> None:
        digest = artefact and sha256(artefact).hexdigest()
        refused = []
        for store in (self.disk, self.memory):
            try:
                store.activate(symbol, digest or None)
            except NoModel as error:
                refused.append(type(error))
        assert len(refused) in (0, 2)

    @rule(symbol=SYMBOLS)
    def mark(self, symbol: str) -> None:
        for store in (self.disk, self.memory):
            store.mark_older_adjustment(symbol)

    @invariant()
    def they_agree(self) -> None:
        for symbol in ("", "AAPL", "MSFT"):
            assert self.disk.past(symbol) == self.memory.past(symbol)
            assert self.disk.active(symbol) == self.memory.active(symbol)
        for digest in self.kept:
            assert self.disk.artefact(digest) == self.memory.artefact(digest)


class JobStores(OnDisk):
    """Jobs: stored, changed, listed."""

    def open(self) -> None:
        super().open()
        self.disk = self.stores.jobs

    def __init__(self) -> None:
        super().__init__()
        self.memory = MemoryJobStore()

    @rule(symbol=SYMBOLS, state=STATES, options=st.dictionaries(st.sampled_from("ab"), st.text(max_size=2), max_size=2))
    def add(self, symbol: str, state: JobState, options: dict[str, str]) -> None:
        job = Job(0, "train", symbol, state, (7,), NOW, options=options)
        added = []
        for store in (self.disk, self.memory):
            with suppress(StorageError):
                added.append(store.add(job))
        assert added in ([], [replace(job, id=max(self.memory.jobs, default=0))] * 2)

    @rule(job_id=st.integers(1, 8), state=st.sampled_from(["done", "failed", "cancelled"]), attempts=st.integers(0, 3))
    def end(self, job_id: int, state: JobState, attempts: int) -> None:
        known = self.memory.get(job_id)
        if known is not None:
            ended = replace(
                known, state=state, attempts=attempts, ended_at=NOW, progress=Progress("training", attempts)
            )
            for store in (self.disk, self.memory):
                store.update(ended)

    @invariant()
    def they_agree(self) -> None:
        assert self.disk.recent(50) == self.memory.recent(50)
        assert self.disk.open_jobs() == self.memory.open_jobs()
        assert self.disk.get(1) == self.memory.get(1)


class ForecastStores(OnDisk):
    """Forecasts: published, scored."""

    def open(self) -> None:
        super().open()
        self.disk = self.stores.forecasts

    def __init__(self) -> None:
        super().__init__()
        self.memory = MemoryForecastStore()

    @rule(key=st.sampled_from(sorted(FORECASTS)), name=st.text(st.characters(codec="utf-8"), max_size=5))
    def publish(self, key: tuple[str, date, str], name: str) -> None:
        given = replace(FORECASTS[key], name=name)
        one, other = self.disk.publish(given), self.memory.publish(given)
        assert one.name == other.name

    @rule(
        symbol=st.sampled_from(["AAPL", "MSFT"]),
        origin=st.sampled_from(DAYS),
        horizons=st.lists(st.integers(1, 20), max_size=20),
        close=st.floats(1, 1e6),
    )
    def score(self, symbol: str, origin: date, horizons: list[int], close: float) -> None:
        targets = FORECASTS[symbol, origin, "a"].targets
        outcomes = [
            Outcome(symbol, origin, horizon, targets[horizon - 1], close, 100.0, 0.01, 0.02, 0.8, 0.005, 0.02)
            for horizon in horizons
        ]
        for store in (self.disk, self.memory):
            store.record(outcomes)

    @invariant()
    def they_agree(self) -> None:
        for symbol in ("AAPL", "MSFT"):
            assert self.disk.outcomes(symbol) == self.memory.outcomes(symbol)
            one, other = self.disk.unscored(symbol), self.memory.unscored(symbol)
            assert [(self.shape(found), horizons) for found, horizons in one] == [
                (self.shape(found), horizons) for found, horizons in other
            ]

    @staticmethod
    def shape(given: Forecast) -> tuple[object, ...]:
        return given.name, given.origin, given.model, given.targets, given.scorecard, given.prices.tobytes()


TestModelStores = ModelStores.TestCase
TestJobStores = JobStores.TestCase
TestForecastStores = ForecastStores.TestCase
TestModelStores.settings = TestJobStores.settings = TestForecastStores.settings = QUICK
