"""/alert and /alerts: conditions on a symbol that a chat is notified of."""

import asyncio
from collections.abc import Sequence
from html import escape
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.handlers.group_rights import require_settings_right, topic_of
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.messages.fan_message import ignore_unmodified
from bot.parsing.push import AlertRequest, parse_alert, parse_alert_id
from bot.push.alert_rules import chance_of_rising
from bot.push.schedule import ready_at
from bot.push.types import Alert
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view.buttons import pattern
from bot.view.keyboards import alert_keyboard, alerts_keyboard
from bot.view.text.alerts import alert_list, alert_name, alert_question
from bot.view.text.names import below, read_as
from forecasting.errors import LimitReached
from forecasting.prices.exchanges.calendars import next_sessions
from forecasting.types.quantile_forecast import Forecast

MAX_ALERTS: Final = 50


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about alerts."""
    return (
        CommandHandler("alert", alert),
        CommandHandler("alerts", list_alerts),
        CallbackQueryHandler(choose, pattern("alert")),
        CallbackQueryHandler(remove, pattern("unalert")),
    )


async def alert(update: Update, context: Context) -> None:
    """Set an alert, or ask what a symbol should be watched for."""
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    await _reply(message, visitor, parse_alert(text_of(message)), context)


async def choose(update: Update, context: Context) -> None:
    """Set the alert that was tapped."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    await _reply(message, visitor, parse_alert(press.text), context)
    await acknowledge(query)


async def list_alerts(update: Update, context: Context) -> None:
    """Show a chat's alerts, each with its button."""
    message, visitor = message_of(update)
    own = await asyncio.to_thread(context.services.alerts.of_chat, visitor.chat_id)
    await message.reply_text(alert_list(own), reply_markup=alerts_keyboard(own))


async def remove(update: Update, context: Context) -> None:
    """Remove the alert that was tapped and show what is left."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await require_settings_right(message, visitor, context)
    left = await asyncio.to_thread(_remove, context.services, visitor.chat_id, parse_alert_id(press.text))
    await acknowledge(query, "Removed.")
    with ignore_unmodified():
        await query.edit_message_text(alert_list(left), reply_markup=alerts_keyboard(left))


async def _reply(message: Message, visitor: Visitor, request: AlertRequest | str, context: Context) -> None:
    """Set an alert, or ask what to watch a symbol for."""
    services = context.services
    async with typing(message):
        if isinstance(request, AlertRequest):
            made, named = await asyncio.to_thread(_set, services, visitor, request, topic_of(message))
            text, keyboard = f"🔔 {escape(alert_name(made))}. I check after each close; /alerts lists them.", None
        else:
            forecast, named = await asyncio.to_thread(_forecast, services, visitor, request)
            text, keyboard = alert_question(forecast.symbol, forecast.close), alert_keyboard(forecast.symbol)
    await message.reply_text(below(named, text), reply_markup=keyboard)


def _forecast(services: Services, visitor: Visitor, name: str) -> tuple[Forecast, str]:
    """The listing's forecast, which is what alerts are measured by, and HTML on what the name was read as."""
    services.quotas.spend(visitor, "forecast")
    found = services.symbols.use(name, services.forecasts.predict)
    return found.answer.forecast, read_as(name, found.match)


def _set(services: Services, visitor: Visitor, request: AlertRequest, topic: int | None) -> tuple[Alert, str]:
    """The use case: store an alert, which is first checked after the next close; and what the name was read as.

    Raises:
        LimitReached: the chat has too many.
    """
    forecast, named = _forecast(services, visitor, request.name)
    if len(services.alerts.of_chat(visitor.chat_id)) >= MAX_ALERTS:
        raise LimitReached(f"A chat can have {MAX_ALERTS} alerts.", "/alerts lists and removes them.")
    made = Alert(
        chat_id=visitor.chat_id,
        symbol=forecast.symbol,
        exchange=forecast.exchange,
        kind=request.kind,
        level=request.level,
        next_check_at=ready_at(forecast.exchange, next_sessions(forecast.exchange, forecast.origin, 1)[0]),
        last_session=forecast.origin,
        last_value=chance_of_rising(forecast) if request.kind == "chance" else forecast.close,
        topic=topic,
    )
    services.alerts.save(made)
    return made, named


def _remove(services: Services, chat_id: int, alert_id: int) -> Sequence[Alert]:
    """The use case: remove an alert; what is left."""
    services.alerts.remove(chat_id, alert_id)
    return services.alerts.of_chat(chat_id)
