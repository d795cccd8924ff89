"""/train, /tune, /jobs, /cancel and /model: the jobs behind the models, and going back to an earlier one."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.handlers.requests import acknowledge, message_of, press_of, text_of
from bot.handlers.training import job_text, track_text
from bot.parsing.jobs import (
    BASE,
    EVERY_SYMBOL,
    Rollback,
    Tune,
    parse_job_number,
    parse_rollback,
    parse_train,
    parse_tune,
)
from bot.parsing.listing_names import parse_name
from bot.services import Context, Services
from bot.telegram.typing import typing
from bot.view.buttons import pattern
from bot.view.keyboards import rollback_keyboard
from bot.view.text.model import model_text
from bot.view.text.names import below, read_as
from bot.view.text.training import cancelled_text, job_line
from forecasting.errors import NoModel
from forecasting.forecasts import Answer
from forecasting.types.job_records import Job, ModelRecord

_SHOWN: Final = 10


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about jobs and models."""
    return (
        CommandHandler("train", train),
        CommandHandler("tune", tune),
        CommandHandler("jobs", jobs),
        CommandHandler("cancel", cancel),
        CommandHandler("model", model),
        CallbackQueryHandler(press_train, pattern("train")),
        CallbackQueryHandler(press_tune, pattern("tune")),
        CallbackQueryHandler(press_model, pattern("model")),
        CallbackQueryHandler(roll_back, pattern("rollback")),
    )


async def train(update: Update, context: Context) -> None:
    """Queue the training of a symbol's own model or, for an admin, of the model of all symbols here."""
    message, visitor = message_of(update)
    await _reply_training(message, visitor, parse_train(text_of(message)), context)


async def press_train(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await _reply_training(message, visitor, parse_train(press.text), context)
    await acknowledge(query)


async def _reply_training(message: Message, visitor: Visitor, name: str, context: Context) -> None:
    async with typing(message):
        job, named = await asyncio.to_thread(_train, context.services, visitor, name)
    await _reply_job(message, job, named, context)


def _train(services: Services, visitor: Visitor, name: str) -> tuple[Job, str]:
    """The use case: queue the training, of a symbol that has prices; and HTML on what the name was read as."""
    if name == EVERY_SYMBOL:
        services.access.require_admin(visitor)
    services.quotas.spend(visitor, "train")
    if name == EVERY_SYMBOL:
        return services.jobs.submit("pool", "", visitor.user_id), ""
    found = services.symbols.use(name, services.prices.latest)
    job = services.jobs.submit("train", found.answer.history.symbol, visitor.user_id)
    return job, read_as(name, found.match)


async def tune(update: Update, context: Context) -> None:
    """Queue a search for better settings of a symbol's model."""
    message, visitor = message_of(update)
    context.services.access.require_admin(visitor)
    await _reply_tuning(message, visitor, parse_tune(text_of(message)), context)


async def press_tune(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    context.services.access.require_admin(visitor)
    await _reply_tuning(message, visitor, parse_tune(press.text), context)
    await acknowledge(query)


async def _reply_tuning(message: Message, visitor: Visitor, request: Tune, context: Context) -> None:
    async with typing(message):
        job, named = await asyncio.to_thread(_tune, context.services, visitor, request)
    await _reply_job(message, job, named, context)


def _tune(services: Services, visitor: Visitor, request: Tune) -> tuple[Job, str]:
    """The use case: queue the search, for a symbol that has prices; and HTML on what the name was read as."""
    services.quotas.spend(visitor, "tune")
    found = services.symbols.use(request.name, services.prices.latest)
    job = services.jobs.submit("tune", found.answer.history.symbol, visitor.user_id, {"search": request.search})
    return job, read_as(request.name, found.match)


async def _reply_job(message: Message, job: Job, named: str, context: Context) -> None:
    """Answer with the job, and edit that answer as it moves."""
    sent = await message.reply_text(below(named, job_text(context.services, job)))
    await track_text(context.services, context.bot, (sent.chat_id, sent.message_id), job, named)


async def jobs(update: Update, context: Context) -> None:
    """List the jobs that wait, run, or ended lately."""
    message, visitor = message_of(update)
    services = context.services
    open_jobs = services.jobs.jobs()
    recent = await asyncio.to_thread(services.job_store.recent, _SHOWN)
    ended = [job for job in recent if job.ended_at]
    lines = [_open_line(job, visitor) for job in open_jobs[:_SHOWN]] or ["Nothing waits or runs."]
    lines += [f"… and {len(open_jobs) - _SHOWN} more"] if len(open_jobs) > _SHOWN else []
    lines += ["", "<b>Ended lately</b>", *map(job_line, ended)] if ended else []
    await message.reply_text("\n".join(lines))


async def cancel(update: Update, context: Context) -> None:
    """Take a person off a job, which stops it when nobody else waits for it."""
    message, visitor = message_of(update)
    services = context.services
    is_admin = services.access.is_admin(visitor.user_id)
    number = parse_job_number(text_of(message))
    job = await asyncio.to_thread(services.jobs.cancel, number, visitor.user_id, is_admin=is_admin)
    await message.reply_text(cancelled_text(job, visitor.user_id, is_admin=is_admin))


async def model(update: Update, context: Context) -> None:
    """Show which model answers for a symbol, and which others there are."""
    message, visitor = message_of(update)
    await _reply_named_models(message, visitor, parse_name(text_of(message), "/model"), context)


async def press_model(update: Update, context: Context) -> None:
    """The same by a button."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    await _reply_named_models(message, visitor, parse_name(press.text, "/model"), context)
    await acknowledge(query)


async def _reply_named_models(message: Message, visitor: Visitor, name: str, context: Context) -> None:
    services = context.services
    async with typing(message):
        found = await asyncio.to_thread(services.symbols.use, name, partial(_models, services))
    await _reply_models(message, visitor, found.answer, services, read_as(name, found.match))


async def roll_back(update: Update, context: Context) -> None:
    """Let an earlier model, or the base, answer again."""
    query, press = press_of(update)
    message, visitor = message_of(update)
    services = context.services
    services.access.require_admin(visitor)
    request = parse_rollback(press.text)
    await asyncio.to_thread(_roll_back, services, request)
    await acknowledge(query, "Done: it answers from now on.")  # also where its forecast cannot be had just now
    async with typing(message):
        models = await asyncio.to_thread(_models, services, request.symbol)
    await _reply_models(message, visitor, models, services)


@dataclass(frozen=True, slots=True)
class _Models:
    """A symbol's models and what the active one forecasts."""

    answer: Answer
    active: ModelRecord | None
    past: tuple[ModelRecord, ...]


def _models(services: Services, symbol: str) -> _Models:
    """The use case: look up a symbol's models and its forecast."""
    active, past = services.models.active(symbol), services.models.past(symbol)
    return _Models(services.forecasts.predict(symbol), active, past)


def _roll_back(services: Services, request: Rollback) -> None:
    """The use case: activate the model whose SHA-256 begins as a button says, or the base.

    Raises:
        NoModel: the symbol has no such model any more.
    """
    found = (
        record.sha256 for record in services.models.past(request.symbol) if record.sha256.startswith(request.model)
    )
    sha256 = None if request.model == BASE else next(found, None)
    if sha256 is None and request.model != BASE:
        raise NoModel(f"{request.symbol} has no model {request.model[:8]} any more.", symbol=request.symbol)
    services.models.activate(request.symbol, sha256)


async def _reply_models(
    message: Message, visitor: Visitor, models: _Models, services: Services, named: str = ""
) -> None:
    forecast = models.answer.forecast
    text = below(named, model_text(forecast, models.active, models.past, services.clock()))
    is_admin = services.access.is_admin(visitor.user_id)
    await message.reply_text(text, reply_markup=rollback_keyboard(forecast.symbol, models.past) if is_admin else None)


def _open_line(job: Job, visitor: Visitor) -> str:
    """A job's line, with how to stop it where it is the reader's own."""
    return f"{job_line(job)} (yours: /cancel {job.id})" if visitor.user_id in job.asked_by else job_line(job)
