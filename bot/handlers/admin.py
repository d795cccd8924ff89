"""What only admins may do: /allow and /deny, which the database remembers, and /refetch."""

import asyncio
from typing import Literal

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler

from bot.handlers.requests import message_of, text_of
from bot.parsing.arguments import parse_chat_id
from bot.parsing.listing_names import parse_name
from bot.services import Context
from bot.telegram.typing import typing
from bot.view.text.names import below, read_as
from bot.view.text.prices import refetch_text
from forecasting.errors import InputError


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """The commands of admins."""
    return CommandHandler("allow", allow), CommandHandler("deny", deny), CommandHandler("refetch", refetch)


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


async def refetch(update: Update, context: Context) -> None:
    """Fetch a symbol's whole history anew, in the place of what is stored; say what has changed."""
    message, visitor = message_of(update)
    context.services.access.require_admin(visitor)
    services, name = context.services, parse_name(text_of(message), "/refetch")
    async with typing(message):
        found = await asyncio.to_thread(services.symbols.use, name, services.prices.refetch)
    fetched = found.answer
    await message.reply_text(below(read_as(name, found.match), refetch_text(fetched.history, fetched.changes)))


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
