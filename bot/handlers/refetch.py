"""/refetch: an admin has a symbol's whole history fetched anew, in the place of what is stored."""

import asyncio

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler

from bot.handlers.requests import message_of, text_of
from bot.parsing.listing_names import parse_name
from bot.services import Context
from bot.telegram.typing import typing
from bot.view.text.names import below, read_as
from bot.view.text.refetch import refetch_text


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """What admins may do to prices."""
    return (CommandHandler("refetch", refetch),)


async def refetch(update: Update, context: Context) -> None:
    """Say what has changed, or why nothing has."""
    message, visitor = message_of(update)
    context.services.access.require_admin(visitor)
    services, name = context.services, parse_name(text_of(message), "/refetch")
    async with typing(message):
        found = await asyncio.to_thread(services.symbols.use, name, services.prices.refetch)
    fetched = found.answer
    await message.reply_text(below(read_as(name, found.match), refetch_text(fetched.history, fetched.changes)))
