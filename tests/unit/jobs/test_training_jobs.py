"""What a job starts from, and what becomes of its result."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from forecasting.errors import PriceError
from forecasting.jobs.training_jobs import POOL_SYMBOLS, TrainingJobs
from forecasting.memory_stores import MemoryModelStore, MemoryPriceStore
from forecasting.types.bars import MarketContext
from forecasting.types.job_records import Job, JobKind, Promotion, TrainingResult
from forecasting.types.quantile_forecast import ModelKind
from tests.factories import NOW, market_context, price_history
from tests.fakes import FixedMarket, ManualClock

JOB = Job(1, "train", "AAPL", "running", (7,), NOW, options={"layers": "2"})
NOTHING: Mapping[str, int] = {}


def training(
    models: MemoryModelStore | None = None,
    lengths: Mapping[str, int] = NOTHING,
    contexts: Mapping[str, MarketContext] | None = None,
) -> TrainingJobs:
    """Training jobs whose store holds histories of so many sessions."""
    prices = MemoryPriceStore()
    for symbol, sessions in lengths.items():
        prices.save(price_history(symbol, sessions))
    return TrainingJobs(
        latest=lambda symbol: price_history(symbol, 300),
        market=FixedMarket(contexts or {}),
        active=lambda symbol: f"model of {symbol or 'the pool'}".encode(),
        prices=prices,
        models=models or MemoryModelStore(),
        clock=ManualClock(),
    )


def result(kind: ModelKind = "symbol", *, promoted: bool = True) -> TrainingResult:
    promotion = Promotion(
        promoted=promoted, windows=60, candidate_crps=0.9, active_crps=1.0, p_value=0.01, reason="So it was."
    )
    return TrainingResult(kind, b"bytes", sha256(b"bytes").hexdigest(), date(2024, 7, 3), promotion, 2.5)


@pytest.mark.parametrize("kind", ["train", "tune"])
def test_a_symbols_job_starts_from_its_newest_prices_and_the_model_to_beat(kind: JobKind) -> None:
    request = training().request(replace(JOB, kind=kind))
    assert request.kind == kind
    assert [history.symbol for history in request.histories] == ["AAPL"]
    assert request.active == b"model of AAPL"
    assert request.options == {"layers": "2"}


def test_the_pool_learns_from_long_histories_of_what_is_traded() -> None:
    stored = training(lengths={"SHORT": 999, "LONG": 1000, "LONGER": 1001, "^VIX": 1200})
    request = stored.request(replace(JOB, kind="pool", symbol=""))
    assert [history.symbol for history in request.histories] == ["LONGER", "LONG"]
    assert request.active == b"model of the pool"


def test_a_job_learns_from_the_years_that_a_forecast_reads_however_long_a_symbol_is_listed() -> None:
    (history,) = training(lengths={"OLD": 9000}).request(replace(JOB, kind="pool", symbol="")).histories
    assert (history.sessions[0].item(), history.last_session) == (date(2014, 1, 1), date(2024, 7, 3))


def test_a_job_learns_with_the_market_that_answers_will_have() -> None:
    known = market_context(price_history("LONG", 1000))
    jobs = training(lengths={"LONG": 1000, "LONGER": 1001}, contexts={"LONG": known})
    assert jobs.request(replace(JOB, kind="pool", symbol="")).contexts == (None, known)


def test_the_pool_is_not_larger_than_what_crosses_to_a_worker() -> None:
    stored = training(lengths={f"S{number}": 1000 for number in range(POOL_SYMBOLS + 1)})
    assert len(stored.request(replace(JOB, kind="pool", symbol="")).histories) == POOL_SYMBOLS


def test_a_pool_without_long_histories_says_so() -> None:
    with pytest.raises(PriceError, match="No stored symbol has the 1000 sessions"):
        training(lengths={"SHORT": 999}).request(replace(JOB, kind="pool", symbol=""))


def test_a_promoted_candidate_becomes_the_active_model() -> None:
    models = MemoryModelStore()
    training(models).keep(JOB, result())
    record = models.active("AAPL")
    assert record is not None
    assert (record.kind, record.state, record.trained_to, record.created_at) == (
        "symbol",
        "active",
        date(2024, 7, 3),
        NOW,
    )
    assert models.artefact(record.sha256) == b"bytes"


def test_a_rejected_candidate_is_kept_with_its_scores() -> None:
    models = MemoryModelStore()
    training(models).keep(JOB, result(promoted=False))
    assert models.active("AAPL") is None
    (record,) = models.past("AAPL")
    assert (record.state, record.promotion) == ("rejected", result(promoted=False).promotion)


def test_a_pools_model_belongs_to_no_symbol() -> None:
    models = MemoryModelStore()
    training(models).keep(replace(JOB, kind="pool", symbol=""), result("pool"))
    record = models.active("MSFT")
    assert record is not None
    assert (record.symbol, record.kind) == ("", "pool")
