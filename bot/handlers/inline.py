"""Inline mode: `@bot AAPL` in any chat offers the forecast of what was typed."""

import asyncio
from functools import partial
from html import escape, unescape
from typing import Final
from uuid import uuid4

from telegram import (
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InputTextMessageContent,
    Update,
)
from telegram.ext import BaseHandler, InlineQueryHandler

from bot.access.policy import Visitor
from bot.handlers.requests import visitor_of
from bot.messages.fan_message import FanMessage, find_chart
from bot.parsing.forecast import Predict, parse_forecast
from bot.services import Context
from bot.view.text.caption import one_line
from bot.view.text.errors import error_html, error_text
from bot.view.text.names import read_as
from forecasting.errors import FanchartError, UnknownSymbol
from forecasting.types.bars import SymbolMatch

_CACHE_S: Final = 60


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """The one handler of inline queries."""
    return (InlineQueryHandler(answer_inline),)


async def answer_inline(update: Update, context: Context) -> None:
    """Offer a forecast, near matches, or the reason why there is none; nothing for an empty query."""
    query = update.inline_query
    if query is None:
        return
    results = await _results(update, query.query, context) if query.query.strip() else []
    await query.answer(results, cache_time=_CACHE_S, is_personal=True)


async def _results(update: Update, text: str, context: Context) -> list[InlineQueryResult]:
    try:
        return [await _forecast(update, text, context)]
    except UnknownSymbol as error:
        return [_suggestion(match) for match in error.matches] or [_reason("No such symbol", error_text(error))]
    except FanchartError as error:
        return [_reason("Not yet", unescape(error_html(error, context.services.clock(), context.zone)))]


async def _forecast(update: Update, text: str, context: Context) -> InlineQueryResult:
    """The chart where Telegram has it already, since nothing can be uploaded here; else the text alone.

    Raises:
        FanchartError: there is no forecast of that.
    """
    request = parse_forecast(text)
    fan = await asyncio.to_thread(_find, context, visitor_of(update), request)
    forecast = fan.answer.forecast
    title, description = f"{forecast.symbol}: fan chart", one_line(forecast, request.horizon)
    if fan.file_id:
        return InlineQueryResultCachedPhoto(
            uuid4().hex, fan.file_id, title=title, description=description, caption=fan.caption
        )
    return _article(title, description, fan.caption)


def _find(context: Context, visitor: Visitor | None, request: Predict) -> FanMessage:
    """The use case: a forecast as its readers see it, with the chart's file id where Telegram has it."""
    services = context.services
    if visitor:
        services.quotas.spend(visitor, "forecast")
    found = services.symbols.use(request.name, partial(services.forecasts.predict, horizon=request.horizon))
    fan = FanMessage(found.answer, request.horizon, context.zone, read_as=read_as(request.name, found.match))
    return find_chart(services.charts, context.bot.id, fan)


def _suggestion(match: SymbolMatch) -> InlineQueryResult:
    """A near match; choosing it sends it as a question."""
    return _article(match.symbol, match.name, escape(f"${match.symbol}"))


def _reason(title: str, text: str) -> InlineQueryResult:
    """Why there is no forecast of what was typed, in plain text."""
    return _article(title, text, escape(text))


def _article(title: str, description: str, message: str) -> InlineQueryResult:
    """A line to choose: title and description are plain text, the message is the HTML that is sent."""
    return InlineQueryResultArticle(uuid4().hex, title, InputTextMessageContent(message), description=description)
