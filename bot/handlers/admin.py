"""/allow and /deny: admins decide who may use the bot; the database remembers it."""

import asyncio
from typing import Literal

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler

from bot.handlers.requests import message_of, text_of
from bot.parsing.arguments import parse_chat_id
from bot.services import Context
from forecasting.errors import InputError


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """What only admins may do."""
    return CommandHandler("allow", allow), CommandHandler("deny", deny)


async def allow(update: Update, context: Context) -> None:
    """Serve a chat from now on."""
    message, _visitor = message_of(update)
    chat_id = await _set_access(update, context, "allowed")
    await message.reply_text(f"Chat <code>{chat_id}</code> may use me now. /deny {chat_id} takes it back.")


async def deny(update: Update, context: Context) -> None:
    """Serve a chat no longer, whatever the settings say."""
    message, _visitor = message_of(update)
    chat_id = await _set_access(update, context, "denied")
    await message.reply_text(f"Chat <code>{chat_id}</code> is no longer served. /allow {chat_id} takes it back.")


async def _set_access(update: Update, context: Context, status: Literal["allowed", "denied"]) -> int:
    """Store whether a chat may use the bot.

    Raises:
        AccessDenied: the visitor is no admin.
        InputError: that is no chat's id, or the one of an admin, whom nothing denies.
    """
    message, visitor = message_of(update)
    services = context.services
    services.access.require_admin(visitor)
    chat_id = parse_chat_id(text_of(message), "/allow" if status == "allowed" else "/deny")
    if status == "denied" and services.access.is_admin(chat_id):
        raise InputError("The bot's admins are always served.", "To change that, take the id out of ADMINS.")
    await asyncio.to_thread(services.chats.set_access, chat_id, status, visitor.user_id, services.clock())
    return chat_id
