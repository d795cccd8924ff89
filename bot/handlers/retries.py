"""What "next try at 14:05" promises: the question is asked again then, and its message edited with the answer."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from telegram import Message
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.access.policy import may_push_to
from bot.chats.types import Retry
from bot.handlers.training import track_fan, with_job
from bot.messages.fan_message import FanMessage, MessageId, find_chart, ignore_unmodified, replace_fan, update_caption
from bot.parsing.forecast import Predict
from bot.services import Services
from bot.telegram.api_errors import is_bad_message, is_chart
from bot.telegram.client import Bot
from bot.view.text.errors import error_text, given_up_text, next_try_text, retry_text
from bot.view.text.names import read_as
from forecasting.errors import FanchartError, PriceError, RateLimited, SourceUnreachable, StalePrices, StorageError
from forecasting.forecasts import Answer
from forecasting.types.job_records import Job

MAX_TRIES: Final = 4
"""So often a question is asked again before that is given up."""
AT_A_TIME: Final = 50
"""Questions that one run asks again."""
_LATER: Final = timedelta(minutes=1)
"""When Telegram itself could not be reached."""

_log = logging.getLogger(__name__)


async def reply_later(services: Services, below: Message, request: Predict, error: PriceError, zone: ZoneInfo) -> None:
    """Answer that the question is asked again at a time, and keep that.

    Raises:
        FanchartError: the error itself, where nothing can be promised.
    """
    if error.retry_at is None or not await asyncio.to_thread(services.retries.has_room, below.chat_id):
        raise error
    sent = await below.reply_text(retry_text(error, error.retry_at, services.clock(), zone))
    retry = Retry(sent.chat_id, sent.message_id, request.name, request.horizon, error.retry_at)
    if not await asyncio.to_thread(_is_kept, services, retry):
        await sent.edit_text(next_try_text(error, error.retry_at, services.clock(), zone))


def with_retry(services: Services, chat_id: int, fan: FanMessage) -> FanMessage:
    """The message, saying when newer prices are tried again if there is room to keep that; blocking."""
    trouble = fan.answer.trouble
    is_retried = trouble is not None and trouble.retry_at is not None and services.retries.has_room(chat_id)
    return replace(fan, is_retried=is_retried)


async def follow_up(services: Services, bot: Bot, message: MessageId, fan: FanMessage, name: str) -> None:
    """See to it that a forecast on older prices that was sent is edited when there are newer ones."""
    trouble = fan.answer.trouble
    if trouble is None:
        return
    if trouble.cause == "renewing":
        services.follow_ups.begin(message, ask_again(services, bot, _retry(message, name, fan, services.clock())))
    elif fan.is_retried and trouble.retry_at:
        retry = _retry(message, name, fan, trouble.retry_at)
        if not await asyncio.to_thread(_is_kept, services, retry):
            await update_caption(bot, message, replace(fan, is_retried=False))


def _retry(message: MessageId, name: str, fan: FanMessage, at: datetime) -> Retry:
    return Retry(*message, name, fan.horizon, at)


def _is_kept(services: Services, retry: Retry) -> bool:
    """Whether a question is asked again: there was room for it, and the database did not fail."""
    try:
        return services.retries.keep(retry)
    except StorageError as error:
        _log.warning("message %s of chat %s is not kept: %s", retry.message_id, retry.chat_id, error)
        return False


async def ask_due(services: Services, bot: Bot) -> None:
    """Ask again what is due, at once, so that no question waits for another's symbol.

    Raises:
        StorageError: the database failed; the next run tries again.
    """
    due = await asyncio.to_thread(services.retries.due, services.clock(), AT_A_TIME)
    ended = await asyncio.gather(*(ask_again(services, bot, retry) for retry in due), return_exceptions=True)
    for retry, error in zip(due, ended, strict=True):
        if isinstance(error, StorageError):
            raise error
        if error:  # a bug that has to be seen, and that no other question has to wait for
            _log.error("message %s of chat %s failed", retry.message_id, retry.chat_id, exc_info=error)
            await _postpone(services, retry)


async def ask_again(services: Services, bot: Bot, retry: Retry) -> None:
    """Ask a question again and edit its message with what comes of it; one that cannot be edited is let go.

    Its row goes last: a bot that ends before the message was edited asks once more after its start.
    """
    try:
        await _edit(services, bot, retry)
    except TelegramError as error:
        if isinstance(error, NetworkError | RetryAfter) and not is_bad_message(error):
            await _postpone(services, retry)
            return
        _log.info("message %s of chat %s is not edited: %s", retry.message_id, retry.chat_id, error)
        await asyncio.to_thread(services.retries.drop_message, retry.chat_id, retry.message_id)
    else:
        await asyncio.to_thread(services.retries.drop, retry)


async def _postpone(services: Services, retry: Retry) -> None:
    """Ask in a moment, as often as questions are asked again."""
    later = replace(retry, at=services.clock() + _LATER, tries=retry.tries + 1)
    if later.tries <= MAX_TRIES:
        await asyncio.to_thread(services.retries.keep, later)
    else:
        await asyncio.to_thread(services.retries.drop_message, retry.chat_id, retry.message_id)


async def _edit(services: Services, bot: Bot, retry: Retry) -> None:
    """Ask, and edit.

    Raises:
        TelegramError: the message cannot be edited.
    """
    message = retry.chat_id, retry.message_id
    answer = await asyncio.to_thread(_asked, services, bot.id, retry)
    if isinstance(answer, str):
        await _replace_words(bot, message, answer)
    elif answer is not None:
        fan, job = answer
        drawn = await replace_fan(services.charts, bot, message, fan)
        await track_fan(services, bot, message, fan, job, drawn)


async def _replace_words(bot: Bot, message: MessageId, answer: str) -> None:
    """Put other words into a message, or below its chart.

    Raises:
        TelegramError: the message cannot be edited.
    """
    try:
        with ignore_unmodified():
            await bot.edit_message_text(answer, *message)
    except BadRequest as error:
        if not is_chart(error):
            raise
        with ignore_unmodified():
            await bot.edit_message_caption(*message, caption=answer)


def _asked(services: Services, bot_id: int, retry: Retry) -> tuple[FanMessage, Job | None] | str | None:
    """The use case: the answer as it is now, or HTML of why there is none; None where the chat is no longer served.

    What the message is going to say of the next try is kept before.

    Raises:
        StorageError: the database failed.
    """
    profile = services.chats.profile(retry.chat_id)
    if profile.chat is None or not may_push_to(services.chats, services.access, retry.chat_id):
        return None
    zone = profile.zone(services.home_timezone)
    try:
        found = services.symbols.use(retry.name, partial(_predicted, services, horizon=retry.horizon))
    except StorageError:
        raise
    except FanchartError as error:
        return _failed(services, retry, error, zone)
    trouble, symbol = found.answer.trouble, found.answer.forecast.symbol
    is_retried = _keep_next(services, retry, trouble.retry_at if trouble else None)
    fan = FanMessage(found.answer, retry.horizon, zone, read_as=read_as(retry.name, found.match), is_retried=is_retried)
    job = next((job for job in services.jobs.jobs() if (job.kind, job.symbol) == ("train", symbol)), None)
    return with_job(services, find_chart(services.charts, bot_id, fan), job), job


def _predicted(services: Services, symbol: str, horizon: int) -> Answer:
    """The forecast on the newest prices, however long those take.

    Raises:
        FanchartError: what stands in the way.
    """
    with suppress(FanchartError):  # the forecast tells it
        services.prices.renewed(symbol)
    return services.forecasts.predict(symbol, horizon)


def _failed(services: Services, retry: Retry, error: FanchartError, zone: ZoneInfo) -> str:
    """HTML of why there is still no answer, and when the question is asked again, if it is."""
    retry_at = error.retry_at if isinstance(error, RateLimited | SourceUnreachable | StalePrices) else None
    if _keep_next(services, retry, retry_at) and retry_at:
        return retry_text(error, retry_at, services.clock(), zone)
    return given_up_text(error, retry.name) if retry_at else escape(error_text(error))


def _keep_next(services: Services, retry: Retry, at: datetime | None) -> bool:
    """Keep that the question is asked again, where that makes sense; whether it is."""
    if at is None or retry.tries + 1 >= MAX_TRIES:
        return False
    return services.retries.keep(replace(retry, at=at, tries=retry.tries + 1))
