"""python-telegram-bot's application with our bot, our context and every handler."""

import logging
from typing import cast

from telegram.error import TelegramError
from telegram.ext import Application, BaseRateLimiter, ContextTypes

from bot.handlers import (
    about,
    admin,
    alerts,
    compare,
    errors,
    evaluate,
    gate,
    groups,
    hours,
    inline,
    models,
    mydata,
    predict,
    subscribe,
)
from bot.services import Context, Services, Unused
from bot.settings import Settings
from bot.telegram.client import Bot, make_bot

TelegramApplication = Application[Bot, Context, Unused, Unused, Services, None]
_log = logging.getLogger(__name__)


def telegram_application(
    settings: Settings, services: Services, rate_limiter: BaseRateLimiter[int]
) -> TelegramApplication:
    """The application, not yet listening."""
    made = cast("type[Services]", lambda: services)  # python-telegram-bot only calls it
    application: TelegramApplication = (
        Application.builder()
        .bot(make_bot(settings, rate_limiter))
        .context_types(ContextTypes(context=Context, bot_data=made))
        .concurrent_updates(True)  # noqa: FBT003 - python-telegram-bot's own signature
        .job_queue(None)
        .build()
    )
    application.add_handlers(groups.handlers(), groups.BEFORE_THE_GATE)
    application.add_handlers(gate.handlers(), gate.GROUP)
    families = (predict, compare, evaluate, models, subscribe, hours, alerts, admin, mydata, inline, about)
    for family in families:
        application.add_handlers(family.handlers())
    application.add_handlers(about.last_handlers())
    application.add_handlers(groups.late_handlers(), groups.AFTER_THE_OTHERS)
    application.add_error_handler(errors.report)
    return application


async def offer_commands(application: TelegramApplication, admins: frozenset[int]) -> None:
    """Fill Telegram's command menu; a bot without one still answers."""
    try:
        await about.register_commands(application.bot, admins)
    except TelegramError as error:
        _log.warning("the command menu could not be set: %s", error)
