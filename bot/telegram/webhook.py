"""Receives updates: by long polling, or by a webhook where its address is set."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, cast

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import Application, Updater

from bot.ops.health import listening_socket
from bot.settings import Settings

UPDATES: Final = (
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.MY_CHAT_MEMBER,
)
WEBHOOK_PATH: Final = "telegram"

AnyApplication = Application[Any, Any, Any, Any, Any, Any]  # whatever its handlers are given
_log = logging.getLogger(__name__)


@asynccontextmanager
async def listening(application: AnyApplication, settings: Settings) -> AsyncIterator[None]:
    """Take updates and handle them while the block runs.

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
    """Listen for Telegram; without a secret anybody could post updates, so one is made up where none is set."""
    secret = settings.webhook_secret.get_secret_value() if settings.webhook_secret else secrets.token_urlsafe()
    await updater.start_webhook(
        url_path=WEBHOOK_PATH,
        webhook_url=f"{str(settings.webhook_url).rstrip('/')}/{WEBHOOK_PATH}",
        allowed_updates=UPDATES,
        secret_token=secret,
        unix=listening_socket("WEBHOOK_PORT", settings.webhook_port),  # takes any listening socket
    )


def _polling_failed(error: TelegramError) -> None:
    """Log it; python-telegram-bot tries again by itself."""
    _log.warning("updates could not be fetched: %s", error)
