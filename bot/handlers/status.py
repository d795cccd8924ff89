"""/status: how the price sources and the queue are doing, since when the bot runs, and which version."""

import asyncio

from telegram import Update
from telegram.ext import BaseHandler, CommandHandler

from bot.handlers.requests import asked, zone_of
from bot.services import Context
from bot.view.text.status import status_text


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """The one command."""
    return (CommandHandler("status", status),)


async def status(update: Update, context: Context) -> None:
    """Tell everybody; nothing in it is secret."""
    message, _visitor = asked(update)
    services = context.services
    zone = await zone_of(services, message.chat_id)
    sources = await asyncio.to_thread(services.prices.status)
    text = status_text(sources, services.jobs.jobs(), services.started_at, services.clock(), zone)
    await message.reply_text(text)
