"""Every error becomes a sentence for the chat here; what is unexpected is logged and not shown."""

import asyncio
import logging
import secrets
from contextlib import suppress
from functools import partial
from html import escape, unescape
from typing import Final

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut

from bot.handlers.requests import acknowledge
from bot.services import Context
from bot.telegram.api_errors import is_message_gone, is_unmodified
from bot.view.buttons import asking_again
from bot.view.keyboards import matches_keyboard
from bot.view.text.errors import error_text, next_try_text
from bot.view.text.fixed_texts import GONE_MESSAGE, MOVED_GROUP
from forecasting.errors import (
    FanchartError,
    NoLongerTraded,
    PriceError,
    SearchUnavailable,
    StalePrices,
    StorageError,
    UnknownSymbol,
)

_ALERT_LENGTH: Final = 200
"""Bot API, answerCallbackQuery.text: 0-200 characters."""

_log = logging.getLogger(__name__)


async def report(update: object, context: Context) -> None:
    """Answer whoever asked with what happened and what to do next."""
    error = context.error
    if error is None or isinstance(error, (Forbidden, TimedOut)):
        _log.info("an answer could not be delivered: %s", error)
        return
    if is_unmodified(error):
        if isinstance(update, Update) and update.callback_query:
            await acknowledge(update.callback_query)
        return
    if isinstance(error, ChatMigrated):
        await _notify_moved(error.new_chat_id, context)
        return
    sentence = await _sentence(error, update, context)
    if isinstance(update, Update):
        await _reply(update, sentence, _keyboard(error, update))


async def _sentence(error: Exception, update: object, context: Context) -> str:
    """HTML of what to say about an error."""
    if isinstance(error, PriceError) and error.retry_at:
        services = context.services
        chat_id = update.effective_chat.id if isinstance(update, Update) and update.effective_chat else 0
        profile = await asyncio.to_thread(services.chats.profile, chat_id)  # an error has a context of its own
        zone = profile.zone(services.home_timezone)
        return next_try_text(error, error.retry_at, services.clock(), zone)
    if isinstance(error, FanchartError) and not isinstance(error, StorageError):
        return escape(error_text(error))
    if is_message_gone(error):
        return GONE_MESSAGE
    reference = secrets.token_hex(3)
    _log.error("unexpected error %s", reference, exc_info=error)
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return f"Telegram could not be reached. Please try again (reference {reference})."
    return f"Something went wrong on my side; please try again. If it stays, tell an admin this: {reference}."


async def _notify_moved(new_id: int, context: Context) -> None:
    """Ask for the command again in the supergroup, since its answer went to the group that became one."""
    with suppress(TelegramError):
        await context.bot.send_message(new_id, MOVED_GROUP)


def _keyboard(error: Exception, update: Update) -> InlineKeyboardMarkup | None:
    """Symbols that may have been meant, where some are known: each asks the same again."""
    if not isinstance(error, (UnknownSymbol, SearchUnavailable, StalePrices, NoLongerTraded)) or not error.matches:
        return None
    asked = update.effective_message.text if update.effective_message and not update.callback_query else None
    return matches_keyboard(error.matches, partial(asking_again, asked or error.symbol, error.symbol))


async def _reply(update: Update, sentence: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Answer where it was asked: a press by an alert where that is still possible, anything else by a message."""
    query, message = update.callback_query, update.effective_message
    alert = unescape(sentence)
    try:
        if query and keyboard is None and len(alert) <= _ALERT_LENGTH:
            with suppress(BadRequest):  # the press is too old, or was answered before the error came
                await query.answer(alert, show_alert=True)
                return
        elif query:
            await acknowledge(query)
        if isinstance(message, Message):
            await message.reply_text(sentence, reply_markup=keyboard)
    except TelegramError as error:
        _log.warning("an error message could not be sent: %s", error)
