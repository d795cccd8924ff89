"""/predict, `$AAPL`, and the buttons below a fan chart."""

import asyncio
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.access.policy import Visitor
from bot.handlers.compare import reply_comparison
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.handlers.retries import follow_up, reply_later, with_retry
from bot.handlers.training import begin_training, track_fan, with_job
from bot.messages.fan_message import FanMessage, find_chart, replace_fan, send_fan
from bot.parsing.forecast import Compare, Predict, parse_forecast, parse_predict
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view.buttons import pattern
from bot.view.text.names import read_as
from bot.view.text.numbers import day
from bot.view.text.prices import notes_text
from forecasting.errors import RateLimited, SourceUnreachable, StalePrices
from forecasting.types.job_records import Job

CASHTAG: Final = filters.Regex(r"^\$[A-Za-z^]\S{0,20}(\s+\$[A-Za-z^]\S{0,20}){0,3}(\s+[0-9]+)?\s*$")
"""A message that is nothing but `$AAPL`, `$AAPL $MSFT` or `$AAPL 10`; "$AAPL to the moon" is not for the bot."""


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything that shows a fan chart."""
    return (
        CommandHandler("predict", predict),
        MessageHandler(CASHTAG, predict),
        CallbackQueryHandler(show, pattern("show")),
        CallbackQueryHandler(change_horizon, pattern("predict")),
        CallbackQueryHandler(refresh, pattern("refresh")),
        CallbackQueryHandler(show_notes, pattern("notes")),
    )


async def predict(update: Update, context: Context) -> None:
    """Answer a written question with a photo: of one fan, or of several side by side."""
    message, visitor = message_of(update)
    request = parse_predict(text_of(message))
    if isinstance(request, Compare):
        await reply_comparison(message, visitor, request, context)
    else:
        await reply_forecast(message, visitor, request, context)


async def show(update: Update, context: Context) -> None:
    """Answer a press that asks for a symbol's forecast with a new photo."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await reply_forecast(message, visitor, parse_forecast(press.text), context)
    await acknowledge(query)


async def change_horizon(update: Update, context: Context) -> None:
    """Show another horizon in the same message."""
    query, press = press_of(update)
    await _replace(update, context, parse_forecast(press.text))
    await acknowledge(query)


async def refresh(update: Update, context: Context) -> None:
    """Show the forecast on the newest prices in the same message."""
    query, press = press_of(update)
    fan = await _replace(update, context, parse_forecast(press.text))
    await acknowledge(query, f"Prices to {day(fan.answer.forecast.origin)}: the newest there are.")


async def show_notes(update: Update, context: Context) -> None:
    """Answer with everything that the checks of a symbol's prices found."""
    query, press = press_of(update)
    message, _visitor = message_of(update)
    answer = await asyncio.to_thread(context.services.forecasts.predict, press.text)
    await message.reply_text(notes_text(answer.forecast.symbol, answer.notes))
    await acknowledge(query)


async def reply_forecast(message: Message, visitor: Visitor, request: Predict, context: Context) -> None:
    """Answer a message with a forecast; where the symbol's own training is due, it begins and is shown there."""
    services, bot = context.services, context.bot
    async with typing(message):
        try:
            fan, job = await asyncio.to_thread(_find, services, bot.id, visitor, request, context.zone)
        except (RateLimited, SourceUnreachable, StalePrices) as error:
            await reply_later(services, message, request, error, context.zone)
            return
        sent, drawn = await send_fan(services.charts, bot, message, fan)
    await track_fan(services, bot, sent, fan, job, drawn)
    await follow_up(services, bot, sent, fan, request.name)


async def _replace(update: Update, context: Context, request: Predict) -> FanMessage:
    """Replace the forecast in the pressed message; its job, if any, is shown there too.

    What the message promised before is kept while it still shows it.
    """
    message, visitor = message_of(update)
    services, bot = context.services, context.bot
    shown = message.chat_id, message.message_id
    fan, job = await asyncio.to_thread(_find, services, bot.id, visitor, request, context.zone)
    services.follow_ups.forget(shown)
    drawn = await replace_fan(services.charts, bot, shown, fan)
    await asyncio.to_thread(services.retries.drop_message, *shown)
    await track_fan(services, bot, shown, fan, job, drawn)
    await follow_up(services, bot, shown, fan, request.name)
    return fan


def _find(
    services: Services, bot_id: int, visitor: Visitor, request: Predict, zone: ZoneInfo
) -> tuple[FanMessage, Job | None]:
    """The use case: a forecast as its readers see it, and the job that trains the symbol's own model, if any."""
    services.quotas.spend(visitor, "forecast")
    found = services.symbols.use(request.name, partial(services.forecasts.predict, horizon=request.horizon))
    job = begin_training(services, visitor, found.answer.forecast)
    named = read_as(request.name, found.match)
    fan = with_retry(services, visitor.chat_id, FanMessage(found.answer, request.horizon, zone, read_as=named))
    return with_job(services, find_chart(services.charts, bot_id, fan), job), job
