"""The small moves that handlers share: showing that work goes on, quotas, a chat's timezone, a message's parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.access.policy import Visitor, Work
from bot.handlers.gate import visitor_of
from bot.services import Services
from bot.view.buttons import Press

_QUICK_S: Final = 0.4
"""What is answered within this time needs no typing indicator."""
_TYPING_LASTS_S: Final = 4.5
"""Telegram shows the indicator for 5 seconds (Bot API, sendChatAction)."""
_QUOTA_SPAN: Final = timedelta(hours=24)


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show in the chat that work goes on, for as long as the block runs."""
    showing = asyncio.create_task(_show_typing(message))
    try:
        yield
    finally:
        showing.cancel()


async def _show_typing(message: Message) -> None:
    await asyncio.sleep(_QUICK_S)
    thread = message.message_thread_id if message.is_topic_message else None
    with suppress(TelegramError):  # an indicator that cannot be shown is no reason not to answer
        while True:
            await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=thread)
            await asyncio.sleep(_TYPING_LASTS_S)


async def spend(services: Services, visitor: Visitor, work: Work) -> None:
    """Count one piece of work against the visitor's quota.

    Raises:
        LimitReached: the quota of the last 24 hours is used up.
    """
    now = services.clock()
    used = await asyncio.to_thread(services.usage.count, visitor.user_id, work, now - _QUOTA_SPAN)
    services.access.require_quota(visitor, work, used)
    await asyncio.to_thread(services.usage.note, visitor.user_id, work, now)


async def zone_of(services: Services, chat_id: int) -> ZoneInfo:
    """The chat's own timezone, or the host's where the chat is not known yet."""
    chat = await asyncio.to_thread(services.chats.get, chat_id)
    return ZoneInfo(chat.timezone if chat else services.home_timezone)


def asked(update: Update) -> tuple[Message, Visitor]:
    """The message that a command came in, new or edited, and who sent it.

    Raises:
        LookupError: the update is no message of a person; the handlers' filters let none such through.
    """
    message, visitor = update.effective_message, visitor_of(update)
    if message is None or visitor is None:
        raise LookupError(update.update_id)
    return message, visitor


def text_of(message: Message) -> str:
    """What was written."""
    return message.text or ""


def pressed(update: Update) -> tuple[CallbackQuery, Press]:
    """The press on one of our buttons; the handlers' patterns let no other through.

    Raises:
        LookupError: there is none.
    """
    query = update.callback_query
    press = Press.read(query.data) if query else None
    if query is None or press is None:
        raise LookupError(update.update_id)
    return query, press


async def acknowledge(query: CallbackQuery, words: str = "") -> None:
    """End the waiting sign on a pressed button, which is worth nothing any more when it took too long.

    Without words none are sent: where python-telegram-bot has defaults, it makes "[]" of an empty text.
    """
    with suppress(BadRequest):
        await query.answer(words or None)
