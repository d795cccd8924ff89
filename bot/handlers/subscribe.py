"""/subscribe, /unsubscribe, /subscriptions, /pause and /resume, and their buttons."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from typing import Final

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.chats.types import ChatProfile
from bot.handlers.group_rights import require_settings_right, topic_of
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.messages.fan_message import ignore_unmodified
from bot.parsing.forecast import DEFAULT_HORIZON
from bot.parsing.listing_names import parse_name, parse_names
from bot.parsing.push import Subscribe, parse_subscribe
from bot.push.types import Subscription
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view.buttons import Press, pattern
from bot.view.keyboards import matches_keyboard, subscribed_keyboard, unsubscribe_keyboard, when_keyboard
from bot.view.text.names import below, read_as
from bot.view.text.subscriptions import subscribed_text, subscription_list, when_question
from forecasting.errors import InputError, LimitReached, PriceError, UnknownSymbol
from forecasting.types.quantile_forecast import Forecast

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
    await message.reply_text(_confirmation(made, context), reply_markup=_keyboard(made, request))


async def ask_when(update: Update, context: Context) -> None:
    """Ask below a chart when its symbol's forecast should come."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    await acknowledge(query)
    symbol = parse_name(press.text, "/subscribe")
    await message.reply_text(when_question(symbol), reply_markup=when_keyboard(symbol))


async def choose_when(update: Update, context: Context) -> None:
    """Subscribe at the time that was tapped, and confirm in place of the question."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    request = parse_subscribe(press.text)
    made = await _subscribe(message, visitor, request, context)
    await acknowledge(query, "Subscribed.")
    with ignore_unmodified():
        await query.edit_message_text(_confirmation(made, context), reply_markup=_keyboard(made, request))


async def unsubscribe(update: Update, context: Context) -> None:
    """Stop the named symbols, or offer every one as a button."""
    message, visitor = message_of(update)
    names = parse_names(text_of(message))
    await require_settings_right(message, visitor, context)
    if not names:
        await _reply_list(message, visitor.chat_id, context)
        return
    stopped = await asyncio.to_thread(_unsubscribe, context.services, visitor.chat_id, names)
    await message.reply_text(f"Stopped: {escape(', '.join(stopped))}.")


async def press_unsubscribe(update: Update, context: Context) -> None:
    """Stop the symbol that was tapped and show what is left."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    symbol = parse_name(press.text, "/unsubscribe")
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
    """New subscriptions, what is known of their chat, and what there is to say about the names."""

    subscriptions: Sequence[Subscription]
    profile: ChatProfile
    read_as: Sequence[str]  # HTML of which listings names were read as
    problems: Sequence[UnknownSymbol | PriceError]  # of the names that nothing came of


async def _subscribe(message: Message, visitor: Visitor, request: Subscribe, context: Context) -> _Made:
    return await asyncio.to_thread(_save, context.services, visitor, request, topic_of(message))


def _save(services: Services, visitor: Visitor, request: Subscribe, topic: int | None) -> _Made:
    """The use case: plan and store subscriptions to everything that is known to have a forecast.

    A known subscription keeps what it has sent already.

    Raises:
        FanchartError: nothing that was named has a forecast, or the chat would follow too many symbols.
    """
    made, named, problems = _new_ones(services, visitor, request, topic)
    reopen_blocked(services, visitor.chat_id)
    known = {one.symbol: one for one in services.subscriptions.of_chat(visitor.chat_id)}
    if len(known.keys() | {one.symbol for one in made}) > MAX_SYMBOLS:
        raise LimitReached(f"A chat can follow {MAX_SYMBOLS} symbols.", "Stop some with /unsubscribe first.")
    sent = [replace(one, last_session=known[one.symbol].last_session) if one.symbol in known else one for one in made]
    planned = services.planner.plan(visitor.chat_id, sent, services.clock())
    services.subscriptions.save(planned)
    return _Made(planned, services.chats.profile(visitor.chat_id), named, problems)


def _new_ones(
    services: Services, visitor: Visitor, request: Subscribe, topic: int | None
) -> tuple[Sequence[Subscription], Sequence[str], Sequence[UnknownSymbol | PriceError]]:
    """Subscriptions that are not yet planned, what their names were read as, and why there are no others.

    Raises:
        UnknownSymbol: there is none, and this is the first reason.
        PriceError: as above.
    """
    made: dict[str, Subscription] = {}
    named: list[str] = []
    problems: list[UnknownSymbol | PriceError] = []
    for name in request.names:
        services.quotas.spend(visitor, "forecast")
        try:
            found = services.symbols.use(name, partial(services.forecasts.predict, horizon=DEFAULT_HORIZON))
        except (UnknownSymbol, PriceError) as error:
            problems.append(error)
            continue
        one = _subscription(services, visitor.chat_id, found.answer.forecast, request, topic)
        made[one.symbol] = one
        named.append(read_as(name, found.match))
    if not made:
        raise problems[0]
    return tuple(made.values()), tuple(filter(None, named)), problems


def _subscription(
    services: Services, chat_id: int, forecast: Forecast, request: Subscribe, topic: int | None
) -> Subscription:
    return Subscription(
        chat_id=chat_id,
        symbol=forecast.symbol,
        exchange=forecast.exchange,
        when=request.when,
        next_due_at=services.clock(),
        topic=topic,
    )


def _unsubscribe(services: Services, chat_id: int, names: Sequence[str]) -> Sequence[str]:
    """The use case: the symbols that were followed, and are no more.

    Raises:
        InputError: none of them was.
    """
    symbols = map(services.symbols.known, names)
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
    """What is sent from now on, or once the chat's pause ends, and what is not."""
    zone = made.profile.zone(context.services.home_timezone)
    text = subscribed_text(made.subscriptions, zone, paused=made.profile.is_paused)
    problems = [f"⚠️ {escape(problem.what)}" for problem in made.problems]
    return below("\n".join(made.read_as), "\n".join((text, *problems)))


def _keyboard(made: _Made, request: Subscribe) -> InlineKeyboardMarkup | None:
    """What else may have been meant by a name, at the same time of day; else how to change the one subscription."""
    when = request.when if isinstance(request.when, str) else f"{request.when:%H:%M}"
    matches = [match for problem in made.problems for match in getattr(problem, "matches", ())]
    if matches:
        return matches_keyboard(matches, lambda symbol: Press("when", (symbol, when)))
    return subscribed_keyboard(made.subscriptions[0].symbol) if len(made.subscriptions) == 1 else None


async def _reply_list(message: Message, chat_id: int, context: Context) -> None:
    own = await asyncio.to_thread(context.services.subscriptions.of_chat, chat_id)
    await message.reply_text(_list_text(own, context), reply_markup=unsubscribe_keyboard(own))


def _list_text(own: Sequence[Subscription], context: Context) -> str:
    profile = context.profile
    return subscription_list(own, context.zone, profile.quiet, paused=profile.is_paused)
