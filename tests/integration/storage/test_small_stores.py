"""What the SQLite stores of charts, models and forecasts do beyond their ports."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bot.chats.types import ChartKey
from forecasting.errors import NoModel, StorageError
from forecasting.types.scorecards import Outcome
from storage import Stores, open_models
from storage.charts import MAX_CHARTS
from storage.models import KEPT_ARTEFACTS
from tests.factories import NOW, forecast, model_record

DAY = timedelta(days=1)
KEY = ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")


def test_all_but_the_newest_charts_are_pruned(stores: Stores) -> None:
    charts = stores.charts
    with stores.database.transaction():
        for number in range(MAX_CHARTS + 3):
            charts.keep(replace(KEY, look=f"fan {number}"), "file")
        charts.keep(replace(KEY, look="fan 0"), "file")  # sent anew: it is not the oldest any more
    assert [charts.prune(), charts.prune()] == [3, 0]
    assert charts.find(replace(KEY, look="fan 3")) is None
    assert [charts.find(replace(KEY, look=f"fan {number}")) for number in (0, 4)] == ["file", "file"]


def test_old_models_let_go_of_their_bytes_but_stay_on_record(stores: Stores) -> None:
    models = stores.models
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


def test_a_model_that_is_trained_again_gets_its_bytes_back(stores: Stores) -> None:
    models = stores.models
    digest = hashlib.sha256(b"one").hexdigest()
    models.add(model_record(sha256=digest), b"one")
    models.activate("AAPL", None)
    stores.database.execute("update models set artefact = null")
    models.add(model_record(sha256=digest), b"one")
    assert models.artefact(digest) == b"one"
    active = models.active("AAPL")
    assert active is not None
    assert active.sha256 == digest


def test_the_command_line_finds_the_store_by_its_entry_point(stores: Stores, tmp_path: Path) -> None:
    record = model_record(sha256=hashlib.sha256(b"one").hexdigest())
    stores.models.add(record, b"one")
    (point,) = entry_points(group="fanchart.model_store")
    assert point.load() is open_models
    with open_models(str(tmp_path / "fanchart.db")) as store:
        assert store.active("AAPL") == record


def test_the_command_line_makes_no_database_where_there_is_none(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="There is no database"), open_models(str(tmp_path / "other.db")):
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
def test_the_database_itself_refuses_to_change_what_was_published(stores: Stores, change: str) -> None:
    store = stores.forecasts
    store.publish(forecast())
    store.record([OUTCOME])
    with pytest.raises(StorageError, match="never changed"):
        stores.database.execute(change)
    assert len(store.unscored("AAPL")) == 1
    assert store.outcomes("AAPL") == (OUTCOME,)


def test_an_outcome_that_is_no_number_is_an_error_and_not_left_out(stores: Stores) -> None:
    store = stores.forecasts
    with pytest.raises(StorageError, match="NOT NULL"):
        store.record([replace(OUTCOME, crps=float("nan"))])
