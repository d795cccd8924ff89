"""The composition root: builds every part, once, from the settings; nothing else builds anything."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from telegram.ext import BaseRateLimiter
from tzlocal import get_localzone_name

from bot.access.policy import Access
from bot.application import TelegramApplication, listening, offer_commands, telegram_application
from bot.handlers.training import resume
from bot.messages.chart_cache import ChartCache
from bot.messages.job_updates import UPDATE_EVERY_S, JobUpdates
from bot.ops.malloc import give_back_early
from bot.push_side import PushSide, push_side
from bot.push_tables import PushTables
from bot.services import Services
from bot.settings import Settings
from bot.telegram.rate_limiter import TelegramRateLimiter
from forecasting.active_models import ActiveModels
from forecasting.forecasts import ForecastService
from forecasting.jobs.local_pool import LocalPool
from forecasting.jobs.queue import JobQueue
from forecasting.jobs.training_jobs import TrainingJobs
from forecasting.model.artefact import base_artefact
from forecasting.ports import Clock, PriceSource, Workers
from forecasting.prices import calendars
from forecasting.prices.service import PriceService
from forecasting.prices.sources.chain import sources_from_setting
from storage.charts import ChartStore
from storage.chats import ChatStore
from storage.database import Database
from storage.forecasts import SqliteForecastStore
from storage.jobs import SqliteJobStore
from storage.models import SqliteModelStore
from storage.prices import SqlitePriceStore
from storage.scorecards import SqliteScorecardStore
from storage.sole_use import sole_use
from storage.tracked_messages import TrackedMessageStore
from storage.usage import UsageStore

THREADS: Final = 288
"""For what blocks (prices, SQLite, drawing): python-telegram-bot handles 256 updates at a time, and while Yahoo hangs
each of them may wait on a thread of its own; the next question still finds a free one."""


def utc_now() -> datetime:
    """The time of the machine's clock in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class App:
    """The bot, built and ready to run."""

    telegram: TelegramApplication
    services: Services
    workers: Workers
    push: PushSide
    database: Database

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve updates for as long as the block runs, and stop cleanly.

        Raises:
            TelegramError: Telegram does not know the token, or cannot be reached.
            StorageError: the database cannot be read, or another bot is running on it.
        """
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "work"))
        give_back_early()
        async with AsyncExitStack() as stack:
            stack.callback(self.database.close)
            stack.enter_context(sole_use(self.database.path))
            await stack.enter_async_context(self.telegram.bot)  # closes its connections also when the token is wrong
            await stack.enter_async_context(self.telegram)
            await self.services.jobs.start()
            stack.push_async_callback(self.services.jobs.stop)
            stack.push_async_callback(self.services.job_updates.close)
            await resume(self.services, self.telegram.bot)
            await offer_commands(self.telegram, self.services.settings.admins)
            await stack.enter_async_context(self.push.running(self.telegram.bot))
            await stack.enter_async_context(listening(self.telegram, self.services.settings))
            yield


def build(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    sources: Sequence[PriceSource] = (),
    workers: Workers | None = None,
    pace: BaseRateLimiter[int] | None = None,
    update_every_s: float = UPDATE_EVERY_S,
) -> App:
    """Build the bot; `clock` (UTC), `sources`, `workers` and `pace` replace what the settings and Telegram call for.

    Raises:
        SettingsError: a setting cannot be used.
        StorageError: the database cannot be opened.
    """
    asked = sources or sources_from_setting(
        settings.price_sources,
        clock,
        yahoo_url=str(settings.yahoo_url or ""),
        tiingo_key=settings.tiingo_key.get_secret_value() if settings.tiingo_key else "",
    )
    with ExitStack() as closing:
        database = closing.enter_context(Database(settings.database))
        pool = workers or LocalPool(settings.local_workers)
        services = _services(settings, database, asked, pool, clock, update_every_s)
        telegram = telegram_application(settings, services, pace or TelegramRateLimiter())
        app = App(telegram, services, pool, push_side(services, database), database)
        closing.pop_all()  # from here on it is `App.running` that closes it
    return app


def _services(
    settings: Settings,
    database: Database,
    sources: Sequence[PriceSource],
    workers: Workers,
    clock: Clock,
    update_every_s: float,
) -> Services:
    """Every part that handlers use."""
    model_store, price_store = SqliteModelStore(database), SqlitePriceStore(database)
    desk = PriceService(sources, price_store, clock, on_readjusted=model_store.mark_older_adjustment)
    active_models = ActiveModels(model_store, base_artefact())
    forecasts = ForecastService(
        prices=desk,
        calendar=calendars,
        models=active_models,
        forecasts=SqliteForecastStore(database),
        scorecards=SqliteScorecardStore(database),
        clock=clock,
    )
    training = TrainingJobs(
        latest=lambda symbol: desk.latest(symbol).history,
        active=active_models.artefact,
        prices=price_store,
        models=model_store,
        clock=clock,
    )
    job_store, chats = SqliteJobStore(database), ChatStore(database)
    jobs = _queue(job_store, workers, settings.local_workers, training, clock)
    return Services(
        settings=settings,
        access=Access(settings.admins, settings.allowed_chats),
        clock=clock,
        started_at=clock(),
        home_timezone=get_localzone_name(),
        forecasts=forecasts,
        prices=desk,
        models=model_store,
        jobs=jobs,
        job_store=job_store,
        chats=chats,
        push=PushTables.of(database, chats),
        usage=UsageStore(database),
        pictures=ChartCache(ChartStore(database)),
        job_updates=JobUpdates(jobs.watch, TrackedMessageStore(database), update_every_s),
    )


def _queue(store: SqliteJobStore, workers: Workers, at_a_time: int, training: TrainingJobs, clock: Clock) -> JobQueue:
    """The queue of trainings, which the training desk prepares and finishes."""
    return JobQueue(
        store=store,
        workers=workers,
        at_a_time=at_a_time,
        prepare=training.request,
        finish=training.keep,
        clock=clock,
    )
