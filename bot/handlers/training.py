"""A symbol's own model: its training begins behind the first forecast, and the message tells how it goes."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from bot.access import Visitor
from bot.context import Bot, Services
from bot.handlers.fan_message import Fan, retell_fan, turn_fan
from bot.job_watch import Place
from bot.view.training import training_line
from forecasting.errors import QueueFull
from forecasting.types import Forecast, Job


async def begin_training(services: Services, visitor: Visitor, forecast: Forecast) -> Job | None:
    """Queue the training of a symbol's own model where it is due, and return its job; None where there is none.

    Who asks for the same symbol meanwhile joins the same job. A full queue is no reason not to show a forecast.
    """
    if not await asyncio.to_thread(services.forecasts.wants_training, forecast.symbol):
        return None
    with suppress(QueueFull):
        return await services.jobs.submit("train", forecast.symbol, visitor.user_id)
    return None


def with_job(services: Services, fan: Fan, job: Job | None) -> Fan:
    """The same message with a line on the job."""
    if job is None:
        return fan
    before = sum(other.id < job.id for other in services.jobs.jobs())
    return replace(fan, training=training_line(job, before))


def follow(services: Services, bot: Bot, place: Place, fan: Fan, job: Job | None) -> None:
    """Retell the message while the job runs; where the new model was promoted, its forecast takes the place."""
    if job is None:
        services.job_watch.leave(place)
        return

    async def retell(moved: Job) -> None:
        told = with_job(services, fan, moved)
        if moved.state == "done":
            answer = await asyncio.to_thread(services.forecasts.predict, fan.answer.forecast.symbol)
            if answer.forecast.model != fan.answer.forecast.model:
                await turn_fan(services, bot, place, replace(told, answer=answer))
                return
        await retell_fan(bot, place, told)

    services.job_watch.follow(job, place, retell)
