"""/predict, `$AAPL`, and the buttons below a fan chart."""

import asyncio
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.access.policy import Visitor
from bot.handlers.requests import acknowledge, asked, pressed, spend, text_of, typing, zone_of
from bot.handlers.training import begin_training, follow, with_job
from bot.messages.fan_message import FanMessage, replace_fan, send_fan
from bot.parsing.forecast import Predict, parse_predict
from bot.services import Context
from bot.view.buttons import pattern
from bot.view.text.numbers import day

CASHTAG: Final = filters.Regex(r"^\$[A-Za-z^]\S{0,20}(\s+[0-9]+)?\s*$")
"""A message that is nothing but `$AAPL`, or `$AAPL 10`; "$AAPL to the moon" is talk among people."""


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything that shows a fan chart."""
    return (
        CommandHandler("predict", predict),
        MessageHandler(CASHTAG, predict),
        CallbackQueryHandler(show, pattern("show")),
        CallbackQueryHandler(turn, pattern("predict")),
        CallbackQueryHandler(refresh, pattern("refresh")),
    )


async def predict(update: Update, context: Context) -> None:
    """Answer a written question with a photo."""
    message, visitor = asked(update)
    await reply_forecast(message, visitor, parse_predict(text_of(message)), context)


async def show(update: Update, context: Context) -> None:
    """Answer a press that asks for a symbol's forecast with a new photo."""
    query, press = pressed(update)
    message, visitor = asked(update)
    await reply_forecast(message, visitor, parse_predict(press.text), context)
    await acknowledge(query)


async def turn(update: Update, context: Context) -> None:
    """Show another horizon in the same message."""
    query, press = pressed(update)
    await _turn(update, context, parse_predict(press.text))
    await acknowledge(query)


async def refresh(update: Update, context: Context) -> None:
    """Look for newer prices, and show the forecast on them in the same message."""
    query, press = pressed(update)
    fan = await _turn(update, context, parse_predict(press.text))
    await acknowledge(query, f"Prices to {day(fan.answer.forecast.origin)}: the newest there are.")


async def reply_forecast(message: Message, visitor: Visitor, wanted: Predict, context: Context) -> None:
    """Send a forecast below a message; where the symbol's own model is due, begin its training and retell it."""
    services = context.services
    async with typing(message):
        fan = await _forecast(message.chat_id, visitor, wanted, context)
        job = await begin_training(services, visitor, fan.answer.forecast)
        fan = with_job(services, fan, job)
        place = message.chat_id, await send_fan(services, context.bot, message, fan)
    await follow(services, context.bot, place, fan, job)


async def _turn(update: Update, context: Context, wanted: Predict) -> FanMessage:
    """Put a forecast in the place of the one that the pressed message shows; its job, if any, is told there again."""
    message, visitor = asked(update)
    services = context.services
    fan = await _forecast(message.chat_id, visitor, wanted, context)
    job = await begin_training(services, visitor, fan.answer.forecast)
    fan = with_job(services, fan, job)
    place = message.chat_id, message.message_id
    await replace_fan(services, context.bot, place, fan)
    await follow(services, context.bot, place, fan, job)
    return fan


async def _forecast(chat_id: int, visitor: Visitor, wanted: Predict, context: Context) -> FanMessage:
    """Ask the service, off the event loop."""
    services = context.services
    await spend(services, visitor, "forecast")
    answer = await asyncio.to_thread(services.forecasts.predict, wanted.symbol)
    return FanMessage(answer, wanted.horizon, await zone_of(services, chat_id))
