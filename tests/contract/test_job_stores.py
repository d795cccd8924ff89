"""What every `JobStore` promises."""

from dataclasses import replace
from datetime import timedelta

import pytest

from forecasting.errors import StorageError
from forecasting.ports import JobStore
from forecasting.types.job_records import Job, Progress
from storage import Stores
from tests.factories import NOW
from tests.fakes import MemoryJobStore


@pytest.fixture(params=("memory", "sqlite"))
def store(request: pytest.FixtureRequest, stores: Stores) -> JobStore:
    return MemoryJobStore() if request.param == "memory" else stores.jobs


def job(symbol: str = "AAPL", **changes: object) -> Job:
    plain = Job(0, "train", symbol, "queued", (7,), NOW)
    return replace(plain, **changes)  # type: ignore[arg-type]  # each test names fields of Job


def test_a_stored_job_has_an_id_and_is_found_by_it(store: JobStore) -> None:
    stored = store.add(job())
    assert stored == replace(job(), id=stored.id)
    assert stored.id > 0
    assert store.get(stored.id) == stored


def test_everything_about_a_job_is_kept(store: JobStore) -> None:
    full = job(
        kind="tune",
        state="failed",
        asked_by=(7, -100123, 2**40),
        started_at=NOW,
        ended_at=NOW + timedelta(seconds=1.5),
        progress=Progress("epoch", 3, 40),
        attempts=2,
        message="Rain ☔ 'quoted'; drop table jobs",
        options={"method": "grid", "trials": "20"},
    )
    stored = store.add(full)
    assert store.get(stored.id) == replace(full, id=stored.id)


def test_an_update_replaces_what_was_stored(store: JobStore) -> None:
    stored = store.add(job())
    running = replace(stored, state="running", started_at=NOW, attempts=1, progress=Progress("starting"))
    store.update(running)
    assert store.get(stored.id) == running


def test_an_update_of_an_unknown_job_changes_nothing(store: JobStore) -> None:
    store.update(job(id=99))
    assert store.recent() == ()


def test_an_unknown_job_is_none(store: JobStore) -> None:
    assert store.get(1) is None


def test_open_jobs_are_the_queued_and_running_ones_oldest_first(store: JobStore) -> None:
    states = ("queued", "done", "running", "failed", "cancelled", "queued")
    stored = [store.add(job(f"S{number}", state=state)) for number, state in enumerate(states)]
    assert store.open_jobs() == (stored[0], stored[2], stored[5])


def test_recent_jobs_come_newest_first_and_no_more_than_asked_for(store: JobStore) -> None:
    stored = [store.add(job(f"S{number}")) for number in range(4)]
    assert store.recent(3) == (stored[3], stored[2], stored[1])


def test_the_same_work_cannot_be_open_twice(store: JobStore) -> None:
    first = store.add(job(options={"a": "1", "b": "2"}))
    with pytest.raises(StorageError):
        store.add(job(options={"b": "2", "a": "1"}))
    assert store.recent() == (first,)


def test_the_same_work_may_be_asked_for_again_once_it_has_ended(store: JobStore) -> None:
    first = store.add(job())
    store.update(replace(first, state="done", ended_at=NOW))
    assert store.add(job()).id != first.id


@pytest.mark.parametrize("other", [job("MSFT"), job(kind="tune"), job(options={"a": "1"})])
def test_other_work_may_be_open_beside_it(store: JobStore, other: Job) -> None:
    store.add(job())
    store.add(other)
    assert len(store.open_jobs()) == 2


def test_the_latest_job_is_the_newest_of_its_kind_and_symbol(store: JobStore) -> None:
    first, again, *_ = [
        store.add(job(symbol, kind=kind, state="done"))
        for symbol, kind in (("AAPL", "train"), ("AAPL", "train"), ("AAPL", "tune"), ("MSFT", "train"))
    ]
    assert first.id < again.id
    assert store.latest("train", "AAPL") == again
    assert store.latest("tune", "MSFT") is None


def test_a_persons_jobs_are_exported_oldest_first_and_their_id_is_taken_off(store: JobStore) -> None:
    both = store.add(job(asked_by=(77, 7)))
    other = store.add(job("MSFT", state="done", asked_by=(77,)))
    own = store.add(job("MSFT", kind="tune", state="done"))
    assert store.export(7) == (both, own)
    store.forget(7)
    assert store.recent() == (replace(own, asked_by=()), other, replace(both, asked_by=(77,)))
