"""Opens the database: for the bot with every store, for the command line as it is, and for one bot at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bot.chats.ports import ChartStore, ChatStore, RetryStore, TrackedMessageStore, UsageStore
from bot.push.ports import AlertStore, DeliveryStore, SubscriptionStore
from forecasting.errors import StorageError
from forecasting.ports import ForecastStore, JobStore, ModelStore, PriceStore, ScorecardStore
from storage.alerts import SqliteAlertStore
from storage.charts import SqliteChartStore
from storage.chats import SqliteChatStore
from storage.database import Connect, Database
from storage.deliveries import SqliteDeliveryStore
from storage.forecasts import SqliteForecastStore
from storage.jobs import SqliteJobStore
from storage.models import SqliteModelStore
from storage.prices import SqlitePriceStore
from storage.retries import SqliteRetryStore
from storage.schema import FORMER_SETS, MIGRATIONS
from storage.scorecards import SqliteScorecardStore
from storage.subscriptions import SqliteSubscriptionStore
from storage.tracked_messages import SqliteTrackedMessageStore
from storage.usage import SqliteUsageStore


@dataclass(frozen=True, slots=True)
class Stores:
    """Every store of one database."""

    database: Database
    chats: ChatStore
    charts: ChartStore
    tracked_messages: TrackedMessageStore
    retries: RetryStore
    usage: UsageStore
    subscriptions: SubscriptionStore
    alerts: AlertStore
    deliveries: DeliveryStore
    prices: PriceStore
    models: ModelStore
    forecasts: ForecastStore
    scorecards: ScorecardStore
    jobs: JobStore

    @property
    def path(self) -> Path:
        """The file."""
        return self.database.path

    def close(self) -> None:
        """Close the file; what is committed is in it."""
        self.database.close()


def open(path: Path | str, connect: Connect = sqlite3.connect) -> Stores:  # noqa: A001 - as in `storage.open`
    """Open the file, or make it, and bring it up to date; `connect` takes what `sqlite3.connect` takes.

    Raises:
        StorageError: the file cannot be opened, is no SQLite database, or was written by a newer version.
    """
    database = Database.connect(path, connect)
    try:
        database.migrate(MIGRATIONS, FORMER_SETS)
    except BaseException:
        database.close()
        raise
    return Stores(
        database=database,
        chats=SqliteChatStore(database),
        charts=SqliteChartStore(database),
        tracked_messages=SqliteTrackedMessageStore(database),
        retries=SqliteRetryStore(database),
        usage=SqliteUsageStore(database),
        subscriptions=SqliteSubscriptionStore(database),
        alerts=SqliteAlertStore(database),
        deliveries=SqliteDeliveryStore(database),
        prices=SqlitePriceStore(database),
        models=SqliteModelStore(database),
        forecasts=SqliteForecastStore(database),
        scorecards=SqliteScorecardStore(database),
        jobs=SqliteJobStore(database),
    )


@contextmanager
def open_models(path: str) -> Iterator[ModelStore]:
    """The models of a file, read only, for the command line's `--model active`; it is closed at the block's end.

    Raises:
        StorageError: there is no such file, it is no SQLite database, or was written by a newer version.
    """
    if not Path(path).is_file():
        what = f"There is no database {path}."
        raise StorageError(what, "Start the bot once, or point DATABASE at its file.")
    with Database.connect(path, read_only=True) as database:
        database.refuse_newer(MIGRATIONS, FORMER_SETS)
        yield SqliteModelStore(database)


@contextmanager
def sole_use(database: Path) -> Iterator[None]:
    """Keep other bots off a database while the block runs: two would send every push twice.

    The system releases the lock however the process ends.

    Raises:
        StorageError: another bot is running on it.
    """
    lock = FileLock(f"{database}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise StorageError(f"Another bot is running on {database}.", "Stop it, or set another DATABASE.") from None
    try:
        yield
    finally:
        lock.release()
