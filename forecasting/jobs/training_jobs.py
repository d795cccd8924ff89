"""Makes the requests of training jobs and stores their results."""

from collections.abc import Callable
from typing import Final

from forecasting.errors import PriceError
from forecasting.ports import Clock, Market, ModelStore, PriceStore
from forecasting.readings import newest_years
from forecasting.types.bars import PriceHistory
from forecasting.types.job_records import Job, ModelRecord, TrainingRequest, TrainingResult

POOL_SESSIONS: Final = 1000
"""Histories shorter than this leave too few windows to test a pool model on."""
POOL_SYMBOLS: Final = 200
"""At most so many symbols, the longest histories first: a request has to cross to the worker in one piece."""


class TrainingJobs:
    """Makes the requests of jobs and stores their results; blocking, to be called off the event loop."""

    def __init__(
        self,
        *,
        latest: Callable[[str], PriceHistory],
        market: Market,
        active: Callable[[str], bytes],
        prices: PriceStore,
        models: ModelStore,
        clock: Clock,
    ) -> None:
        self._latest = latest
        self._market = market
        self._active = active
        self._prices = prices
        self._models = models
        self._clock = clock

    def request(self, job: Job) -> TrainingRequest:
        """Everything that the worker needs for a job.

        Raises:
            PriceError: the prices to train on cannot be had.
            ModelError: the model to beat cannot be read.
        """
        known = self._pool() if job.kind == "pool" else (self._latest(job.symbol),)
        histories = tuple(map(newest_years, known))
        symbol = "" if job.kind == "pool" else job.symbol
        contexts = tuple(self._market.context(history) for history in histories)
        return TrainingRequest(job.kind, histories, self._active(symbol), contexts, options=dict(job.options))

    def keep(self, job: Job, result: TrainingResult) -> None:
        """Keep a job's model: active where it was promoted, else as a record with its scores.

        Raises:
            StorageError: it could not be stored.
        """
        record = ModelRecord(
            sha256=result.sha256,
            kind=result.kind,
            symbol=job.symbol if result.kind == "symbol" else "",
            state="active" if result.promotion.promoted else "rejected",
            created_at=self._clock(),
            trained_to=result.trained_to,
            promotion=result.promotion,
        )
        self._models.add(record, result.artefact)

    def _pool(self) -> tuple[PriceHistory, ...]:
        """The stored histories that are long enough to learn from, the longest first; no indices and rates ("^").

        Raises:
            PriceError: there are none.
        """
        stored = (self._prices.load(symbol) for symbol in self._prices.symbols() if not symbol.startswith("^"))
        long = [history for history in stored if history is not None and len(history) >= POOL_SESSIONS]
        if not long:
            what = f"No stored symbol has the {POOL_SESSIONS} sessions that the pool learns from."
            raise PriceError(what, "Ask for forecasts of some symbols first.")
        return tuple(sorted(long, key=lambda history: (-len(history), history.symbol))[:POOL_SYMBOLS])
