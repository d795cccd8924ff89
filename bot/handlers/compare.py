"""/compare: the fans of several symbols side by side, also where /predict names several."""

import asyncio
from collections.abc import Sequence
from functools import partial
from hashlib import sha256

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.chats.types import ChartKey
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.messages.chart_cache import Chart
from bot.parsing.forecast import Compare, parse_compare
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view import text as formatter
from bot.view.buttons import pattern
from bot.view.text.caption import compare_caption
from forecasting.charts.comparison import comparison_chart
from forecasting.forecasts import Answer


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything that compares."""
    return CommandHandler("compare", compare), CallbackQueryHandler(press_compare, pattern("compare"))


async def compare(update: Update, context: Context) -> None:
    """Answer with the fans of 2 to 4 symbols in one picture."""
    message, visitor = message_of(update)
    await reply_comparison(message, visitor, parse_compare(text_of(message)), context)


async def press_compare(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await reply_comparison(message, visitor, parse_compare(press.text), context)
    await acknowledge(query)


async def reply_comparison(message: Message, visitor: Visitor, request: Compare, context: Context) -> None:
    """Answer a message with several fans in one picture."""
    services = context.services
    async with typing(message):
        answers, chart = await asyncio.to_thread(_compare, services, context.bot.id, visitor, request)
        forecasts = [answer.forecast for answer in answers]
        behind = {answer.forecast.symbol for answer in answers if answer.sessions_behind}
        caption = compare_caption(forecasts, request.horizon, behind)
        await services.charts.send(chart, partial(message.reply_photo, caption=caption))


def _compare(services: Services, bot_id: int, visitor: Visitor, request: Compare) -> tuple[Sequence[Answer], Chart]:
    """The use case: several symbols' forecasts and their chart."""
    services.quotas.spend(visitor, "forecast")
    predict = partial(services.forecasts.predict, horizon=request.horizon)
    answers = [services.symbols.use(name, predict).answer for name in request.names]
    forecasts = [answer.forecast for answer in answers]
    contents = sha256("".join(forecast.key.sha256 for forecast in forecasts).encode()).hexdigest()
    origins = " ".join(f"{forecast.symbol}@{forecast.origin}" for forecast in forecasts)
    key = ChartKey(bot_id, origins, forecasts[0].origin, contents, f"compare {request.horizon}")
    return answers, services.charts.find(Chart(key, lambda: comparison_chart(forecasts, request.horizon, formatter)))
