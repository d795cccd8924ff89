"""The whole file, with every concern in it: opened again, forgotten of, and read to the last bit."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from sqlite3 import connect

import pytest
from hypothesis import given
from hypothesis import strategies as st

import storage
from bot.chats.types import ChartKey, Chat, Member, QuietHours
from bot.push.types import Alert, Delivery, Subscription, When
from forecasting.errors import StorageError
from forecasting.types.bars import Split
from forecasting.types.job_records import Job
from storage import Stores, open_models
from storage.subscriptions import from_column, to_column
from tests.factories import NOW, forecast, model_record, price_history

CHAT, ADA = Chat(7, "private", "Ada", "Europe/Berlin", "active", NOW), Member(7, "Ada")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fanchart.db"


def schema(path: Path) -> list[tuple[str, str]]:
    """Every table, index and trigger with the words that made it."""
    with closing(connect(path)) as file:
        found = file.execute("select name, sql from sqlite_master where sql is not null order by name").fetchall()
    return [(name, " ".join(sql.split())) for name, sql in found]


def fill(stores: Stores) -> None:
    """A row for every concern."""
    stores.chats.upsert(CHAT, ADA)
    stores.subscriptions.save([Subscription(7, "AAPL", "XNYS", time(7, 30), NOW, 3, date(2024, 7, 2))])
    stores.chats.set_quiet(7, QuietHours(time(22), time(7)))
    stores.alerts.save(Alert(7, "AAPL", "XNYS", "price", 250.0, NOW, date(2024, 7, 3), 227.5))
    stores.charts.keep(ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5"), "an id")
    stores.usage.spend(7, "forecast", NOW, NOW, None)
    stores.jobs.add(Job(0, "train", "AAPL", "queued", (7,), NOW))
    stores.models.add(model_record(), b"bytes")
    stores.prices.save(replace(price_history(sessions=300), splits=(Split(date(2024, 3, 4), 4.0),)))
    stores.forecasts.publish(forecast())


@pytest.fixture
def filled(path: Path) -> Path:
    """A file with a row for every concern."""
    with closing(storage.open(path)) as stores:
        fill(stores)
    return path


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours."""
    with closing(connect(path)) as file:
        names = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
        ours = [name for name in names if not name.startswith("_") and not name.startswith("sqlite_")]
        return {name: file.execute(f"select * from {name}").fetchall() for name in ours}  # noqa: S608 - its own tables


def test_opening_a_file_again_changes_neither_its_rows_nor_its_schema(filled: Path) -> None:
    rows, made = everything(filled), schema(filled)
    empty = {"deliveries", "outcomes", "access", "searches", "scorecards", "tracked_messages", "retries"}
    assert all(rows[name] for name in rows if name not in empty)
    storage.open(filled).close()
    assert everything(filled) == rows
    assert schema(filled) == made


def test_a_file_that_cannot_be_brought_up_to_date_is_closed(path: Path) -> None:
    with closing(connect(path)) as file:
        file.execute("create table chats (id integer primary key)")
    with pytest.raises(StorageError, match="already exists"):
        storage.open(path)  # `tests/conftest.py` sees whether it is left open


def test_the_command_line_reads_while_the_bot_writes_and_changes_nothing(path: Path) -> None:
    with closing(storage.open(path)) as stores:
        fill(stores)
        content = path.read_bytes()
        with stores.database.transaction():
            stores.chats.set_state(7, "paused")
            with open_models(str(path)) as models:
                assert models.active("AAPL") == model_record()
                with pytest.raises(StorageError, match="readonly"):
                    models.activate("AAPL", None)
        assert path.read_bytes() == content


def test_a_file_without_tables_is_told_what_to_do(path: Path) -> None:
    path.touch()
    with open_models(str(path)) as models, pytest.raises(StorageError, match="Start the bot once"):
        models.active("AAPL")
    assert path.read_bytes() == b""


def test_every_table_is_strict_and_knows_its_chat(filled: Path) -> None:
    made = {
        name: sql
        for name, sql in schema(filled)
        if sql.lower().startswith("create table") and not name.startswith(("_", "sqlite_"))
    }
    assert len(made) >= 15
    for name, sql in made.items():
        assert sql.lower().endswith(("strict", "strict, without rowid")), name
        if "chat_id" in sql and name != "access":
            assert "references chats (id) on delete cascade" in sql, name


def test_forgetting_a_chat_leaves_no_row_of_it_anywhere(filled: Path) -> None:
    with closing(storage.open(filled)) as stores:
        expires = NOW + timedelta(hours=1)
        stores.deliveries.add([Delivery(7, "digest", ("AAPL",), date(2024, 7, 3), NOW, expires, NOW)])
        assert {kept.table for kept in stores.chats.export(7)} >= {
            "chats",
            "subscriptions",
            "quiet_hours",
            "alerts",
            "deliveries",
        }
        stores.chats.forget(7)
        assert stores.chats.export(7) == ()
    left = everything(filled)
    assert all(left[name] == [] for name in ("subscriptions", "quiet_hours", "alerts", "deliveries", "chats"))
    assert left["forecasts"]  # of a symbol, not of a chat
    assert left["histories"]


@pytest.fixture(scope="module")
def push(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with closing(storage.open(tmp_path_factory.mktemp("push") / "fanchart.db")) as stores:
        stores.chats.upsert(CHAT, ADA)
        yield stores


CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0))
WHENS: st.SearchStrategy[When] = st.sampled_from(("close", "open")) | CLOCKS  # type: ignore[assignment]  # two of its words
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(when=WHENS)
def test_when_a_forecast_is_wanted_survives_its_column(when: When) -> None:
    assert from_column(to_column(when)) == when
    assert len(to_column(when)) <= 5


@given(when=WHENS, topic=st.none() | st.integers(1, 2**31), last=st.none() | DAYS, seconds=st.integers(0, 10**9))
def test_a_subscription_comes_back_as_it_was(
    push: Stores, when: When, topic: int | None, last: date | None, seconds: int
) -> None:
    given_one = Subscription(7, "AAPL", "XNYS", when, NOW + timedelta(seconds=seconds), topic, last)
    push.subscriptions.save([given_one])
    assert push.subscriptions.of_chat(7) == (given_one,)


@given(starts=CLOCKS, ends=CLOCKS)
def test_quiet_hours_come_back_as_they_were(push: Stores, starts: time, ends: time) -> None:
    push.chats.set_quiet(7, QuietHours(starts, ends))
    found = push.chats.profile(7).quiet
    assert found == QuietHours(starts, ends)
    assert found.over_midnight == (ends < starts)
    push.chats.set_quiet(7, None)
    assert push.chats.profile(7).quiet is None


@given(
    level=st.floats(1e-9, 1e12),
    last_value=st.floats(0, 1e12),
    cooldown=st.none() | DAYS,
    topic=st.none() | st.integers(1, 2**31),
)
def test_an_alert_comes_back_to_the_last_bit(
    push: Stores, level: float, last_value: float, cooldown: date | None, topic: int | None
) -> None:
    saved = Alert(7, "BTC-USD", "24/7", "price", level, NOW, date(2024, 7, 3), last_value, cooldown, topic)
    push.alerts.save(saved)
    [found] = (one for one in push.alerts.of_chat(7) if one.level == level)
    assert (found.last_value, found.cooldown_until, found.topic) == (last_value, cooldown, topic)
    assert push.alerts.remove(7, found.id)
    assert not push.alerts.remove(7, found.id)
