"""What every handler is given: the services, and the profile of the chat it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from telegram.ext import CallbackContext

from bot.access.policy import Access
from bot.access.quotas import Quotas
from bot.chats.ports import ChatStore, RetryStore, UsageStore
from bot.chats.types import ChatProfile
from bot.messages.chart_cache import ChartCache
from bot.messages.follow_ups import FollowUps
from bot.messages.job_updates import JobUpdates
from bot.push.planner import SchedulePlanner
from bot.push.ports import AlertStore, SubscriptionStore
from bot.settings import Settings
from bot.telegram.client import Bot
from forecasting.forecasts import ForecastService
from forecasting.jobs.queue import JobQueue
from forecasting.ports import Clock, JobStore, ModelStore
from forecasting.prices.resolution import SymbolResolver
from forecasting.prices.service import PriceService

Unused = dict[Any, Any]  # Any: python-telegram-bot's own type for it
"""python-telegram-bot's own scratch space for a user or a chat: nothing is kept there, state belongs into SQLite."""


@dataclass(frozen=True, slots=True)
class Services:
    """Every part that a handler may need, built once by `bot.app`."""

    settings: Settings
    access: Access
    quotas: Quotas
    clock: Clock
    started_at: datetime  # UTC
    home_timezone: str  # an IANA name: what a new chat begins with
    forecasts: ForecastService
    prices: PriceService
    symbols: SymbolResolver
    models: ModelStore
    jobs: JobQueue
    job_store: JobStore
    chats: ChatStore
    usage: UsageStore
    subscriptions: SubscriptionStore
    alerts: AlertStore
    planner: SchedulePlanner
    charts: ChartCache
    job_updates: JobUpdates
    follow_ups: FollowUps
    retries: RetryStore


class Context(CallbackContext[Bot, Unused, Unused, Services]):
    """python-telegram-bot's context, with the services, and the chat's profile as the gate has read it."""

    profile = ChatProfile(chat=None, member=None, access="unknown", quiet=None)

    @property
    def services(self) -> Services:
        """The parts that the bot was built of."""
        return self.bot_data

    @property
    def zone(self) -> ZoneInfo:
        """The chat's own timezone, or the host's where the chat is not known yet."""
        return self.profile.zone(self.services.home_timezone)
