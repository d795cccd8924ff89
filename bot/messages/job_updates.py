"""Follows jobs for the messages that wait for them: each is retold when its job has moved, at most every 3 seconds.

A waiting message is a row, too: the next run ends what this one began to tell.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.chats.types import Watch
from forecasting.errors import FanchartError
from forecasting.types.job_records import Job
from storage.tracked_messages import TrackedMessageStore

UPDATE_EVERY_S: Final = 3.0
TRIES: Final = 6
"""How often a message is retold while the network fails, each time after twice as long: a minute and a half in all."""
Place = tuple[int, int]
"""A message: its chat's id and its own."""
Retell = Callable[[Job], Awaitable[None]]
"""Tells a message's readers how the job stands."""

_log = logging.getLogger(__name__)


class JobUpdates:
    """Which messages wait for which job; lives in the bot's event loop, one task a message."""

    def __init__(
        self, news: Callable[[int], AsyncIterator[Job]], kept: TrackedMessageStore, every_s: float = UPDATE_EVERY_S
    ) -> None:
        """Take the queue's news of a job, the waiting messages, and the seconds between two edits of one."""
        self._news = news
        self._kept = kept
        self._every_s = every_s
        self._tasks: dict[Place, asyncio.Task[None]] = {}

    async def follow(self, told: Job, place: Place, retell: Retell, horizon: int | None = None) -> None:
        """Retell a message, which tells of the job as `told`, until the job has ended.

        `horizon` is what its fan chart shows; None for a message of words.
        """
        watch = Watch(*place, told.id, horizon)
        await asyncio.to_thread(self._kept.keep, watch)
        self._begin(watch, told, retell)

    async def left(self) -> tuple[Watch, ...]:
        """The messages that the last run left waiting, to be taken up with `resume`."""
        return await asyncio.to_thread(self._kept.every)

    def resume(self, watch: Watch, retell: Retell) -> None:
        """Retell a message that the last run left waiting, beginning with how its job stands now."""
        self._begin(watch, None, retell)

    async def leave(self, place: Place) -> None:
        """Retell a message no more, since it shows something else."""
        if task := self._tasks.pop(place, None):
            task.cancel()
            await asyncio.to_thread(self._kept.drop_message, *place)

    async def close(self) -> None:
        """Stop following; the jobs themselves go on, and the messages wait for the next run."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, watch: Watch, told: Job | None, retell: Retell) -> None:
        place = watch.chat_id, watch.message_id
        if before := self._tasks.pop(place, None):
            before.cancel()
        task = asyncio.create_task(self._run(watch, told, retell))
        self._tasks[place] = task
        task.add_done_callback(lambda ended: self._ended(place, ended))

    async def _run(self, watch: Watch, told: Job | None, retell: Retell) -> None:
        try:
            async for job in self._news(watch.job_id):
                if job != told:
                    await self._tell(job, retell)
                    await asyncio.sleep(self._every_s)
        except (TelegramError, FanchartError) as error:  # the message is gone, or nobody may write there
            _log.info("message %s of chat %s is retold no more: %s", watch.message_id, watch.chat_id, error)
        await asyncio.to_thread(self._kept.drop, watch)

    async def _tell(self, job: Job, retell: Retell) -> None:
        """Retell, also where the network fails for a while: an end that nobody is told looks like a training for ever.

        Raises:
            TelegramError: the message cannot be retold.
        """
        for doubled in range(TRIES - 1):
            try:
                return await retell(job)
            except BadRequest:  # a kind of network error to python-telegram-bot, and for good
                raise
            except NetworkError:
                await asyncio.sleep(self._every_s * 2**doubled)
        return await retell(job)

    def _ended(self, place: Place, task: asyncio.Task[None]) -> None:
        """Let go of a task; one that died of something unforeseen is a bug that has to be seen."""
        if self._tasks.get(place) is task:
            del self._tasks[place]
        if not task.cancelled() and (error := task.exception()):
            _log.error("message %s of chat %s is retold no more", place[1], place[0], exc_info=error)
