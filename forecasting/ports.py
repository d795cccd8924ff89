"""The ports of the engine: what it needs from outside, as Protocols."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import date, datetime
from typing import Protocol

from forecasting.types.bars import (
    FloatArray,
    IndexArray,
    Listing,
    MarketContext,
    PriceAnswer,
    PriceHistory,
    StoredPrices,
    SymbolMatch,
)
from forecasting.types.job_records import Job, JobKind, ModelRecord, Progress, TrainingRequest, TrainingResult
from forecasting.types.quantile_forecast import Forecast, ForecastKey
from forecasting.types.scorecards import Outcome, Scorecard, ScorecardKey

Clock = Callable[[], datetime]
"""Tells the time in UTC."""
ReportProgress = Callable[[Progress], None]
"""Takes how far a job is; called from the worker's side."""


class PriceSource(Protocol):
    """A source of prices."""

    name: str

    def history(self, symbol: str) -> PriceHistory:
        """All prices of a symbol that the source has; blocking, to be called off the event loop.

        Raises:
            UnknownSymbol: the source does not know the symbol.
            PriceError: any of its kinds, when the source has no usable answer.
        """
        ...

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 symbols that a person may have meant; empty when the source cannot search.

        Raises:
            PriceError: the source has no usable answer.
        """
        ...


class PriceStore(Protocol):
    """Where fetched prices are kept."""

    def load(self, symbol: str) -> PriceHistory | None:
        """All stored sessions of a symbol, or None."""
        ...

    def newest(self, symbol: str) -> StoredPrices | None:
        """How far a symbol's stored prices go, without reading them; None where there are none."""
        ...

    def save(self, history: PriceHistory) -> None:
        """Make what is stored for the symbol equal to this, in one transaction; writes only the rows that differ."""
        ...

    def symbols(self) -> tuple[str, ...]:
        """Every symbol with stored prices."""
        ...

    def remember(self, matches: Iterable[SymbolMatch], text: str = "") -> None:
        """Keep names, and the search that found them (in their order), so that its repetition needs no network."""
        ...

    def searched(self, text: str) -> tuple[SymbolMatch, ...]:
        """What a search for this very text (in any case) found before; empty when it was never searched for."""
        ...

    def find(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 remembered symbols whose symbol or name starts with or holds the text."""
        ...


class Prices(Protocol):
    """Answers with the newest prices that can be had."""

    def fresh(self, symbol: str) -> StoredPrices | None:
        """How far the stored prices go, where they are as new as can be and need no comment; it reads no bars.

        None where `latest` has to be asked.

        Raises:
            InputError: the text cannot be a symbol.
        """
        ...

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 listings that a text may mean, best first.

        Raises:
            SearchUnavailable: nothing was found, and a source could not search.
        """
        ...

    def latest(self, symbol: str) -> PriceAnswer:
        """The newest prices, else stored ones; blocking, to be called off the event loop.

        Raises:
            UnknownSymbol: no source knows the symbol, and nothing is stored.
            PriceError: there are no usable prices, and nothing is stored.
        """
        ...

    def renewed(self, symbol: str) -> PriceAnswer:
        """The same, however long newer prices take.

        Raises:
            FanchartError: as for `latest`.
        """
        ...


class Market(Protocol):
    """Knows what the market did around a symbol; both methods may block for a second."""

    def context(self, history: PriceHistory) -> MarketContext | None:
        """What was known of the market at each of the symbol's closes; None where its newest session is lacking."""
        ...

    def is_known(self, prices: StoredPrices) -> bool:
        """Whether there would be a context for the newest of a symbol's stored sessions."""
        ...


class Calendar(Protocol):
    """The sessions of exchanges."""

    def next_sessions(self, exchange: str, after: date, count: int) -> tuple[date, ...]:
        """The `count` sessions that follow a date."""
        ...

    def last_closed_session(self, exchange: str, now: datetime) -> date:
        """The newest session that has closed by `now` (UTC)."""
        ...

    def known_until(self, exchange: str) -> date | None:
        """The last day whose holidays are known; None where there is no such day."""
        ...


class Forecaster(Protocol):
    """Anything that turns the past into quantiles: the model and each baseline."""

    @property
    def name(self) -> str:
        """What scorecards call it: "model" for the model, else the baseline's name."""
        ...

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Price quantiles, shape (origins, 20, 21), ascending over the last axis.

        `origins` are row numbers of `history`, ascending; the forecast at row i may use rows 0..i only.
        """
        ...


class ModelStore(Protocol):
    """Where models are kept."""

    def add(self, record: ModelRecord, artefact: bytes) -> None:
        """Keep a model; when its state is "active", the symbol's former active model is retired."""
        ...

    def active(self, symbol: str) -> ModelRecord | None:
        """The model that answers for a symbol: its own, else the pool's (""), else None."""
        ...

    def artefact(self, sha256: str) -> bytes:
        """A model's bytes, checked against their hash.

        Raises:
            NoModel: nothing is stored under that hash.
            BrokenArtefact: the bytes are not those that were stored.
        """
        ...

    def past(self, symbol: str) -> tuple[ModelRecord, ...]:
        """Every model of a symbol ("" for the pool's), newest first."""
        ...

    def activate(self, symbol: str, sha256: str | None) -> None:
        """Make a stored model the active one; None retires the active one, so that the base answers again.

        Raises:
            NoModel: the symbol has no such model.
        """
        ...

    def mark_older_adjustment(self, symbol: str) -> None:
        """Mark a symbol's models as trained on an older adjustment of its prices."""
        ...


class ForecastStore(Protocol):
    """Where published forecasts and their outcomes are kept; a forecast once stored is never changed."""

    def find(self, key: ForecastKey) -> Forecast | None:
        """The forecast that stands on exactly this, or None."""
        ...

    def best(self, key: ForecastKey) -> Forecast | None:
        """The forecast of the key with the market's columns, else the one without them, else None."""
        ...

    def publish(self, forecast: Forecast) -> Forecast:
        """Keep a forecast; when one of the same key is stored, that one stands and is returned."""
        ...

    def unscored(self, symbol: str) -> tuple[tuple[Forecast, tuple[int, ...]], ...]:
        """Forecasts of a symbol, each with the horizons that have no outcome yet.

        Of the forecasts of one origin the first that was published counts: it is what people saw.
        """
        ...

    def awaiting(self) -> tuple[Listing, ...]:
        """Every symbol with a published forecast that has not been scored at every horizon."""
        ...

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Keep outcomes; one that is stored already stands."""
        ...

    def outcomes(self, symbol: str, limit: int = 100) -> tuple[Outcome, ...]:
        """Outcomes of a symbol, newest target first."""
        ...


class ScorecardStore(Protocol):
    """Where full scorecards are kept, so that they are computed once."""

    def find(self, key: ScorecardKey) -> Scorecard | None:
        """The scorecard that stands on exactly this, or None where there is none that can be read."""
        ...

    def keep(self, key: ScorecardKey, card: Scorecard) -> None:
        """Keep a scorecard in place of one of the same key; those of the symbol's older origins are deleted."""
        ...


class JobStore(Protocol):
    """Where jobs are kept: rows before they are work."""

    def add(self, job: Job) -> Job:
        """Store a new job and return it with its id.

        Raises:
            StorageError: the same work is queued or running already.
        """
        ...

    def update(self, job: Job) -> None:
        """Store a job's new state."""
        ...

    def get(self, job_id: int) -> Job | None:
        """One job, or None."""
        ...

    def open_jobs(self) -> tuple[Job, ...]:
        """Queued and running jobs, oldest first."""
        ...

    def recent(self, limit: int = 20) -> tuple[Job, ...]:
        """The newest jobs of any state, newest first."""
        ...

    def latest(self, kind: JobKind, symbol: str) -> Job | None:
        """The newest job of a kind for a symbol, or None."""
        ...

    def export(self, user_id: int) -> tuple[Job, ...]:
        """Every job that a person asked for, oldest first, for /mydata."""
        ...

    def forget(self, user_id: int) -> None:
        """Take a person's id off every job; what they asked for stays, without them."""
        ...


class Workers(Protocol):
    """Processes that train."""

    def submit(self, request: TrainingRequest, report: ReportProgress) -> "Future[TrainingResult]":
        """Start a training in another process; the future's `cancel()` kills it.

        The future raises `JobFailed`, `JobTimedOut`, `JobCancelled`, or the `FanchartError` that the worker raised.
        `report` is called on a thread of this process.
        """
        ...

    def close(self) -> None:
        """Stop the processes; nothing is waited for."""
        ...
