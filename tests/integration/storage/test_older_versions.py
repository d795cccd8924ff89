"""A database that an older version wrote is brought up to date, with everything that was in it."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, time, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import storage
from bot.chats.types import ChartKey, Chat, ChatProfile, Member, QuietHours, TrackedMessage
from bot.push.types import Alert, Subscription
from forecasting.errors import StorageError
from forecasting.types.bars import Listing, StoredPrices
from forecasting.types.job_records import Job, Progress
from forecasting.types.quantile_forecast import ForecastKey
from forecasting.types.scorecards import ScorecardKey
from storage import Stores, open_models
from storage.schema import FORMER_SETS
from tests.database import all_deliveries
from tests.factories import NOW, price_history
from tests.waiting import PATIENCE_S

OLDER: str = Path(__file__).with_name("older_version.sql").read_text("utf-8")
"""A dump of a database that was written before all migrations stood in one list."""
DAY, WEDNESDAY = timedelta(days=1), date(2024, 7, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The older database."""
    with closing(sqlite3.connect(tmp_path / "older.db")) as older:
        older.executescript(OLDER)
        older.execute("pragma journal_mode = wal")
    return tmp_path / "older.db"


@pytest.fixture
def older(path: Path) -> Iterator[Stores]:
    with closing(storage.open(path)) as opened:
        yield opened


def counted(path: Path) -> dict[str, int]:
    """How many rows each table of ours has."""
    with closing(sqlite3.connect(path)) as file:
        names = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
        ours = [name for name in names if not name.startswith(("_", "sqlite_"))]
        return {name: file.execute(f"select count(*) from {name}").fetchone()[0] for name in ours}  # noqa: S608


def schema(path: Path) -> dict[str, str]:
    """What made every table, index and trigger."""
    with closing(sqlite3.connect(path)) as file:
        made = file.execute("select name, sql from sqlite_master where sql is not null").fetchall()
    return {name: " ".join(sql.replace('"', "").split()) for name, sql in made}


def test_no_row_of_any_table_is_lost(path: Path) -> None:
    before = counted(path)
    assert min(before.values()) >= 2, "the older database has something of everything"
    storage.open(path).close()
    names = {"standings": "access", "watches": "tracked_messages"}
    later = {"corporate_actions": 0, "retries": 0}
    assert counted(path) == {names.get(name, name): rows for name, rows in before.items()} | later


def test_its_schema_is_that_of_a_new_database(path: Path, tmp_path: Path) -> None:
    for one in (path, tmp_path / "new.db"):
        storage.open(one).close()
    assert schema(path) == schema(tmp_path / "new.db")


def test_a_still_older_one_gets_the_tables_that_it_does_not_have(path: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("drop table scorecards")
        file.execute("delete from _sqlite_migrations where name = 'create_scorecards'")
    for one in (path, tmp_path / "new.db"):
        storage.open(one).close()
    assert schema(path) == schema(tmp_path / "new.db")


def test_it_is_brought_up_to_date_once(path: Path) -> None:
    storage.open(path).close()
    before = counted(path), schema(path)
    storage.open(path).close()
    assert (counted(path), schema(path)) == before


def test_chats_keep_their_settings_members_and_access(older: Stores) -> None:
    ada = Chat(7, "private", "Ada 'O' 🦊", "Europe/Berlin", "active", NOW - 9 * DAY)
    assert older.chats.profile(7, 7) == ChatProfile(ada, Member(7, "Ada"), "allowed", QuietHours(time(22), time(7)))
    assert older.chats.get(-5) == Chat(-5, "group", "The Club", "Asia/Kolkata", "paused", NOW - 3 * DAY)
    assert older.chats.members(-5) == (Member(7, "Ada"), Member(9, "Bob"))
    assert (older.chats.access_status(-66), older.chats.access_status(-5)) == ("denied", "unknown")
    older.chats.set_access(7, "denied", 1, NOW)
    assert older.chats.access_status(7) == "denied"


def test_subscriptions_and_alerts_keep_their_times(older: Stores) -> None:
    assert older.subscriptions.of_chat(7) == (
        Subscription(7, "AAPL", "XNYS", "close", NOW + DAY),
        Subscription(7, "KO", "XNYS", time(7, 30), NOW + 2 * DAY, 3, date(2024, 7, 2)),
    )
    assert older.alerts.of_chat(7) == (
        Alert(7, "AAPL", "XNYS", "band", 0.8, NOW + DAY, WEDNESDAY, 227.5, None, 3, id=2),
        Alert(7, "AAPL", "XNYS", "price", 250.0, NOW + DAY, WEDNESDAY, 227.5, date(2024, 7, 9), id=1),
    )
    [chance] = older.alerts.of_chat(-5)
    assert (chance.kind, chance.last_value) == ("chance", 0.1 + 0.2)


def test_a_fund_follows_the_funds_calendar_now(older: Stores) -> None:
    assert [(one.symbol, one.exchange) for one in older.subscriptions.of_chat(-5)] == [
        ("BTC-USD", "24/7"),
        ("VFIAX", "FUND"),
    ]


def test_deliveries_wait_where_they_were_and_an_alert_keeps_its_words(older: Stores) -> None:
    alert, digest, sent, failed = all_deliveries(older)
    assert older.deliveries.waiting(NOW + DAY / 2, 9) == (alert, digest)
    assert (alert.kind, alert.topic, alert.alerts) == ("alert", 3, ())
    assert alert.older_body.startswith("🔔 <b>AAPL</b> closed at $227.50, now below $250.00\n<i>/alerts")
    assert (digest.symbols, digest.chunks_sent, digest.message_id, digest.older_body) == (("AAPL", "KO"), 1, 55, "")
    assert (sent.state, sent.attempts, failed.state, failed.error) == ("sent", 2, "failed", "Forbidden: bot was kicked")


def test_messages_charts_and_requests_are_kept(older: Stores) -> None:
    assert older.tracked_messages.every() == (TrackedMessage(-5, 9, 2), TrackedMessage(7, 55, 1, 20))
    assert older.charts.find(ChartKey(1, "KO", WEDNESDAY, "a" * 64, "evaluation")) == "file-2"
    assert [row["work"] for row in older.usage.export(7)] == ["forecast", "train"]
    assert not older.usage.spend(7, "train", NOW, NOW - DAY, 1)


def test_prices_models_forecasts_and_jobs_are_kept(older: Stores) -> None:
    history = older.prices.load("AAPL")
    assert history is not None
    assert (history.close == price_history("AAPL", 300).close[-3:]).all()
    stored = StoredPrices("KO", "XNYS", "csv", WEDNESDAY, NOW, notes=("dropped 1 open bar",))
    assert older.prices.newest("KO") == stored
    assert [match.symbol for match in older.prices.searched("tesla")] == ["TSLA", "TL0.DE"]
    active = older.models.active("AAPL")
    assert active is not None
    assert active.sha256 == sha256(b"two").hexdigest()
    assert older.models.artefact(active.sha256) == b"two"
    assert older.forecasts.find(ForecastKey("KO", WEDNESDAY, "a" * 64, 0, market=False)) is not None
    assert older.forecasts.awaiting() == (Listing("AAPL", "XNYS"), Listing("KO", "XNYS"))
    [(_, horizons)] = older.forecasts.unscored("AAPL")
    assert horizons == (2,)
    assert older.scorecards.find(ScorecardKey("KO", WEDNESDAY, "a" * 64, "prices", "", 1)) is not None
    running = Job(1, "train", "AAPL", "running", (7, 9), NOW, NOW, progress=Progress("training", 3, 40), attempts=1)
    assert older.jobs.open_jobs() == (running,)
    assert older.jobs.add(replace(running, symbol="KO")).id == 3


@pytest.mark.parametrize("change", ["update forecasts set name = 'Other'", "delete from outcomes"])
def test_what_was_published_cannot_be_changed_there_either(older: Stores, change: str) -> None:
    with pytest.raises(StorageError, match="never changed"):
        older.database.execute(change)


def test_the_command_line_reads_it_as_it_is(path: Path) -> None:
    content = path.read_bytes()
    with open_models(str(path)) as models:
        assert len(models.past("AAPL")) == 3
    assert path.read_bytes() == content


@pytest.mark.parametrize("recorded_in", ["charts", "fanchart"])
def test_a_newer_version_is_refused_whatever_its_set_is_called(path: Path, recorded_in: str) -> None:
    with closing(sqlite3.connect(path)) as newer, newer:
        sql = "insert into _sqlite_migrations (migration_set, name, applied_at) values (?, 'from_the_future', '')"
        newer.execute(sql, [recorded_in])
    before = counted(path)
    with pytest.raises(StorageError, match=r"written by a newer version of Fanchart \(fanchart: from_the_future\)"):
        storage.open(path)
    with pytest.raises(StorageError, match="newer version"), open_models(str(path)):
        pass
    assert counted(path) == before, "nothing was renamed"


@pytest.mark.parametrize("file", ["older.db", "new.db"])
def test_an_older_version_finds_a_migration_that_it_does_not_know(path: Path, file: str) -> None:
    """It looks into a set of its own for each store, and says of such a file that a newer version has written it."""
    with closing(sqlite3.connect(path)) as older:
        known = older.execute("select migration_set, name from _sqlite_migrations").fetchall()
    for _ in range(2):
        storage.open(path.with_name(file)).close()
    with closing(sqlite3.connect(path.with_name(file))) as opened:
        found = opened.execute("select migration_set, name from _sqlite_migrations").fetchall()
    unknown = {migration_set for migration_set, name in set(found) - set(known)}
    assert set(FORMER_SETS) <= unknown


OPENING = """
import os, signal, sqlite3, sys, storage

def die_at_the_renaming(sql):
    if sql.split()[:2] == ["alter", "table"]:
        os.kill(os.getpid(), signal.SIGKILL)

def connect(*arguments, **options):
    connection = sqlite3.connect(*arguments, **options)
    if sys.argv[2:]:
        connection.set_trace_callback(die_at_the_renaming)
    return connection

storage.open(sys.argv[1], connect).close()
"""


def opening(path: Path, *to_be_killed: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", OPENING, str(path), *to_be_killed])  # noqa: S603 - ours


def test_a_process_that_is_killed_while_it_migrates_leaves_the_file_as_it_was(path: Path) -> None:
    before = counted(path), schema(path)
    assert opening(path, "killed").wait(PATIENCE_S) == -signal.SIGKILL
    assert (counted(path), schema(path)) == before
    storage.open(path).close()
    assert "tracked_messages" in counted(path)


def test_processes_that_open_it_at_once_migrate_it_once(path: Path) -> None:
    rows = sum(counted(path).values())
    processes = [opening(path) for _ in range(3)]
    assert [process.wait(PATIENCE_S) for process in processes] == [0, 0, 0]
    assert sum(counted(path).values()) == rows
