"""/timezone and /quiet: a chat's clock, and when nothing is sent."""

import asyncio
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from telegram import Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.chats.types import QuietHours
from bot.handlers.group_rights import require_settings_right
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.parsing import timezones
from bot.parsing.arguments import UsageError
from bot.parsing.push import parse_place, parse_quiet
from bot.services import Context, Services
from bot.view.buttons import pattern
from bot.view.keyboards import places_keyboard
from bot.view.text.subscriptions import places_text, quiet_words, timezone_question, timezone_text


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about a chat's hours."""
    return (
        CommandHandler("timezone", timezone),
        CommandHandler("quiet", quiet),
        CallbackQueryHandler(choose_timezone, pattern("timezone")),
        MessageHandler(filters.LOCATION & filters.ChatType.PRIVATE, located),
    )


async def timezone(update: Update, context: Context) -> None:
    """Show the chat's timezone, set the one that was named, or offer those that may be meant."""
    message, visitor = message_of(update)
    services = context.services
    place = parse_place(text_of(message))
    if not place:
        question = timezone_question(context.zone, services.clock())
        await message.reply_text(question, reply_markup=places_keyboard(timezones.POPULAR))
        return
    await require_settings_right(message, visitor, context)
    zone, places = await asyncio.to_thread(_set_place, services, visitor.chat_id, place)
    if zone:
        await message.reply_text(timezone_text(zone, services.clock()))
    else:
        offered = places or timezones.POPULAR
        await message.reply_text(places_text(place, found=bool(places)), reply_markup=places_keyboard(offered))


async def choose_timezone(update: Update, context: Context) -> None:
    """Set the timezone that was tapped."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    services = context.services
    zone = await asyncio.to_thread(_set_timezone, services, visitor.chat_id, press.text)
    await message.reply_text(timezone_text(zone, services.clock()))
    await acknowledge(query)


async def located(update: Update, context: Context) -> None:
    """Set the timezone of a shared location, which is not kept."""
    message, visitor = message_of(update)
    services, location = context.services, message.location
    if location:
        zone = await asyncio.to_thread(_set_location, services, visitor.chat_id, location.latitude, location.longitude)
        await message.reply_text(timezone_text(zone, services.clock()))


async def quiet(update: Update, context: Context) -> None:
    """Set or drop the hours in which nothing is sent."""
    message, visitor = message_of(update)
    hours = parse_quiet(text_of(message))
    await require_settings_right(message, visitor, context)
    await asyncio.to_thread(_save_quiet, context.services, visitor.chat_id, hours)
    held = " What comes due then is sent when they end." if hours else ""
    await message.reply_text(f"This chat has {quiet_words(hours)} ({context.zone.key}).{held}")


def _set_place(services: Services, chat_id: int, place: str) -> tuple[ZoneInfo | None, Sequence[timezones.Place]]:
    """The use case: set the timezone of a place whose name leaves no doubt; beside it, every place of that name."""
    found = timezones.search(place)
    if len({one.timezone for one in found}) != 1:
        return None, found
    return _set_timezone(services, chat_id, found[0].timezone), found


def _set_location(services: Services, chat_id: int, latitude: float, longitude: float) -> ZoneInfo:
    """The use case: set the timezone of a point on the map (degrees)."""
    return _set_timezone(services, chat_id, timezones.at(latitude, longitude))


def _set_timezone(services: Services, chat_id: int, zone: str) -> ZoneInfo:
    """The use case: store a timezone that is one.

    Raises:
        UsageError: it is none. A button's text need not be ours, and an unreadable timezone would stop the push.
    """
    if not timezones.is_timezone(zone):
        raise UsageError("I do not know that timezone.", "/timezone Munich")
    services.chats.set_timezone(chat_id, zone)
    services.planner.plan_chat(chat_id, services.clock())
    return ZoneInfo(zone)


def _save_quiet(services: Services, chat_id: int, hours: QuietHours | None) -> None:
    services.chats.set_quiet(chat_id, hours)
    services.planner.plan_chat(chat_id, services.clock())
