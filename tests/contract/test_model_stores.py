"""What every `ModelStore` promises."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import get_args

import pytest

from forecasting.errors import BrokenArtefact, NoModel
from forecasting.memory_stores import MemoryModelStore
from forecasting.ports import ModelStore
from forecasting.types.job_records import ModelRecord
from forecasting.types.quantile_forecast import ModelKind
from storage import Stores
from tests.factories import NOW, model_record


@pytest.fixture(params=("memory", "sqlite"))
def store(request: pytest.FixtureRequest, stores: Stores) -> ModelStore:
    return MemoryModelStore() if request.param == "memory" else stores.models


def add(
    store: ModelStore, artefact: bytes, symbol: str = "AAPL", *, promoted: bool = True, age: int = 0
) -> ModelRecord:
    """Keep a model that is so many days old."""
    plain = model_record(symbol, sha256(artefact).hexdigest(), promoted=promoted)
    record = replace(plain, created_at=NOW - timedelta(days=age))
    store.add(record, artefact)
    return record


def test_a_model_comes_back_as_it_was(store: ModelStore) -> None:
    record = add(store, b"\x00one\xff")
    assert store.active("AAPL") == record
    assert store.artefact(record.sha256) == b"\x00one\xff"


def test_a_model_of_simulated_markets_has_no_last_session_and_no_gate(store: ModelStore) -> None:
    record = replace(model_record("", sha256(b"base").hexdigest()), kind="base", trained_to=None, promotion=None)
    store.add(record, b"base")
    assert store.active("") == record


@pytest.mark.parametrize("kind", get_args(ModelKind))
def test_every_kind_can_be_kept(store: ModelStore, kind: ModelKind) -> None:
    record = replace(model_record("", sha256(b"it").hexdigest()), kind=kind)
    store.add(record, b"it")
    assert store.past("") == (record,)


def test_nothing_is_active_before_a_model_is_kept(store: ModelStore) -> None:
    assert store.active("AAPL") is None
    assert store.past("AAPL") == ()


def test_a_new_active_model_retires_the_former_one(store: ModelStore) -> None:
    former = add(store, b"one", age=1)
    newer = add(store, b"two")
    assert store.active("AAPL") == newer
    assert store.past("AAPL") == (newer, replace(former, state="retired"))


def test_a_rejected_candidate_is_a_record_and_the_active_one_stays(store: ModelStore) -> None:
    active = add(store, b"one", age=1)
    rejected = add(store, b"two", promoted=False)
    assert store.active("AAPL") == active
    assert store.past("AAPL") == (rejected, active)


def test_the_pools_model_answers_for_a_symbol_without_its_own(store: ModelStore) -> None:
    pool = add(store, b"pool", symbol="")
    own = add(store, b"own", symbol="AAPL")
    assert store.active("MSFT") == pool
    assert store.active("AAPL") == own
    assert store.active("") == pool


def test_models_of_other_symbols_stay_as_they_are(store: ModelStore) -> None:
    other = add(store, b"one", symbol="MSFT")
    add(store, b"two", symbol="AAPL")
    assert store.active("MSFT") == other


def test_rolling_back_makes_a_stored_model_the_active_one(store: ModelStore) -> None:
    first = add(store, b"one", age=1)
    second = add(store, b"two")
    store.activate("AAPL", first.sha256)
    assert store.active("AAPL") == first
    assert store.past("AAPL") == (replace(second, state="retired"), first)


def test_rolling_back_to_nothing_lets_the_pool_or_the_base_answer(store: ModelStore) -> None:
    own = add(store, b"one")
    store.activate("AAPL", None)
    assert store.active("AAPL") is None
    assert store.past("AAPL") == (replace(own, state="retired"),)


def test_only_a_symbols_own_model_can_become_active(store: ModelStore) -> None:
    own, other = add(store, b"one"), add(store, b"two", symbol="MSFT")
    with pytest.raises(NoModel):
        store.activate("AAPL", other.sha256)
    assert store.active("AAPL") == own


def test_an_unknown_artefact_is_no_model(store: ModelStore) -> None:
    with pytest.raises(NoModel):
        store.artefact("c" * 64)


def test_bytes_that_do_not_match_their_hash_are_told(store: ModelStore) -> None:
    store.add(model_record(sha256="d" * 64), b"something else")
    with pytest.raises(BrokenArtefact):
        store.artefact("d" * 64)


def test_a_model_that_is_kept_twice_is_one_and_becomes_active_if_it_says_so(store: ModelStore) -> None:
    first = add(store, b"one", promoted=False)
    add(store, b"one", promoted=True)
    assert store.past("AAPL") == (replace(first, state="active"),)


def test_an_active_model_that_is_found_again_and_rejected_stays_active(store: ModelStore) -> None:
    first = add(store, b"one")
    add(store, b"one", promoted=False)
    assert store.active("AAPL") == first


def test_an_older_adjustment_is_marked_on_every_model_of_the_symbol(store: ModelStore) -> None:
    add(store, b"one", age=1)
    add(store, b"two")
    other = add(store, b"three", symbol="MSFT")
    store.mark_older_adjustment("AAPL")
    assert [record.older_adjustment for record in store.past("AAPL")] == [True, True]
    assert store.past("MSFT") == (other,)
