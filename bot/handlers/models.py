"""/train, /tune, /jobs, /cancel and /model: the jobs behind the models, and going back to an earlier one."""

import asyncio
from functools import partial
from typing import Final

from telegram import Message, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.handlers.requests import acknowledge, asked, pressed, spend, text_of, typing
from bot.handlers.training import job_words, update_job_message
from bot.parsing.forecast import (
    BASE,
    EVERY_SYMBOL,
    Rollback,
    parse_number,
    parse_rollback,
    parse_symbol,
    parse_train,
    parse_tune,
)
from bot.services import Context, Services
from bot.view.buttons import pattern
from bot.view.keyboards import rollback_keyboard
from bot.view.text.model import model_text
from bot.view.text.training import cancelled_text, job_line
from forecasting.errors import NoModel
from forecasting.types.job_records import Job

_SHOWN: Final = 10


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about jobs and models."""
    return (
        CommandHandler("train", train),
        CommandHandler("tune", tune),
        CommandHandler("jobs", jobs),
        CommandHandler("cancel", cancel),
        CommandHandler("model", model),
        CallbackQueryHandler(roll_back, pattern("rollback")),
    )


async def train(update: Update, context: Context) -> None:
    """Queue a training of a symbol's own model, or, by an admin, of the model of all symbols here."""
    message, visitor = asked(update)
    services = context.services
    symbol = parse_train(text_of(message))
    await spend(services, visitor, "train")
    if symbol == EVERY_SYMBOL:
        services.access.require_admin(visitor)
        await _tell_job(message, await services.jobs.submit("pool", "", visitor.user_id), context)
        return
    async with typing(message):
        await asyncio.to_thread(services.prices.latest, symbol)  # so that an unknown symbol is told at once
    await _tell_job(message, await services.jobs.submit("train", symbol, visitor.user_id), context)


async def tune(update: Update, context: Context) -> None:
    """Queue a search for better settings of a symbol's model."""
    message, visitor = asked(update)
    services = context.services
    services.access.require_admin(visitor)
    wanted = parse_tune(text_of(message))
    await spend(services, visitor, "tune")
    async with typing(message):
        await asyncio.to_thread(services.prices.latest, wanted.symbol)
    job = await services.jobs.submit("tune", wanted.symbol, visitor.user_id, {"search": wanted.search})
    await _tell_job(message, job, context)


async def jobs(update: Update, context: Context) -> None:
    """List what waits and runs, and what ended lately."""
    message, visitor = asked(update)
    services = context.services
    open_jobs = services.jobs.jobs()
    recent = await asyncio.to_thread(services.job_store.recent, _SHOWN)
    ended = [job for job in recent if job.ended_at]
    lines = [_own(job, visitor) for job in open_jobs[:_SHOWN]] or ["Nothing waits or runs."]
    lines += [f"… and {len(open_jobs) - _SHOWN} more"] if len(open_jobs) > _SHOWN else []
    lines += ["", "<b>Ended lately</b>", *map(job_line, ended)] if ended else []
    await message.reply_text("\n".join(lines))


async def cancel(update: Update, context: Context) -> None:
    """Take the asker off a job, which stops it when nobody else waits for it."""
    message, visitor = asked(update)
    services = context.services
    number = parse_number(text_of(message), "/cancel")
    job = await services.jobs.cancel(number, visitor.user_id, is_admin=services.access.is_admin(visitor.user_id))
    await message.reply_text(cancelled_text(job, visitor.user_id, is_admin=services.access.is_admin(visitor.user_id)))


async def model(update: Update, context: Context) -> None:
    """Say which model answers for a symbol, and which others there are."""
    message, visitor = asked(update)
    await _show_model(message, visitor, parse_symbol(text_of(message), "/model"), context.services)


async def roll_back(update: Update, context: Context) -> None:
    """Let an earlier model, or the base, answer again."""
    query, press = pressed(update)
    message, visitor = asked(update)
    services = context.services
    services.access.require_admin(visitor)
    wanted = parse_rollback(press.text)
    sha256 = await _full_hash(services, wanted)
    await asyncio.to_thread(services.models.activate, wanted.symbol, sha256)
    await acknowledge(query, "Done: it answers from now on.")
    await _show_model(message, visitor, wanted.symbol, services)


async def _full_hash(services: Services, wanted: Rollback) -> str | None:
    """The SHA-256 that a button's short one begins; None for the base.

    Raises:
        NoModel: the symbol has no such model any more.
    """
    if wanted.model == BASE:
        return None
    for record in await asyncio.to_thread(services.models.past, wanted.symbol):
        if record.sha256.startswith(wanted.model):
            return record.sha256
    what = f"{wanted.symbol} has no model {wanted.model[:8]} any more."
    raise NoModel(what, f"See which there are with /model {wanted.symbol}.")


async def _show_model(message: Message, visitor: Visitor, symbol: str, services: Services) -> None:
    active = await asyncio.to_thread(services.models.active, symbol)
    past = await asyncio.to_thread(services.models.past, symbol)
    async with typing(message):
        answer = await asyncio.to_thread(services.forecasts.predict, symbol)
    text = model_text(answer.forecast, active, past, services.clock())
    keyboard = rollback_keyboard(symbol, past) if services.access.is_admin(visitor.user_id) else None
    await message.reply_text(text, reply_markup=keyboard)


async def _tell_job(message: Message, job: Job, context: Context) -> None:
    """Answer with the job, and edit that answer as it moves."""
    services = context.services
    sent = await message.reply_text(job_words(services, job))
    place = sent.chat_id, sent.message_id
    await services.job_updates.follow(job, place, partial(update_job_message, services, context.bot, place))


def _own(job: Job, visitor: Visitor) -> str:
    """A job's line, with how to stop it where it is the reader's own."""
    return f"{job_line(job)} (yours: /cancel {job.id})" if visitor.user_id in job.asked_by else job_line(job)
