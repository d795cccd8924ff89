"""Usage, charts, and what the SQLite stores of jobs, models and forecasts do beyond their ports."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bot.chats.types import ChartKey
from forecasting.errors import NoModel, StorageError
from forecasting.types.job_records import Job
from forecasting.types.scorecards import Outcome
from storage.charts import KEPT_CHARTS, ChartStore
from storage.database import Database
from storage.forecasts import SqliteForecastStore
from storage.jobs import SqliteJobStore
from storage.models import KEPT_ARTEFACTS, SqliteModelStore, open_store
from storage.usage import UsageStore
from tests.factories import NOW, forecast, model_record

DAY = timedelta(days=1)
KEY = ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database(tmp_path / "fanchart.db") as made:
        yield made


def test_usage_is_counted_by_person_work_and_time(database: Database) -> None:
    usage = UsageStore(database)
    for user, work, age in ((7, "train", 30), (7, "train", 20), (7, "train", 0), (7, "tune", 1), (8, "train", 1)):
        usage.note(user, work, NOW - timedelta(hours=age))
    assert usage.count(7, "train", NOW - DAY) == 2
    assert usage.count(7, "train", NOW) == 1
    assert usage.count(9, "train", NOW - DAY) == 0


def test_usage_that_no_quota_looks_at_is_let_go(database: Database) -> None:
    usage = UsageStore(database)
    usage.note(7, "train", NOW - 3 * DAY)
    usage.note(8, "train", NOW)
    assert usage.export(7) == ()
    assert len(usage.export(8)) == 1


def test_usage_of_a_person_is_forgotten(database: Database) -> None:
    usage = UsageStore(database)
    for user in (7, 8):
        usage.note(user, "train", NOW)
    usage.forget(7)
    assert (usage.count(7, "train", NOW - DAY), usage.count(8, "train", NOW - DAY)) == (0, 1)


def test_a_chart_that_was_sent_is_found_by_what_it_shows(database: Database) -> None:
    charts = ChartStore(database)
    charts.keep(KEY, "file-1")
    charts.keep(KEY, "file-2")
    assert charts.find(KEY) == "file-2"
    others = (replace(KEY, bot_id=2), replace(KEY, symbol="MSFT"), replace(KEY, origin=date(2024, 7, 2)))
    assert [charts.find(other) for other in (*others, replace(KEY, model="b"), replace(KEY, look="fan 20"))] == [
        None
    ] * 5
    charts.drop(KEY)
    assert charts.find(KEY) is None


def test_only_the_newest_charts_are_remembered(database: Database) -> None:
    charts = ChartStore(database)
    with database.transaction():
        for number in range(KEPT_CHARTS + 3):
            charts.keep(replace(KEY, look=f"fan {number}"), "file")
    assert database.rows("select count(*) as n from charts") == [{"n": KEPT_CHARTS}]
    assert charts.find(replace(KEY, look="fan 2")) is None
    assert charts.find(replace(KEY, look="fan 3")) == "file"


def test_a_persons_jobs_are_exported_and_their_id_taken_off(database: Database) -> None:
    jobs = SqliteJobStore(database)
    both = jobs.add(Job(0, "train", "AAPL", "queued", (77, 7), NOW))
    other = jobs.add(Job(0, "train", "MSFT", "done", (77,), NOW))
    own = jobs.add(Job(0, "tune", "MSFT", "done", (7,), NOW))
    assert jobs.export(7) == (both, own)
    jobs.forget(7)
    assert jobs.recent() == (replace(own, asked_by=()), other, replace(both, asked_by=(77,)))


def test_old_models_let_go_of_their_bytes_but_stay_on_record(database: Database) -> None:
    models = SqliteModelStore(database)
    artefacts = [f"model {number}".encode() for number in range(KEPT_ARTEFACTS + 3)]
    digests = [hashlib.sha256(artefact).hexdigest() for artefact in artefacts]
    for age, (digest, artefact) in enumerate(zip(digests, artefacts, strict=True)):
        models.add(replace(model_record(sha256=digest), created_at=NOW + age * DAY), artefact)
    assert len(models.past("AAPL")) == len(artefacts)
    assert models.artefact(digests[-1]) == artefacts[-1]
    assert models.artefact(digests[2]) == artefacts[2]
    for digest in digests[:2]:
        with pytest.raises(NoModel):
            models.artefact(digest)
        with pytest.raises(NoModel):
            models.activate("AAPL", digest)
    active = models.active("AAPL")
    assert active is not None
    assert active.sha256 == digests[-1]


def test_a_model_that_is_trained_again_gets_its_bytes_back(database: Database) -> None:
    models = SqliteModelStore(database)
    digest = hashlib.sha256(b"one").hexdigest()
    models.add(model_record(sha256=digest), b"one")
    models.activate("AAPL", None)
    database.execute("update models set artefact = null")
    models.add(model_record(sha256=digest), b"one")
    assert models.artefact(digest) == b"one"
    active = models.active("AAPL")
    assert active is not None
    assert active.sha256 == digest


def test_the_command_line_finds_the_store_by_its_entry_point(database: Database, tmp_path: Path) -> None:
    record = model_record(sha256=hashlib.sha256(b"one").hexdigest())
    SqliteModelStore(database).add(record, b"one")
    (point,) = entry_points(group="fanchart.model_store")
    assert point.load() is open_store
    with open_store(str(tmp_path / "fanchart.db")) as store:
        assert store.active("AAPL") == record


def test_the_command_line_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="There is no database"), open_store(str(tmp_path / "other.db")):
        pass
    assert list(tmp_path.iterdir()) == []


OUTCOME = Outcome("AAPL", date(2024, 7, 3), 1, date(2024, 7, 4), 101.5, 100.1, 0.014, 0.015, 0.8, 0.007, 0.015)


@pytest.mark.parametrize(
    "change",
    [
        "update forecasts set name = 'Other'",
        "update forecasts set prices = zeroblob(8)",
        "delete from forecasts",
        "insert or replace into forecasts select * from forecasts",
        "update outcomes set close = 1",
        "delete from outcomes",
        "insert or replace into outcomes select * from outcomes",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_published(database: Database, change: str) -> None:
    store = SqliteForecastStore(database)
    store.publish(forecast())
    store.record([OUTCOME])
    with pytest.raises(StorageError, match="never changed"):
        database.execute(change)
    assert len(store.unscored("AAPL")) == 1
    assert store.outcomes("AAPL") == (OUTCOME,)


def test_an_outcome_that_is_no_number_is_an_error_and_not_left_out(database: Database) -> None:
    store = SqliteForecastStore(database)
    with pytest.raises(StorageError, match="NOT NULL"):
        store.record([replace(OUTCOME, crps=float("nan"))])
