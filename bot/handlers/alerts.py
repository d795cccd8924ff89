"""/alert and /alerts: telling a chat when something happens."""

import asyncio
from html import escape
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.handlers.group_rights import require_settings_right, topic_of
from bot.handlers.requests import acknowledge, asked, pressed, spend, text_of, typing
from bot.messages.fan_message import unmodified_is_fine
from bot.parsing.push import Watch, parse_alert, parse_alert_id
from bot.push.alert_rules import chance_of_rising
from bot.push.schedule import ready_at
from bot.push.types import Alert
from bot.services import Context, Services
from bot.view.buttons import pattern
from bot.view.keyboards import alert_keyboard, alerts_keyboard
from bot.view.text.alerts import alert_list, alert_name, alert_question
from forecasting.errors import LimitReached
from forecasting.prices.calendars import next_sessions
from forecasting.types.quantile_forecast import Forecast

MOST_ALERTS: Final = 50


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
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    await _watch(message, visitor, parse_alert(text_of(message)), context)


async def choose(update: Update, context: Context) -> None:
    """Set the alert that was tapped."""
    query, press = pressed(update)
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    await _watch(message, visitor, parse_alert(f"/alert {press.text}"), context)
    await acknowledge(query)


async def list_alerts(update: Update, context: Context) -> None:
    """Show a chat's alerts, each with its button."""
    message, visitor = asked(update)
    own = await asyncio.to_thread(context.services.push.alerts.of_chat, visitor.chat_id)
    await message.reply_text(alert_list(own), reply_markup=alerts_keyboard(own))


async def remove(update: Update, context: Context) -> None:
    """Remove the alert that was tapped and show what is left."""
    query, press = pressed(update)
    message, visitor = asked(update)
    await require_settings_right(message, visitor, context)
    alerts = context.services.push.alerts
    await asyncio.to_thread(alerts.remove, visitor.chat_id, parse_alert_id(press.text))
    await acknowledge(query, "Removed.")
    own = await asyncio.to_thread(alerts.of_chat, visitor.chat_id)
    with unmodified_is_fine():
        await query.edit_message_text(alert_list(own), reply_markup=alerts_keyboard(own))


async def _watch(message: Message, visitor: Visitor, wanted: Watch | str, context: Context) -> None:
    """Set an alert, or ask what to watch for."""
    async with typing(message):
        symbol = wanted if isinstance(wanted, str) else wanted.symbol
        forecast = await _forecast(symbol, visitor, context.services)
    if isinstance(wanted, Watch):
        await _set(message, wanted, forecast, context.services)
        return
    symbol = forecast.symbol
    await message.reply_text(alert_question(symbol, forecast.close), reply_markup=alert_keyboard(symbol))


async def _forecast(symbol: str, visitor: Visitor, services: Services) -> Forecast:
    """The symbol's forecast, which is what alerts are measured by."""
    await spend(services, visitor, "forecast")
    return (await asyncio.to_thread(services.forecasts.predict, symbol)).forecast


async def _set(message: Message, wanted: Watch, forecast: Forecast, services: Services) -> None:
    """Keep an alert; it is first looked at after the next close."""
    alerts = services.push.alerts
    own = await asyncio.to_thread(alerts.of_chat, message.chat_id)
    if len(own) >= MOST_ALERTS:
        raise LimitReached(f"A chat can have {MOST_ALERTS} alerts.", "/alerts lists and removes them.")
    made = Alert(
        chat_id=message.chat_id,
        symbol=forecast.symbol,
        exchange=forecast.exchange,
        kind=wanted.kind,
        level=wanted.level,
        next_check_at=ready_at(forecast.exchange, next_sessions(forecast.exchange, forecast.origin, 1)[0]),
        last_session=forecast.origin,
        last_value=chance_of_rising(forecast) if wanted.kind == "chance" else forecast.close,
        topic=topic_of(message),
    )
    await asyncio.to_thread(alerts.save, made)
    await message.reply_text(f"🔔 {escape(alert_name(made))}. I look after each close; /alerts lists them.")
