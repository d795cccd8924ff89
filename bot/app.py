"""The composition root: builds every part, once, from the settings; nothing else builds anything."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application, ContextTypes, Defaults, ExtBot
from telegram.request import HTTPXRequest
from tzlocal import get_localzone_name

from bot.access import Access
from bot.context import Context, Services, Unused
from bot.delivery.pace import Pace
from bot.handlers import about, admin, errors, evaluate, gate, inline, models, mydata, predict, status
from bot.job_watch import RETELL_EVERY_S, JobWatch
from bot.pictures import Pictures
from bot.settings import Settings
from forecasting.jobs.pool import LocalPool
from forecasting.jobs.queue import JobQueue
from forecasting.jobs.training import TrainingDesk
from forecasting.model.artefact import base_artefact
from forecasting.ports import Clock, PriceSource, Workers
from forecasting.prices import calendars
from forecasting.prices.chain import sources_from_setting
from forecasting.prices.desk import PriceDesk
from forecasting.service import ForecastService
from storage.charts import ChartStore
from storage.chats import ChatStore
from storage.database import Database
from storage.forecasts import SqliteForecastStore
from storage.jobs import SqliteJobStore
from storage.models import SqliteModelStore
from storage.prices import SqlitePriceStore
from storage.usage import UsageStore

UPDATES: Final = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
THREADS: Final = 32
"""For what blocks (prices, SQLite, drawing): most of them wait for the network while Yahoo is slow."""
READ_TIMEOUT_S: Final = 20.0
WEBHOOK_PATH: Final = "telegram"

TelegramApplication = Application[ExtBot[int], Context, Unused, Unused, Services, None]
_log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time of the machine's clock in UTC."""
    return datetime.now(UTC)


class QuietBot(ExtBot[int]):
    """A bot whose repr does not show its token, as python-telegram-bot's own does."""

    def __repr__(self) -> str:
        """The class's name alone."""
        return "QuietBot"


@dataclass(frozen=True, slots=True)
class App:
    """The bot, built and ready to run."""

    telegram: TelegramApplication
    services: Services
    workers: Workers
    database: Database

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve updates for as long as the block runs, and stop cleanly.

        Raises:
            TelegramError: Telegram does not know the token, or cannot be reached.
            StorageError: the database cannot be read.
        """
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "work"))
        async with AsyncExitStack() as stack:
            stack.callback(self.database.close)
            await stack.enter_async_context(self.telegram)
            await self.services.jobs.start()
            stack.push_async_callback(self.services.jobs.stop)
            stack.push_async_callback(self.services.job_watch.close)
            await self._offer_commands()
            await self.telegram.start()
            stack.push_async_callback(self.telegram.stop)
            await self._listen(stack)
            yield

    async def _offer_commands(self) -> None:
        """Fill Telegram's command menu; a bot without one still answers."""
        try:
            await about.register_commands(self.telegram.bot, self.services.settings.admins)
        except TelegramError as error:
            _log.warning("the command menu could not be set: %s", error)

    async def _listen(self, stack: AsyncExitStack) -> None:
        """Take updates by long polling, or by a webhook where its address is set."""
        updater = self.telegram.updater
        if updater is None:  # cannot be: `build` gives it one
            return
        settings = self.services.settings
        if settings.webhook_url:
            await updater.start_webhook(
                "0.0.0.0",  # noqa: S104 - a proxy in front of it, or another container, has to reach it
                settings.webhook_port,
                WEBHOOK_PATH,
                webhook_url=f"{str(settings.webhook_url).rstrip('/')}/{WEBHOOK_PATH}",
                allowed_updates=UPDATES,
                secret_token=settings.webhook_secret.get_secret_value() if settings.webhook_secret else None,
            )
        else:
            await updater.start_polling(allowed_updates=UPDATES, error_callback=_polling_failed)
        stack.push_async_callback(updater.stop)


def build(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    sources: Sequence[PriceSource] = (),
    workers: Workers | None = None,
    retell_every_s: float = RETELL_EVERY_S,
) -> App:
    """Build the bot; `clock` (UTC), `sources` and `workers` replace what the settings name.

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
    database = Database(settings.database)
    pool = workers or LocalPool(settings.local_workers)
    services = _services(settings, database, asked, pool, clock, retell_every_s)
    return App(_telegram(settings, services), services, pool, database)


def _services(
    settings: Settings,
    database: Database,
    sources: Sequence[PriceSource],
    workers: Workers,
    clock: Clock,
    retell_every_s: float,
) -> Services:
    """Every part that handlers use."""
    model_store, price_store = SqliteModelStore(database), SqlitePriceStore(database)
    desk = PriceDesk(sources, price_store, clock, on_readjusted=model_store.mark_older_adjustment)
    forecasts = ForecastService(
        prices=desk,
        calendar=calendars,
        models=model_store,
        forecasts=SqliteForecastStore(database),
        base=base_artefact(),
        clock=clock,
    )
    training = TrainingDesk(
        latest=lambda symbol: desk.latest(symbol).history,
        active=forecasts.active_artefact,
        prices=price_store,
        models=model_store,
        clock=clock,
    )
    job_store = SqliteJobStore(database)
    jobs = JobQueue(
        store=job_store,
        workers=workers,
        at_a_time=settings.local_workers,
        prepare=training.request,
        finish=training.keep,
        clock=clock,
    )
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
        chats=ChatStore(database),
        usage=UsageStore(database),
        pictures=Pictures(ChartStore(database)),
        job_watch=JobWatch(jobs.watch, retell_every_s),
    )


def _telegram(settings: Settings, services: Services) -> TelegramApplication:
    """python-telegram-bot's application with our bot, our context and every handler."""
    bot = QuietBot(
        settings.telegram_token.get_secret_value(),
        base_url=settings.telegram_base("bot"),
        base_file_url=settings.telegram_base("file/bot"),
        request=HTTPXRequest(read_timeout=READ_TIMEOUT_S),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=READ_TIMEOUT_S),
        defaults=Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=Pace(),
    )
    application: TelegramApplication = (
        Application.builder()
        .bot(bot)
        .context_types(ContextTypes(context=Context, bot_data=lambda: services))
        .concurrent_updates(True)  # noqa: FBT003 - python-telegram-bot's own signature
        .job_queue(None)
        .build()
    )
    application.add_handlers(gate.handlers(), gate.GROUP)
    for room in (predict, evaluate, models, admin, status, mydata, inline, about):
        application.add_handlers(room.handlers())
    application.add_handlers(about.last_handlers())
    application.add_error_handler(errors.report)
    return application


def _polling_failed(error: TelegramError) -> None:
    """Say once a failure that updates could not be fetched; python-telegram-bot tries again by itself."""
    _log.warning("updates could not be fetched: %s", error)
