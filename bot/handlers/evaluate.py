"""/evaluate and /record: how good the forecasts were."""

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
from bot.parsing.listing_names import parse_name
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view import text as formatter
from bot.view.buttons import pattern
from bot.view.keyboards import evaluation_keyboard
from bot.view.text.evaluation import evaluation_caption, evaluation_table
from bot.view.text.names import below, read_as
from bot.view.text.record import record_text
from forecasting.charts.evaluation import evaluation_chart
from forecasting.prices.resolution import Resolved
from forecasting.types.scorecards import Outcome, Scorecard

_RECORD_LENGTH: Final = 400
"""Outcomes that a record looks back on: 20 sessions of forecasts have 20 horizons each."""


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything that checks."""
    return (
        CommandHandler("evaluate", evaluate),
        CommandHandler("record", record),
        CallbackQueryHandler(press_evaluate, pattern("evaluate")),
        CallbackQueryHandler(press_record, pattern("record")),
    )


async def evaluate(update: Update, context: Context) -> None:
    """Answer with a chart, the verdicts and the table."""
    message, visitor = message_of(update)
    await _reply_evaluation(message, visitor, parse_name(text_of(message), "/evaluate"), context)


async def press_evaluate(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await _reply_evaluation(message, visitor, parse_name(press.text, "/evaluate"), context)
    await acknowledge(query)


async def record(update: Update, context: Context) -> None:
    """Answer with how the published forecasts did."""
    message, _visitor = message_of(update)
    await _reply_record(message, parse_name(text_of(message), "/record"), context)


async def press_record(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, _visitor = message_of(update)
    await _reply_record(message, parse_name(press.text, "/record"), context)
    await acknowledge(query)


async def _reply_evaluation(message: Message, visitor: Visitor, name: str, context: Context) -> None:
    services = context.services
    async with typing(message):
        found, chart = await asyncio.to_thread(_evaluate, services, context.bot.id, visitor, name)
        card = found.answer
        caption = below(read_as(name, found.match), evaluation_caption(card))
        await services.charts.send(chart, partial(message.reply_photo, caption=caption))
        await message.reply_text(evaluation_table(card), reply_markup=evaluation_keyboard(card.symbol))


def _evaluate(services: Services, bot_id: int, visitor: Visitor, name: str) -> tuple[Resolved[Scorecard], Chart]:
    """The use case: a listing's scorecard and its chart."""
    services.quotas.spend(visitor, "evaluate")
    found = services.symbols.use(name, services.forecasts.evaluate)
    card = found.answer
    contents = sha256(repr(card).encode()).hexdigest()
    key = ChartKey(bot_id, card.symbol, card.last_origin, contents, "evaluation")
    return found, services.charts.find(Chart(key, lambda: evaluation_chart(card, formatter)))


async def _reply_record(message: Message, name: str, context: Context) -> None:
    services = context.services
    async with typing(message):
        found = await asyncio.to_thread(services.symbols.use, name, partial(_record, services))
    symbol, outcomes = found.answer
    await message.reply_text(below(read_as(name, found.match), record_text(symbol, outcomes)))


def _record(services: Services, symbol: str) -> tuple[str, Sequence[Outcome]]:
    """The use case: score what has come, then look back."""
    services.forecasts.score_due(symbol)
    return symbol, services.forecasts.outcomes(symbol, _RECORD_LENGTH)
