"""How many statements each thing on the way of a question costs: what is counted is what SQLite is passed."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import storage
from bot.chats.types import ChartKey, Chat, Member, QuietHours, TrackedMessage
from bot.push.types import Delivery, Subscription
from forecasting.types.job_records import Job
from forecasting.types.scorecards import ScorecardKey
from storage import Stores
from tests.database import StatementLog
from tests.factories import NOW, forecast, model_record, price_history, scorecard

CHAT, ADA = Chat(7, "private", "Ada", "Europe/Berlin", "active", NOW), Member(7, "Ada")
KEY = ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")
FORECAST, WHOLE = forecast(), price_history(sessions=300)
CARD_KEY = ScorecardKey("AAPL", date(2024, 7, 3), "a" * 64, "prices", "", 1)
DELIVERY = Delivery(7, "digest", ("AAPL",), date(2024, 7, 3), NOW, NOW + timedelta(days=1), NOW)
JOB = Job(0, "train", "AAPL", "queued", (7,), NOW)
QUIET = QuietHours(CHAT.created_at.time().replace(hour=22), CHAT.created_at.time().replace(hour=7))

COSTS: dict[str, tuple[int, Callable[[Stores], object]]] = {
    "profile": (1, lambda stores: stores.chats.profile(7, 7)),
    "profile of a stranger": (1, lambda stores: stores.chats.profile(8, 8)),
    "a chat and who wrote": (2, lambda stores: stores.chats.upsert(CHAT, ADA)),
    "a request that counts": (1, lambda stores: stores.usage.spend(7, "forecast", NOW, NOW, 5)),
    "a request that does not": (1, lambda stores: stores.usage.spend(7, "forecast", NOW, NOW, 0)),
    "how far prices go": (1, lambda stores: stores.prices.newest("AAPL")),
    "prices": (1, lambda stores: stores.prices.load("AAPL")),
    "no prices": (1, lambda stores: stores.prices.load("NOPE")),
    "a new symbol's prices": (5, lambda stores: stores.prices.save(replace(WHOLE, symbol="KO"))),
    "prices fetched anew": (6, lambda stores: stores.prices.save(WHOLE)),
    "which model answers": (1, lambda stores: stores.models.active("AAPL")),
    "a stored forecast": (1, lambda stores: stores.forecasts.find(FORECAST.key)),
    "the best stored forecast": (1, lambda stores: stores.forecasts.best(FORECAST.key)),
    "publishing": (1, lambda stores: stores.forecasts.publish(forecast(price_history("KO")))),
    "publishing again": (2, lambda stores: stores.forecasts.publish(FORECAST)),
    "what has no score": (1, lambda stores: stores.forecasts.unscored("AAPL")),
    "a scorecard": (1, lambda stores: stores.scorecards.find(CARD_KEY)),
    "keeping a scorecard": (2, lambda stores: stores.scorecards.keep(CARD_KEY, scorecard())),
    "the latest job": (1, lambda stores: stores.jobs.latest("train", "AAPL")),
    "a new job": (1, lambda stores: stores.jobs.add(JOB)),
    "a chart": (1, lambda stores: stores.charts.find(KEY)),
    "keeping a chart": (1, lambda stores: stores.charts.keep(KEY, "file")),
    "tracking a message": (1, lambda stores: stores.tracked_messages.keep(TrackedMessage(7, 1, 1))),
    "a chat's subscriptions": (1, lambda stores: stores.subscriptions.of_chat(7)),
    "a chat's alerts": (1, lambda stores: stores.alerts.of_chat(7)),
    "a delivery": (1, lambda stores: stores.deliveries.add([DELIVERY])),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with something of everything."""
    path = tmp_path_factory.mktemp("statements") / "fanchart.db"
    with closing(storage.open(path)) as stores:
        stores.chats.upsert(CHAT, ADA)
        stores.chats.set_access(7, "allowed", 1, NOW)
        stores.chats.set_quiet(7, QUIET)
        stores.subscriptions.save([Subscription(7, symbol, "XNYS", "close", NOW) for symbol in ("AAPL", "KO")])
        stores.prices.save(WHOLE)
        stores.forecasts.publish(FORECAST)
        stores.models.add(model_record(sha256=sha256(b"one").hexdigest()), b"one")
    return path


@pytest.fixture
def log() -> StatementLog:
    return StatementLog()


@pytest.fixture
def stores(filled: Path, tmp_path: Path, log: StatementLog) -> Iterator[Stores]:
    (tmp_path / "fanchart.db").write_bytes(filled.read_bytes())
    with closing(storage.open(tmp_path / "fanchart.db", log.connect)) as opened:
        yield opened


@pytest.mark.parametrize("what", COSTS)
def test_so_many_statements_and_no_more(stores: Stores, log: StatementLog, what: str) -> None:
    most, work = COSTS[what]
    with log.counted() as statements:
        work(stores)
    assert len(statements) == most, statements


def test_a_transaction_begins_and_commits_once(stores: Stores, log: StatementLog) -> None:
    with log.counted() as statements, stores.deliveries.transaction():
        stores.deliveries.add([DELIVERY])
        stores.chats.set_state(7, "paused")
    assert (statements[0], statements[-1], len(statements)) == ("begin immediate", "commit", 4)
