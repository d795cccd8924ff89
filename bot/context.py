"""What every handler is given: a typed context that carries the services, and the small moves they all make."""

from dataclasses import dataclass
from datetime import datetime

from telegram.ext import AIORateLimiter, CallbackContext, ExtBot

from bot.access import Access
from bot.settings import Settings
from forecasting.ports import Clock, ModelStore
from forecasting.service import ForecastService

BotData = dict[str, object]  # python-telegram-bot's per-user and per-chat scratch space, which stays unused
Bot = ExtBot[AIORateLimiter]


@dataclass(frozen=True, slots=True)
class Services:
    """Every part that a handler may need, built once by `bot.app`."""

    settings: Settings
    access: Access
    clock: Clock
    started_at: datetime  # UTC
    forecasts: ForecastService
    models: ModelStore


class Context(CallbackContext[Bot, BotData, BotData, Services]):
    """python-telegram-bot's context, with the services under their own name."""

    @property
    def services(self) -> Services:
        """The parts that the bot was built of."""
        return self.bot_data
