"""What every handler is given: a typed context that carries the services."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from telegram.ext import CallbackContext, ExtBot

from bot.access.policy import Access
from bot.messages.chart_cache import ChartCache
from bot.messages.job_updates import JobUpdates
from bot.push_tables import PushTables
from bot.settings import Settings
from forecasting.forecasts import ForecastService
from forecasting.jobs.queue import JobQueue
from forecasting.ports import Clock, ModelStore
from forecasting.prices.service import PriceService
from storage.chats import ChatStore
from storage.jobs import SqliteJobStore
from storage.usage import UsageStore

Unused = dict[Any, Any]  # Any: python-telegram-bot's own type for it
"""python-telegram-bot's own scratch space for a user or a chat: nothing is kept there, state belongs into SQLite."""
Bot = ExtBot[int]


@dataclass(frozen=True, slots=True)
class Services:
    """Every part that a handler may need, built once by `bot.app`."""

    settings: Settings
    access: Access
    clock: Clock
    started_at: datetime  # UTC
    home_timezone: str  # an IANA name: what a new chat begins with
    forecasts: ForecastService
    prices: PriceService
    models: ModelStore
    jobs: JobQueue
    job_store: SqliteJobStore
    chats: ChatStore
    push: PushTables
    usage: UsageStore
    pictures: ChartCache
    job_updates: JobUpdates


class Context(CallbackContext[Bot, Unused, Unused, Services]):
    """python-telegram-bot's context, with the services under their own name."""

    @property
    def services(self) -> Services:
        """The parts that the bot was built of."""
        return self.bot_data
