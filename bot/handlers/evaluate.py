"""/evaluate, /record and /compare: how good the forecasts were, and several of them side by side."""

import asyncio
from collections.abc import Sequence
from functools import partial
from hashlib import sha256
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.chats.types import ChartKey
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.messages.chart_cache import Chart
from bot.parsing.arguments import parse_symbol
from bot.parsing.forecast import parse_compare
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view import text as formatter
from bot.view.buttons import pattern
from bot.view.keyboards import evaluation_keyboard
from bot.view.text.caption import compare_caption
from bot.view.text.evaluation import evaluation_caption, evaluation_table
from bot.view.text.record import record_text
from forecasting.charts.comparison import comparison_chart
from forecasting.charts.evaluation import evaluation_chart
from forecasting.forecasts import Answer
from forecasting.types.scorecards import Outcome, Scorecard

COMPARED_HORIZON: Final = 10
"""Sessions ahead: enough for a fan that can be seen in a quarter of a picture."""
_RECORD_LENGTH: Final = 400
"""Outcomes that a record looks back on: 20 sessions of forecasts have 20 horizons each."""


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything that checks or compares."""
    return (
        CommandHandler("evaluate", evaluate),
        CommandHandler("record", record),
        CommandHandler("compare", compare),
        CallbackQueryHandler(press_evaluate, pattern("evaluate")),
        CallbackQueryHandler(press_record, pattern("record")),
    )


async def evaluate(update: Update, context: Context) -> None:
    """Answer with a chart, the verdicts and the table."""
    message, visitor = message_of(update)
    await _reply_evaluation(message, visitor, parse_symbol(text_of(message), "/evaluate"), context)


async def press_evaluate(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await _reply_evaluation(message, visitor, parse_symbol(press.text, "/evaluate"), context)
    await acknowledge(query)


async def record(update: Update, context: Context) -> None:
    """Answer with how the published forecasts did."""
    message, _visitor = message_of(update)
    await _reply_record(message, parse_symbol(text_of(message), "/record"), context)


async def press_record(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, _visitor = message_of(update)
    await _reply_record(message, parse_symbol(press.text, "/record"), context)
    await acknowledge(query)


async def compare(update: Update, context: Context) -> None:
    """Answer with the fans of 2 to 4 symbols in one picture."""
    message, visitor = message_of(update)
    services = context.services
    symbols = parse_compare(text_of(message))
    async with typing(message):
        answers, chart = await asyncio.to_thread(_compare, services, context.bot.id, visitor, symbols)
        forecasts = [answer.forecast for answer in answers]
        behind = {answer.forecast.symbol for answer in answers if answer.sessions_behind}
        caption = compare_caption(forecasts, COMPARED_HORIZON, behind)
        await services.charts.send(chart, partial(message.reply_photo, caption=caption))


def _compare(
    services: Services, bot_id: int, visitor: Visitor, symbols: Sequence[str]
) -> tuple[Sequence[Answer], Chart]:
    """The use case: several symbols' forecasts and their chart."""
    services.quotas.spend(visitor, "forecast")
    answers = [services.forecasts.predict(symbol) for symbol in symbols]
    forecasts = [answer.forecast for answer in answers]
    contents = sha256("".join(forecast.key.sha256 for forecast in forecasts).encode()).hexdigest()
    origins = " ".join(f"{forecast.symbol}@{forecast.origin}" for forecast in forecasts)
    key = ChartKey(bot_id, origins, forecasts[0].origin, contents, f"compare {COMPARED_HORIZON}")
    return answers, services.charts.find(Chart(key, lambda: comparison_chart(forecasts, COMPARED_HORIZON, formatter)))


async def _reply_evaluation(message: Message, visitor: Visitor, symbol: str, context: Context) -> None:
    services = context.services
    async with typing(message):
        card, chart = await asyncio.to_thread(_evaluate, services, context.bot.id, visitor, symbol)
        await services.charts.send(chart, partial(message.reply_photo, caption=evaluation_caption(card)))
        await message.reply_text(evaluation_table(card), reply_markup=evaluation_keyboard(card.symbol))


def _evaluate(services: Services, bot_id: int, visitor: Visitor, symbol: str) -> tuple[Scorecard, Chart]:
    """The use case: a symbol's scorecard and its chart."""
    services.quotas.spend(visitor, "evaluate")
    card = services.forecasts.evaluate(symbol)
    contents = sha256(repr(card).encode()).hexdigest()
    key = ChartKey(bot_id, card.symbol, card.last_origin, contents, "evaluation")
    return card, services.charts.find(Chart(key, lambda: evaluation_chart(card, formatter)))


async def _reply_record(message: Message, symbol: str, context: Context) -> None:
    async with typing(message):
        outcomes = await asyncio.to_thread(_record, context.services, symbol)
    await message.reply_text(record_text(symbol, outcomes))


def _record(services: Services, symbol: str) -> Sequence[Outcome]:
    """The use case: score what has come, then look back."""
    services.forecasts.score_due(symbol)
    return services.forecasts.outcomes(symbol, _RECORD_LENGTH)
