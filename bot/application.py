"""The side that faces Telegram: our bot, every handler, and how updates come in."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, cast

from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application, BaseRateLimiter, ContextTypes, Defaults, ExtBot, Updater
from telegram.request import HTTPXRequest

from bot.handlers import (
    about,
    admin,
    alerts,
    errors,
    evaluate,
    gate,
    groups,
    hours,
    inline,
    models,
    mydata,
    predict,
    status,
    subscribe,
)
from bot.ops.sockets import listening_socket
from bot.services import Bot, Context, Services, Unused
from bot.settings import Settings

UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)
READ_TIMEOUT_S: Final = 20.0
WEBHOOK_PATH: Final = "telegram"

TelegramApplication = Application[Bot, Context, Unused, Unused, Services, None]
_log = logging.getLogger(__name__)


class QuietBot(ExtBot[int]):
    """A bot whose repr does not show its token, as python-telegram-bot's own does."""

    def __repr__(self) -> str:
        """The class's name alone."""
        return "QuietBot"


def telegram_application(settings: Settings, services: Services, pace: BaseRateLimiter[int]) -> TelegramApplication:
    """python-telegram-bot's application with our bot, our context and every handler."""
    bot: Bot = QuietBot(
        settings.telegram_token.get_secret_value(),
        base_url=settings.telegram_base("bot"),
        base_file_url=settings.telegram_base("file/bot"),
        request=HTTPXRequest(read_timeout=READ_TIMEOUT_S),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=READ_TIMEOUT_S),
        defaults=Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=pace,
    )
    made = cast("type[Services]", lambda: services)  # python-telegram-bot only calls it
    application: TelegramApplication = (
        Application.builder()
        .bot(bot)
        .context_types(ContextTypes(context=Context, bot_data=made))
        .concurrent_updates(True)  # noqa: FBT003 - python-telegram-bot's own signature
        .job_queue(None)
        .build()
    )
    application.add_handlers(groups.handlers(), groups.BEFORE_THE_GATE)
    application.add_handlers(gate.handlers(), gate.GROUP)
    for room in (predict, evaluate, models, subscribe, hours, alerts, admin, status, mydata, inline, about):
        application.add_handlers(room.handlers())
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


@asynccontextmanager
async def listening(application: TelegramApplication, settings: Settings) -> AsyncIterator[None]:
    """Take updates and handle them while the block runs: by long polling, or by a webhook where its address is set.

    Raises:
        TelegramError: Telegram cannot be reached, or refuses the webhook.
        SettingsError: the webhook's port is taken.
    """
    updater = cast("Updater", application.updater)  # the builder gives one unless it is told not to
    await application.start()
    try:
        await (_start_webhook(updater, settings) if settings.webhook_url else _start_polling(updater))
        try:
            yield
        finally:
            await updater.stop()
    finally:
        await application.stop()


async def _start_polling(updater: Updater) -> None:
    await updater.start_polling(allowed_updates=UPDATES, error_callback=_polling_failed)


async def _start_webhook(updater: Updater, settings: Settings) -> None:
    """Listen for Telegram; a secret is made up where none is set, for without one anybody could speak in its name."""
    chosen = settings.webhook_secret.get_secret_value() if settings.webhook_secret else secrets.token_urlsafe()
    await updater.start_webhook(
        url_path=WEBHOOK_PATH,
        webhook_url=f"{str(settings.webhook_url).rstrip('/')}/{WEBHOOK_PATH}",
        allowed_updates=UPDATES,
        secret_token=chosen,
        unix=listening_socket("WEBHOOK_PORT", settings.webhook_port),  # any listening socket will do there
    )


def _polling_failed(error: TelegramError) -> None:
    """Say that updates could not be fetched; python-telegram-bot tries again by itself."""
    _log.warning("updates could not be fetched: %s", error)
