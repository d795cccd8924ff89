"""/subscribe, /unsubscribe, /subscriptions, /pause and /resume, and their buttons."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.chats.types import ChatProfile
from bot.handlers.group_rights import require_settings_right, topic_of
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.messages.fan_message import ignore_unmodified
from bot.parsing.arguments import parse_symbol, parse_symbols
from bot.parsing.push import Subscribe, parse_subscribe
from bot.push.types import Subscription
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view.buttons import pattern
from bot.view.keyboards import subscribed_keyboard, unsubscribe_keyboard, when_keyboard
from bot.view.text.subscriptions import subscribed_text, subscription_list, when_question
from forecasting.errors import InputError, LimitReached

MAX_SYMBOLS: Final = 25
"""Of a chat; a digest with more would be too long to read."""


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about subscriptions."""
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
    """Subscribe the chat to some symbols' forecasts."""
    message, visitor = message_of(update)
    request = parse_subscribe(text_of(message))
    await require_settings_right(message, visitor, context)
    async with typing(message):
        made = await _subscribe(message, visitor, request, context)
    keyboard = subscribed_keyboard(made.subscriptions[0].symbol) if len(made.subscriptions) == 1 else None
    await message.reply_text(_confirmation(made, context), reply_markup=keyboard)


async def ask_when(update: Update, context: Context) -> None:
    """Ask below a chart when its symbol's forecast should come."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    await acknowledge(query)
    symbol = parse_symbol(press.text, "/subscribe")
    await message.reply_text(when_question(symbol), reply_markup=when_keyboard(symbol))


async def choose_when(update: Update, context: Context) -> None:
    """Subscribe at the time that was tapped, and confirm in place of the question."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    made = await _subscribe(message, visitor, parse_subscribe(press.text), context)
    await acknowledge(query, "Subscribed.")
    keyboard = subscribed_keyboard(made.subscriptions[0].symbol)
    with ignore_unmodified():
        await query.edit_message_text(_confirmation(made, context), reply_markup=keyboard)


async def unsubscribe(update: Update, context: Context) -> None:
    """Stop the named symbols, or offer every one as a button."""
    message, visitor = message_of(update)
    symbols = parse_symbols(text_of(message))
    await require_settings_right(message, visitor, context)
    if not symbols:
        await _reply_list(message, visitor.chat_id, context)
        return
    stopped = await asyncio.to_thread(_unsubscribe, context.services, visitor.chat_id, symbols)
    await message.reply_text(f"Stopped: {escape(', '.join(stopped))}.")


async def press_unsubscribe(update: Update, context: Context) -> None:
    """Stop the symbol that was tapped and show what is left."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    symbol = parse_symbol(press.text, "/unsubscribe")
    left = await asyncio.to_thread(_remove, context.services, visitor.chat_id, symbol)
    await acknowledge(query, f"{symbol} is no longer sent.")
    with ignore_unmodified():
        await query.edit_message_text(_list_text(left, context), reply_markup=unsubscribe_keyboard(left))


async def list_subscriptions(update: Update, context: Context) -> None:
    """Show what is sent to this chat, and when next."""
    message, visitor = message_of(update)
    await _reply_list(message, visitor.chat_id, context)


async def press_list(update: Update, context: Context) -> None:
    """The same, from a button."""
    query, _press = press_of(update)
    message, visitor = message_of(update)
    await acknowledge(query)
    await _reply_list(message, visitor.chat_id, context)


async def pause(update: Update, context: Context) -> None:
    """Send nothing to this chat until /resume."""
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    await asyncio.to_thread(context.services.chats.set_state, visitor.chat_id, "paused")
    await message.reply_text("Paused: nothing is sent to this chat until /resume. Commands still work.")


async def resume(update: Update, context: Context) -> None:
    """Send again; what fell into the pause is not caught up."""
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    own = await asyncio.to_thread(_resume, context.services, visitor.chat_id)
    text = subscription_list(own, context.zone, context.profile.quiet, paused=False)
    await message.reply_text(text, reply_markup=unsubscribe_keyboard(own))


def reopen(services: Services, chat_id: int) -> None:
    """Write to a chat again, beginning with what is due next; blocking."""
    services.planner.plan_chat(chat_id, services.clock())
    services.chats.set_state(chat_id, "active")


def reopen_blocked(services: Services, chat_id: int) -> None:
    """Write again to a chat that had blocked or removed the bot; blocking."""
    chat = services.chats.get(chat_id)
    if chat and chat.state == "blocked":
        reopen(services, chat_id)


@dataclass(frozen=True, slots=True)
class _Made:
    """New subscriptions, and what is known of their chat."""

    subscriptions: Sequence[Subscription]
    profile: ChatProfile


async def _subscribe(message: Message, visitor: Visitor, request: Subscribe, context: Context) -> _Made:
    return await asyncio.to_thread(_save, context.services, visitor, request, topic_of(message))


def _save(services: Services, visitor: Visitor, request: Subscribe, topic: int | None) -> _Made:
    """The use case: plan and store subscriptions, once every symbol is known to have a forecast.

    A known subscription keeps what it has sent already.

    Raises:
        LimitReached: the chat would follow too many symbols.
    """
    made = [_new(services, visitor, symbol, request, topic) for symbol in request.symbols]
    reopen_blocked(services, visitor.chat_id)
    known = {one.symbol: one for one in services.subscriptions.of_chat(visitor.chat_id)}
    if len(known.keys() | {one.symbol for one in made}) > MAX_SYMBOLS:
        raise LimitReached(f"A chat can follow {MAX_SYMBOLS} symbols.", "Stop some with /unsubscribe first.")
    sent = [replace(one, last_session=known[one.symbol].last_session) if one.symbol in known else one for one in made]
    planned = services.planner.plan(visitor.chat_id, sent, services.clock())
    services.subscriptions.save(planned)
    return _Made(planned, services.chats.profile(visitor.chat_id))


def _new(services: Services, visitor: Visitor, symbol: str, request: Subscribe, topic: int | None) -> Subscription:
    """A subscription to a symbol that has a forecast, not yet planned."""
    services.quotas.spend(visitor, "forecast")
    forecast = services.forecasts.predict(symbol).forecast
    return Subscription(
        chat_id=visitor.chat_id,
        symbol=forecast.symbol,
        exchange=forecast.exchange,
        when=request.when,
        next_due_at=services.clock(),
        topic=topic,
    )


def _unsubscribe(services: Services, chat_id: int, symbols: Sequence[str]) -> Sequence[str]:
    """The use case: the symbols that were followed, and are no more.

    Raises:
        InputError: none of them was.
    """
    stopped = [symbol for symbol in symbols if services.subscriptions.remove(chat_id, symbol)]
    if not stopped:
        raise InputError("This chat follows none of these.", "/subscriptions lists what it follows.")
    return stopped


def _remove(services: Services, chat_id: int, symbol: str) -> Sequence[Subscription]:
    """The use case: stop a symbol; what is left."""
    services.subscriptions.remove(chat_id, symbol)
    return services.subscriptions.of_chat(chat_id)


def _resume(services: Services, chat_id: int) -> Sequence[Subscription]:
    """The use case: write to the chat again; what it follows."""
    reopen(services, chat_id)
    return services.subscriptions.of_chat(chat_id)


def _confirmation(made: _Made, context: Context) -> str:
    """What is sent from now on, or once the chat's pause ends."""
    zone = made.profile.zone(context.services.home_timezone)
    return subscribed_text(made.subscriptions, zone, paused=made.profile.is_paused)


async def _reply_list(message: Message, chat_id: int, context: Context) -> None:
    own = await asyncio.to_thread(context.services.subscriptions.of_chat, chat_id)
    await message.reply_text(_list_text(own, context), reply_markup=unsubscribe_keyboard(own))


def _list_text(own: Sequence[Subscription], context: Context) -> str:
    profile = context.profile
    return subscription_list(own, context.zone, profile.quiet, paused=profile.is_paused)
