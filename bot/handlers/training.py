"""A symbol's own model: its training begins behind the first forecast, and the message tells how it goes."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from bot.access.policy import Visitor
from bot.chats.types import Watch
from bot.handlers.requests import zone_of
from bot.messages.fan_message import FanMessage, replace_fan, unmodified_is_fine, update_fan_caption
from bot.messages.job_updates import Place
from bot.services import Bot, Services
from bot.view.text.training import training_line, training_text
from forecasting.errors import FanchartError, QueueFull
from forecasting.forecasts import Answer
from forecasting.types.job_records import Job
from forecasting.types.quantile_forecast import Forecast

REST: Final = timedelta(days=1)
"""A training that failed or was stopped does not begin again by itself before this; /train begins it at once."""


async def begin_training(services: Services, visitor: Visitor, forecast: Forecast) -> Job | None:
    """Queue the training of a symbol's own model where it is due, and return its job; None where there is none.

    Who asks for the same symbol meanwhile joins the same job. A full queue is no reason not to show a forecast.
    """
    if not await asyncio.to_thread(_is_due, services, forecast.symbol):
        return None
    with suppress(QueueFull):
        return await services.jobs.submit("train", forecast.symbol, visitor.user_id)
    return None


def _is_due(services: Services, symbol: str) -> bool:
    """Whether a training would begin by itself; blocking."""
    if not services.forecasts.wants_training(symbol):
        return False
    last = services.job_store.latest("train", symbol)
    if last is None or last.state not in {"failed", "cancelled"} or last.ended_at is None:
        return True
    return services.clock() - last.ended_at >= REST


def with_job(services: Services, fan: FanMessage, job: Job | None) -> FanMessage:
    """The same message with a line on the job."""
    if job is None:
        return fan
    return replace(fan, training=training_line(job, _waiting_before(services, job)))


def _waiting_before(services: Services, job: Job) -> int:
    return sum(other.id < job.id for other in services.jobs.jobs())


async def follow(services: Services, bot: Bot, place: Place, fan: FanMessage, job: Job | None) -> None:
    """Retell the message while the job runs; where the new model was promoted, its forecast takes the place."""
    if job is None:
        await services.job_updates.leave(place)
        return

    async def retell(moved: Job) -> None:
        """Tell the job as it stands, on the new model where it was promoted."""
        told = with_job(services, fan, moved)
        answer = await _answer_of_promoted(services, fan) if moved.state == "done" else None
        if answer:
            await replace_fan(services, bot, place, replace(told, answer=answer))
        else:
            await update_fan_caption(bot, place, told)

    await services.job_updates.follow(job, place, retell, fan.horizon)


async def resume(services: Services, bot: Bot) -> None:
    """Go on with the messages that the last run left waiting for a job."""
    for watch in await services.job_updates.left():
        services.job_updates.resume(watch, partial(_retell_left, services, bot, watch))


async def _retell_left(services: Services, bot: Bot, watch: Watch, moved: Job) -> None:
    """Tell a message of the last run how its job stands; a fan chart is drawn anew, on the newest prices."""
    place = watch.chat_id, watch.message_id
    if watch.horizon is None:
        await update_job_message(services, bot, place, moved)
        return
    answer = await asyncio.to_thread(services.forecasts.predict, moved.symbol)
    fan = FanMessage(answer, watch.horizon, await zone_of(services, watch.chat_id))
    await replace_fan(services, bot, place, with_job(services, fan, moved))


async def update_job_message(services: Services, bot: Bot, place: Place, moved: Job) -> None:
    """Change a message that answers /train and /tune."""
    with unmodified_is_fine():
        await bot.edit_message_text(job_words(services, moved), *place)


def job_words(services: Services, job: Job) -> str:
    """HTML of the message that answers /train and /tune, as the job stands."""
    return training_text(job, _waiting_before(services, job))


async def _answer_of_promoted(services: Services, fan: FanMessage) -> Answer | None:
    """What the model that was promoted since says; None where the old one still answers, or nobody can just now."""
    with suppress(FanchartError):
        answer = await asyncio.to_thread(services.forecasts.predict, fan.answer.forecast.symbol)
        return answer if answer.forecast.model != fan.answer.forecast.model else None
    return None
