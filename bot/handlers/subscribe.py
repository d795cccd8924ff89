"""/subscribe, /unsubscribe, /subscriptions, /pause and /resume, and their buttons."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.handlers.group_rights import require_settings_right, topic_of
from bot.handlers.requests import acknowledge, asked, pressed, spend, text_of, typing, zone_of
from bot.messages.fan_message import unmodified_is_fine
from bot.parsing.forecast import parse_symbol
from bot.parsing.push import Subscribe, parse_subscribe, parse_symbols
from bot.push.types import Subscription
from bot.services import Context, Services
from bot.view.buttons import pattern
from bot.view.keyboards import subscribed_keyboard, unsubscribe_keyboard, when_keyboard
from bot.view.text.subscriptions import subscribed_text, subscription_list, when_question
from forecasting.errors import InputError, LimitReached

MOST_SYMBOLS: Final = 25
"""A chat's digest with more would be too long to read."""


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about who gets what, and when."""
    return (
        CommandHandler("subscribe", subscribe),
        CommandHandler("unsubscribe", unsubscribe),
        CommandHandler("subscriptions", list_subscriptions),
        CommandHandler("pause", pause),
        CommandHandler("resume", resume),
        CallbackQueryHandler(ask_when, pattern("subscribe")),
        CallbackQueryHandler(choose_when, pattern("when")),
        CallbackQueryHandler(press_unsubscribe, pattern("unsubscribe")),
        CallbackQueryHandler(press_list, pattern("subscriptions")),
    )


async def subscribe(update: Update, context: Context) -> None:
    """Send symbols' forecasts from now on."""
    message, visitor = asked(update)
    wanted = parse_subscribe(text_of(message))
    await require_settings_right(message, visitor, context)
    async with typing(message):
        made = await _subscribe(message, visitor, wanted, context)
    keyboard = subscribed_keyboard(made[0].symbol) if len(made) == 1 else None
    await message.reply_text(await _confirmation(made, context.services), reply_markup=keyboard)


async def ask_when(update: Update, context: Context) -> None:
    """Ask below a chart when its symbol's forecast should come."""
    query, press = pressed(update)
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    await acknowledge(query)
    symbol = parse_symbol(press.text, "/subscribe")
    await message.reply_text(when_question(symbol), reply_markup=when_keyboard(symbol))


async def choose_when(update: Update, context: Context) -> None:
    """Subscribe at the time that was tapped, and confirm in place of the question."""
    query, press = pressed(update)
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    made = await _subscribe(message, visitor, parse_subscribe(f"/subscribe {press.text}"), context)
    await acknowledge(query, "Subscribed.")
    text = await _confirmation(made, context.services)
    with unmodified_is_fine():
        await query.edit_message_text(text, reply_markup=subscribed_keyboard(made[0].symbol))


async def unsubscribe(update: Update, context: Context) -> None:
    """Stop the named symbols, or offer every one as a button.

    Raises:
        InputError: none of the named symbols is followed.
    """
    message, visitor = asked(update)
    symbols = parse_symbols(text_of(message))
    await require_settings_right(message, visitor, context)
    if not symbols:
        await _show_list(message, visitor.chat_id, context.services)
        return
    subscriptions = context.services.push.subscriptions
    stopped = [s for s in symbols if await asyncio.to_thread(subscriptions.remove, visitor.chat_id, s)]
    if not stopped:
        raise InputError("This chat follows none of these.", "/subscriptions lists what it follows.")
    await message.reply_text(f"Stopped: {escape(', '.join(stopped))}.")


async def press_unsubscribe(update: Update, context: Context) -> None:
    """Stop the symbol that was tapped and show what is left."""
    query, press = pressed(update)
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    subscriptions = context.services.push.subscriptions
    symbol = parse_symbol(press.text, "/unsubscribe")
    await asyncio.to_thread(subscriptions.remove, visitor.chat_id, symbol)
    await acknowledge(query, f"{symbol} is no longer sent.")
    text, own = await _list(visitor.chat_id, context.services)
    with unmodified_is_fine():
        await query.edit_message_text(text, reply_markup=unsubscribe_keyboard(own))


async def list_subscriptions(update: Update, context: Context) -> None:
    """Show what is sent to this chat, and when next."""
    message, visitor = asked(update)
    await _show_list(message, visitor.chat_id, context.services)


async def press_list(update: Update, context: Context) -> None:
    """The same, from a button."""
    query, _press = pressed(update)
    message, visitor = asked(update)
    await acknowledge(query)
    await _show_list(message, visitor.chat_id, context.services)


async def pause(update: Update, context: Context) -> None:
    """Send nothing to this chat until /resume."""
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    await asyncio.to_thread(context.services.chats.set_state, visitor.chat_id, "paused")
    await message.reply_text("Paused: nothing is sent to this chat until /resume. Commands still work.")


async def resume(update: Update, context: Context) -> None:
    """Send again; what fell into the pause is not caught up."""
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    await asyncio.to_thread(reopen, context.services, visitor.chat_id)
    await _show_list(message, visitor.chat_id, context.services)


def reopen(services: Services, chat_id: int) -> None:
    """Write to a chat again, from what is due next on; blocking."""
    services.push.wishes.plan_chat(chat_id, services.clock())
    services.chats.set_state(chat_id, "active")


def reopen_closed(services: Services, chat_id: int) -> None:
    """Write again to a chat that could not be written to, now that it shows it can; blocking."""
    chat = services.chats.get(chat_id)
    if chat and chat.state == "blocked":
        reopen(services, chat_id)


async def _subscribe(message: Message, visitor: Visitor, wanted: Subscribe, context: Context) -> Sequence[Subscription]:
    """Keep the subscriptions, once every symbol is known to have a forecast."""
    services, made = context.services, []
    for symbol in wanted.symbols:
        await spend(services, visitor, "forecast")
        forecast = (await asyncio.to_thread(services.forecasts.predict, symbol)).forecast
        made.append(
            Subscription(
                chat_id=visitor.chat_id,
                symbol=forecast.symbol,
                exchange=forecast.exchange,
                when=wanted.when,
                next_due_at=services.clock(),
                topic=topic_of(message),
            )
        )
    return await asyncio.to_thread(_keep, services, made)


def _keep(services: Services, made: Sequence[Subscription]) -> Sequence[Subscription]:
    """Plan and store subscriptions of one chat; a known one keeps what it has sent already."""
    push = services.push
    reopen_closed(services, made[0].chat_id)
    known = {one.symbol: one for one in push.subscriptions.of_chat(made[0].chat_id)}
    if len(known.keys() | {one.symbol for one in made}) > MOST_SYMBOLS:
        raise LimitReached(f"A chat can follow {MOST_SYMBOLS} symbols.", "Stop some with /unsubscribe first.")
    sent = [replace(one, last_session=known[one.symbol].last_session) if one.symbol in known else one for one in made]
    planned = [push.wishes.plan(one, services.clock()) for one in sent]
    push.subscriptions.save(planned)
    return planned


async def _confirmation(made: Sequence[Subscription], services: Services) -> str:
    """What is sent from now on, or once the chat's pause ends."""
    chat_id = made[0].chat_id
    zone = await zone_of(services, chat_id)
    return subscribed_text(made, zone, paused=await asyncio.to_thread(_is_paused, services, chat_id))


async def _show_list(message: Message, chat_id: int, services: Services) -> None:
    text, own = await _list(chat_id, services)
    await message.reply_text(text, reply_markup=unsubscribe_keyboard(own))


async def _list(chat_id: int, services: Services) -> tuple[str, Sequence[Subscription]]:
    """The list's words, and what is on it."""
    own = await asyncio.to_thread(services.push.subscriptions.of_chat, chat_id)
    zone, quiet = await asyncio.to_thread(services.push.wishes.hours, chat_id)
    paused = await asyncio.to_thread(_is_paused, services, chat_id)
    return subscription_list(own, zone, quiet, paused=paused), own


def _is_paused(services: Services, chat_id: int) -> bool:
    """Whether nothing is sent to a chat until its people say /resume."""
    chat = services.chats.get(chat_id)
    return chat is not None and chat.state == "paused"
