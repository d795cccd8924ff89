"""The composition root: builds every part, once, from the settings; nothing else builds anything."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from telegram.ext import BaseRateLimiter
from tzlocal import get_localzone_name

import storage
from bot.access.chat_migration import move_chat
from bot.access.policy import Access, may_push_to
from bot.access.quotas import Quotas
from bot.application import TelegramApplication, offer_commands, telegram_application
from bot.handlers.retries import ask_due
from bot.handlers.training import resume_tracking
from bot.messages.chart_cache import ChartCache
from bot.messages.follow_ups import FollowUps
from bot.messages.job_updates import UPDATE_EVERY_S, JobUpdates
from bot.ops.malloc import release_early
from bot.push.alerts import AlertBooking
from bot.push.digests import DigestBooking
from bot.push.planner import SchedulePlanner
from bot.push.price_refresh import PriceRefresh
from bot.push.pruning import Pruning
from bot.push.reports import SymbolReports
from bot.push.scheduler import PushScheduler
from bot.sending.composer import Composer
from bot.sending.sender import Sender
from bot.services import Services
from bot.settings import Settings
from bot.telegram.rate_limiter import TelegramRateLimiter
from bot.telegram.webhook import listening
from forecasting.active_models import ActiveModels
from forecasting.forecasts import ForecastService
from forecasting.jobs.local_pool import LocalPool
from forecasting.jobs.queue import JobQueue
from forecasting.jobs.training_jobs import TrainingJobs
from forecasting.model.artefact import base_artefact
from forecasting.ports import Clock, Market, PriceSource, Workers
from forecasting.prices.exchanges import calendars
from forecasting.prices.market_context import PATIENCE_S as MARKET_PATIENCE_S
from forecasting.prices.market_context import market_listings, market_of
from forecasting.prices.resolution import SymbolResolver
from forecasting.prices.service import PATIENCE_S, PriceService
from forecasting.prices.sources.chain import sources_from_setting
from forecasting.types.bars import Listing
from storage import Stores

THREADS: Final = 288
"""For what blocks (prices, SQLite, drawing): python-telegram-bot handles 256 updates at a time, and while Yahoo hangs
each of them may wait on a thread of its own; the next question still finds a free one."""


def utc_now() -> datetime:
    """The time of the machine's clock in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer waits for what is newer, in seconds, before it does without."""

    prices_s: float = PATIENCE_S
    market_s: float = MARKET_PATIENCE_S


@dataclass(frozen=True, slots=True)
class App:
    """The bot, built and ready to run."""

    telegram: TelegramApplication
    services: Services
    workers: Workers
    scheduler: PushScheduler
    sender: Sender
    stores: Stores

    @asynccontextmanager
    async def running(self, threads: Executor | None = None) -> AsyncIterator[None]:
        """Serve updates and push for as long as the block runs, and stop cleanly; `threads` is for what blocks.

        Raises:
            TelegramError: Telegram does not know the token, or cannot be reached.
            StorageError: the database cannot be read, or another bot is running on it.
        """
        asyncio.get_running_loop().set_default_executor(threads or ThreadPoolExecutor(THREADS, "work"))
        release_early()
        async with AsyncExitStack() as stack:
            stack.callback(self.stores.close)
            stack.callback(self.services.prices.close)
            stack.enter_context(storage.sole_use(self.stores.path))
            await stack.enter_async_context(self.telegram.bot)  # closes its connections also when the token is wrong
            await stack.enter_async_context(self.telegram)
            await self.services.jobs.start()
            stack.push_async_callback(self.services.jobs.stop)
            stack.push_async_callback(self.services.job_updates.close)
            stack.push_async_callback(self.services.follow_ups.close)
            await resume_tracking(self.services, self.telegram.bot)
            await offer_commands(self.telegram, self.services.settings.admins)
            await stack.enter_async_context(self.sender.running(self.telegram.bot))
            await stack.enter_async_context(self.scheduler.running())
            await stack.enter_async_context(listening(self.telegram, self.services.settings))
            yield


def build(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    sources: Sequence[PriceSource] = (),
    workers: Workers | None = None,
    rate_limiter: BaseRateLimiter[int] | None = None,
    open_stores: Callable[[Path], Stores] = storage.open,
    update_every_s: float = UPDATE_EVERY_S,
    patience: Patience = Patience(),
) -> App:
    """Build the bot; what is given replaces what the settings and Telegram call for (`clock`: UTC).

    Raises:
        SettingsError: a setting cannot be used.
        StorageError: the database cannot be opened.
    """
    asked = sources or sources_from_setting(settings.price_sources, clock, **settings.source_access)
    with ExitStack() as closing:
        stores = open_stores(settings.database)
        closing.callback(stores.close)
        pool = workers or LocalPool(settings.local_workers)
        prices = PriceService(
            asked, stores.prices, clock, on_readjusted=stores.models.mark_older_adjustment, patience_s=patience.prices_s
        )
        market = market_of(asked, stores.prices, prices.renewed, clock, patience_s=patience.market_s)
        services = _services(settings, stores, prices, market, pool, clock, update_every_s)
        telegram = telegram_application(settings, services, rate_limiter or TelegramRateLimiter())
        reports = SymbolReports(services.forecasts, clock)
        sender = _sender(services, stores, reports)
        asking = partial(ask_due, services, telegram.bot)
        scheduler = _scheduler(services, stores, reports, sender, asking, market_listings(asked))
        app = App(telegram, services, pool, scheduler, sender, stores)
        closing.pop_all()  # from here on it is `App.running` that closes it
    return app


def _services(
    settings: Settings,
    stores: Stores,
    prices: PriceService,
    market: Market,
    workers: Workers,
    clock: Clock,
    update_every_s: float,
) -> Services:
    """Every part that handlers use."""
    active_models = ActiveModels(stores.models, base_artefact())
    jobs = _jobs(settings, stores, prices, market, active_models, workers, clock)
    access = Access(settings.admins, settings.allowed_chats)
    return Services(
        settings=settings,
        access=access,
        quotas=Quotas(stores.usage, access, clock),
        clock=clock,
        started_at=clock(),
        home_timezone=get_localzone_name(),
        forecasts=ForecastService(
            prices=prices,
            market=market,
            calendar=calendars,
            models=active_models,
            forecasts=stores.forecasts,
            scorecards=stores.scorecards,
            clock=clock,
        ),
        prices=prices,
        symbols=SymbolResolver(prices.search, lambda symbol: stores.prices.newest(symbol) is not None),
        models=stores.models,
        jobs=jobs,
        job_store=stores.jobs,
        chats=stores.chats,
        subscriptions=stores.subscriptions,
        alerts=stores.alerts,
        planner=SchedulePlanner(stores.chats, stores.subscriptions),
        usage=stores.usage,
        charts=ChartCache(stores.charts),
        job_updates=JobUpdates(jobs.updates, stores.tracked_messages, update_every_s),
        follow_ups=FollowUps(),
        retries=stores.retries,
    )


def _jobs(
    settings: Settings,
    stores: Stores,
    prices: PriceService,
    market: Market,
    models: ActiveModels,
    workers: Workers,
    clock: Clock,
) -> JobQueue:
    """The queue of trainings, and what prepares and finishes each."""
    training = TrainingJobs(
        latest=lambda symbol: prices.latest(symbol).history,
        market=market,
        active=models.artefact,
        prices=stores.prices,
        models=stores.models,
        clock=clock,
    )
    return JobQueue(
        store=stores.jobs,
        workers=workers,
        at_a_time=settings.local_workers,
        prepare=training.request,
        finish=training.keep,
        clock=clock,
    )


def _sender(services: Services, stores: Stores, reports: SymbolReports) -> Sender:
    """What sends the ledger's deliveries."""
    chats, access, clock = stores.chats, services.access, services.clock
    return Sender(
        deliveries=stores.deliveries,
        chats=chats,
        charts=services.charts,
        compose=Composer(reports, services.planner, services.subscriptions, clock).compose,
        move_chat=lambda old_id, new_id: move_chat(chats, access, old_id, new_id, clock()),
        may_push_to=lambda chat_id: may_push_to(chats, access, chat_id),
        clock=clock,
    )


def _scheduler(
    services: Services,
    stores: Stores,
    reports: SymbolReports,
    sender: Sender,
    ask_due: Callable[[], Awaitable[None]],
    market: Sequence[Listing],
) -> PushScheduler:
    """What books deliveries, brings prices up to date, and prunes."""
    subscriptions, alerts, deliveries = stores.subscriptions, stores.alerts, stores.deliveries
    planner, clock = services.planner, services.clock
    return PushScheduler(
        digests=DigestBooking(subscriptions=subscriptions, deliveries=deliveries, planner=planner, clock=clock),
        alerts=AlertBooking(alerts=alerts, deliveries=deliveries, planner=planner, reports=reports, clock=clock),
        refresh=PriceRefresh(
            services.prices,
            services.forecasts,
            lambda: (*subscriptions.listings(), *alerts.listings(), *stores.forecasts.awaiting()),
            clock,
            market,
        ),
        pruning=Pruning(deliveries, stores.usage, stores.charts, clock),
        ask_due=ask_due,
        on_booked=sender.wake,
    )
