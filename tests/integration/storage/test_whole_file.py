"""The whole file, with every concern in it: opened again, made in any order, forgotten of, and read to the last bit."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, time, timedelta
from itertools import permutations
from pathlib import Path
from sqlite3 import connect

import pytest
from bot.push_tables import PushTables
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.types import ChartKey, Chat
from bot.push.types import Alert, Delivery, QuietHours, Subscription, When
from forecasting.types.job_records import Job
from storage.charts import ChartStore
from storage.chats import ChatStore
from storage.database import Database
from storage.forecasts import SqliteForecastStore
from storage.jobs import SqliteJobStore
from storage.models import SqliteModelStore
from storage.prices import SqlitePriceStore
from storage.subscriptions import from_words, to_words
from storage.usage import UsageStore
from tests.factories import NOW, forecast, model_record, price_history

CHAT = Chat(7, "private", "Ada", "Europe/Berlin", "active", NOW)
STORES: tuple[Callable[[Database], object], ...] = (
    ChartStore,
    ChatStore,
    SqliteForecastStore,
    SqliteJobStore,
    SqliteModelStore,
    SqlitePriceStore,
    UsageStore,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fanchart.db"


def schema(path: Path) -> list[tuple[str, str]]:
    """Every table, index and trigger with the words that made it."""
    with closing(connect(path)) as file:
        found = file.execute("select name, sql from sqlite_master where sql is not null order by name").fetchall()
    return [(name, " ".join(sql.split())) for name, sql in found]


def filled(path: Path) -> None:
    """A row for every concern."""
    with Database(path) as database:
        chats = ChatStore(database)
        chats.remember(CHAT)
        push = PushTables.of(database, chats)
        push.subscriptions.save([Subscription(7, "AAPL", "XNYS", time(7, 30), NOW, 3, date(2024, 7, 2))])
        push.quiet.set(7, QuietHours(time(22), time(7)))
        push.alerts.save(Alert(7, "AAPL", "XNYS", "price", 250.0, NOW, date(2024, 7, 3), 227.5))
        ChartStore(database).keep(ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5"), "an id")
        UsageStore(database).note(7, "forecast", NOW)
        SqliteJobStore(database).add(Job(0, "train", "AAPL", "queued", (7,), NOW))
        SqliteModelStore(database).add(model_record(), b"bytes")
        SqlitePriceStore(database).save(price_history(sessions=300))
        SqliteForecastStore(database).publish(forecast())


def everything(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours."""
    with closing(connect(path)) as file:
        names = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
        ours = [name for name in names if not name.startswith("_") and not name.startswith("sqlite_")]
        return {name: file.execute(f"select * from {name}").fetchall() for name in ours}  # noqa: S608 - its own tables


def test_opening_a_file_again_changes_neither_its_rows_nor_its_schema(path: Path) -> None:
    filled(path)
    rows, made = everything(path), schema(path)
    assert all(
        rows[name] for name in rows if name not in {"deliveries", "outcomes", "members", "standings", "searches"}
    )
    with Database(path) as database:
        PushTables.of(database, ChatStore(database))
        for store in STORES:
            store(database)
    assert everything(path) == rows
    assert schema(path) == made


def test_stores_may_be_made_in_any_order(tmp_path: Path) -> None:
    schemas = set()
    for number, order in enumerate(list(permutations(STORES))[:: 5040 // 8]):
        path = tmp_path / f"{number}.db"
        with Database(path) as database:
            for store in order:
                store(database)
        schemas.add(tuple(schema(path)))
    assert len(schemas) == 1


def test_every_table_is_strict_and_knows_its_chat(path: Path) -> None:
    filled(path)
    made = {
        name: sql
        for name, sql in schema(path)
        if sql.lower().startswith("create table") and not name.startswith(("_", "sqlite_"))
    }
    assert len(made) >= 15
    for name, sql in made.items():
        assert sql.lower().endswith(("strict", "strict, without rowid")), name
        if "chat_id" in sql and name != "standings":
            assert "references chats (id) on delete cascade" in sql, name


def test_forgetting_a_chat_leaves_no_row_of_it_anywhere(path: Path) -> None:
    filled(path)
    with Database(path) as database:
        chats = ChatStore(database)
        deliveries = PushTables.of(database, chats).deliveries
        expires = NOW + timedelta(hours=1)
        deliveries.add([Delivery(7, "digest", ("AAPL",), date(2024, 7, 3), NOW, expires, NOW)])
        assert {kept.table for kept in chats.export(7)} >= {
            "chats",
            "subscriptions",
            "quiet_hours",
            "alerts",
            "deliveries",
        }
        chats.forget(7)
        assert chats.export(7) == ()
    left = everything(path)
    assert all(left[name] == [] for name in ("subscriptions", "quiet_hours", "alerts", "deliveries", "chats"))
    assert left["forecasts"]  # of a symbol, not of a chat
    assert left["histories"]


@pytest.fixture(scope="module")
def push(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushTables]:
    with Database(tmp_path_factory.mktemp("push") / "fanchart.db") as database:
        chats = ChatStore(database)
        chats.remember(CHAT)
        yield PushTables.of(database, chats)


CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0, fold=0))
WHENS: st.SearchStrategy[When] = st.sampled_from(("close", "open")) | CLOCKS  # type: ignore[assignment]  # two of its words
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(when=WHENS)
def test_when_a_forecast_is_wanted_survives_its_column(when: When) -> None:
    assert from_words(to_words(when)) == when
    assert len(to_words(when)) <= 5


@given(when=WHENS, topic=st.none() | st.integers(1, 2**31), last=st.none() | DAYS, seconds=st.integers(0, 10**9))
def test_a_subscription_comes_back_as_it_was(
    push: PushTables, when: When, topic: int | None, last: date | None, seconds: int
) -> None:
    given_one = Subscription(7, "AAPL", "XNYS", when, NOW + timedelta(seconds=seconds), topic, last)
    push.subscriptions.save([given_one])
    assert push.subscriptions.of_chat(7) == (given_one,)


@given(starts=CLOCKS, ends=CLOCKS)
def test_quiet_hours_come_back_as_they_were(push: PushTables, starts: time, ends: time) -> None:
    push.quiet.set(7, QuietHours(starts, ends))
    found = push.quiet.get(7)
    assert found == QuietHours(starts, ends)
    assert found.over_midnight == (ends < starts)
    push.quiet.set(7, None)
    assert push.quiet.get(7) is None


@given(
    level=st.floats(1e-9, 1e12),
    last_value=st.floats(0, 1e12),
    rests=st.none() | DAYS,
    topic=st.none() | st.integers(1, 2**31),
)
def test_an_alert_comes_back_to_the_last_bit(
    push: PushTables, level: float, last_value: float, rests: date | None, topic: int | None
) -> None:
    saved = Alert(7, "BTC-USD", "24/7", "price", level, NOW, date(2024, 7, 3), last_value, rests, topic)
    push.alerts.save(saved)
    [found] = (one for one in push.alerts.of_chat(7) if one.level == level)
    assert (found.last_value, found.cooldown_until, found.topic) == (last_value, rests, topic)
    assert push.alerts.remove(7, found.id)
    assert not push.alerts.remove(7, found.id)
