"""A symbol's own model: its training begins behind the first forecast, whose message shows how it goes."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot.access.policy import Visitor
from bot.chats.types import TrackedMessage
from bot.messages.chart_cache import Chart
from bot.messages.fan_message import (
    FanMessage,
    MessageId,
    find_chart,
    ignore_unmodified,
    replace_fan,
    update_caption,
)
from bot.services import Services
from bot.telegram.client import Bot
from bot.view.text.names import below
from bot.view.text.training import training_line, training_text
from forecasting.errors import FanchartError, QueueFull
from forecasting.types.job_records import Job
from forecasting.types.quantile_forecast import Forecast

RETRY_AFTER: Final = timedelta(days=1)
"""A training that failed or was stopped does not begin again by itself before; /train begins it at once."""


def begin_training(services: Services, visitor: Visitor, forecast: Forecast) -> Job | None:
    """Queue the training of a symbol's own model where it is due, and return its job, if any; blocking.

    Who asks for the same symbol meanwhile joins the same job. A full queue is no reason not to show a forecast.
    """
    if not _is_due(services, forecast.symbol):
        return None
    with suppress(QueueFull):
        return services.jobs.submit("train", forecast.symbol, visitor.user_id)
    return None


def _is_due(services: Services, symbol: str) -> bool:
    """Whether the symbol's own model is wanted; its training is open already, or would begin by itself."""
    if not services.forecasts.wants_training(symbol):
        return False
    if any((job.kind, job.symbol) == ("train", symbol) for job in services.jobs.jobs()):
        return True
    last = services.job_store.latest("train", symbol)
    if last is None or last.state not in {"failed", "cancelled"} or last.ended_at is None:
        return True
    return services.clock() - last.ended_at >= RETRY_AFTER


def with_job(services: Services, fan: FanMessage, job: Job | None) -> FanMessage:
    """The same message with a line on the job."""
    if job is None:
        return fan
    return replace(fan, training=training_line(job, _waiting_before(services, job)))


def _waiting_before(services: Services, job: Job) -> int:
    return sum(other.id < job.id for other in services.jobs.jobs())


async def track_fan(
    services: Services, bot: Bot, message: MessageId, fan: FanMessage, job: Job | None, drawn: Chart | None
) -> None:
    """Keep a sent chart's new file id, and update the message while its job runs."""
    tracked = TrackedMessage(*message, job.id, fan.horizon) if job else None
    if drawn or tracked:
        await asyncio.to_thread(_keep, services, drawn, tracked)
    if job and tracked:
        services.job_updates.track(tracked, job, partial(_update_fan, services, bot, message, fan))
    else:
        await services.job_updates.forget(message)


def _keep(services: Services, drawn: Chart | None, tracked: TrackedMessage | None) -> None:
    if drawn:
        services.charts.keep(drawn)
    if tracked:
        services.job_updates.keep(tracked)


async def _update_fan(services: Services, bot: Bot, message: MessageId, fan: FanMessage, job: Job) -> None:
    """Show the job's state; where the new model was promoted, its forecast takes the place of the old one."""
    shown = with_job(services, fan, job)
    promoted = await asyncio.to_thread(_with_promoted, services, bot.id, shown) if job.state == "done" else None
    if promoted:
        await _replace(services, bot, message, promoted)
    else:
        await update_caption(bot, message, shown)


def _with_promoted(services: Services, bot_id: int, fan: FanMessage) -> FanMessage | None:
    """The message with the newly promoted model's forecast; None where there is none."""
    before = fan.answer.forecast
    with suppress(FanchartError):
        answer = services.forecasts.predict(before.symbol)
        if answer.forecast.model != before.model:
            return find_chart(services.charts, bot_id, replace(fan, answer=answer))
    return None


async def _replace(services: Services, bot: Bot, message: MessageId, fan: FanMessage) -> None:
    drawn = await replace_fan(services.charts, bot, message, fan)
    if drawn:
        await asyncio.to_thread(services.charts.keep, drawn)


async def resume_tracking(services: Services, bot: Bot) -> None:
    """Track the messages again that still waited for a job when the bot last stopped."""
    for tracked in await services.job_updates.unfinished():
        services.job_updates.track(tracked, None, partial(_update_resumed, services, bot, tracked))


async def _update_resumed(services: Services, bot: Bot, tracked: TrackedMessage, job: Job) -> None:
    """Update a message of the last run; a fan chart is drawn anew, on the newest prices."""
    message = tracked.chat_id, tracked.message_id
    if tracked.horizon is None:
        await _update_text(services, bot, message, "", job)
        return
    fan = await asyncio.to_thread(_fan_of, services, bot.id, tracked.chat_id, job.symbol, tracked.horizon)
    await _replace(services, bot, message, with_job(services, fan, job))


def _fan_of(services: Services, bot_id: int, chat_id: int, symbol: str, horizon: int) -> FanMessage:
    answer = services.forecasts.predict(symbol)
    zone = services.chats.profile(chat_id).zone(services.home_timezone)
    return find_chart(services.charts, bot_id, FanMessage(answer, horizon, zone))


async def track_text(services: Services, bot: Bot, message: MessageId, job: Job, named: str) -> None:
    """Update a message that answers /train or /tune while its job runs, below HTML of what a name was read as."""
    tracked = TrackedMessage(*message, job.id)
    await asyncio.to_thread(services.job_updates.keep, tracked)
    services.job_updates.track(tracked, job, partial(_update_text, services, bot, message, named))


async def _update_text(services: Services, bot: Bot, message: MessageId, named: str, job: Job) -> None:
    with ignore_unmodified():
        await bot.edit_message_text(below(named, job_text(services, job)), *message)


def job_text(services: Services, job: Job) -> str:
    """HTML of the message that answers /train and /tune, in the job's state."""
    return training_text(job, _waiting_before(services, job))
