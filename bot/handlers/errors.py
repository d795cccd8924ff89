"""The one translator of errors into sentences for the chat; nothing unexpected is shown, everything is logged."""

import logging
import secrets
from contextlib import suppress
from html import escape, unescape
from typing import Final

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.context import Context
from bot.handlers.moves import zone_of
from bot.view.keyboards import matches_keyboard
from bot.view.numbers import duration, moment
from forecasting.errors import FanchartError, RateLimited, SourceUnreachable, UnknownSymbol

_ALERT_LENGTH: Final = 200
"""Bot API, answerCallbackQuery.text: 0-200 characters."""

_log = logging.getLogger(__name__)


async def report(update: object, context: Context) -> None:
    """Tell whoever asked what happened and what to do next."""
    error = context.error
    if error is None or isinstance(error, (Forbidden, TimedOut)):
        _log.info("an answer could not be delivered: %s", error)
        return
    sentence = await _sentence(error, update, context)
    if isinstance(update, Update):
        await _tell(update, sentence, _keyboard(error))


async def _sentence(error: Exception, update: object, context: Context) -> str:
    """HTML of what to say about an error."""
    if isinstance(error, (RateLimited, SourceUnreachable)) and error.retry_at and isinstance(update, Update):
        services = context.services
        chat = update.effective_chat
        zone = await zone_of(services, chat.id if chat else 0)
        wait = duration(error.retry_at - services.clock())
        return f"{escape(error.what)} Next try in {wait} ({moment(error.retry_at, zone)})."
    if isinstance(error, FanchartError):
        return escape(str(error))
    reference = secrets.token_hex(3)
    _log.error("unexpected error %s", reference, exc_info=error)
    if isinstance(error, NetworkError) and not isinstance(error, BadRequest):
        return f"Telegram and I had trouble talking; please try again (reference {reference})."
    return f"Something went wrong on my side; please try again. If it stays, tell an admin this: {reference}."


def _keyboard(error: Exception) -> InlineKeyboardMarkup | None:
    """What may have been meant, where that is known."""
    return matches_keyboard(error.matches) if isinstance(error, UnknownSymbol) and error.matches else None


async def _tell(update: Update, sentence: str, keyboard: InlineKeyboardMarkup | None) -> None:
    """Answer where it was asked: a press by an alert where that is still possible, anything else by a message."""
    query, message = update.callback_query, update.effective_message
    alert = unescape(sentence)
    try:
        if query and keyboard is None and len(alert) <= _ALERT_LENGTH:
            with suppress(BadRequest):  # the press is too old, or was answered before the error came
                await query.answer(alert, show_alert=True)
                return
        if isinstance(message, Message):
            await message.reply_text(sentence, reply_markup=keyboard)
    except TelegramError as error:
        _log.warning("an error could not be told: %s", error)
