"""Follows jobs for the messages that wait for them: each is retold when its job has moved, at most every 3 seconds."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from telegram.error import BadRequest, NetworkError, TelegramError

from forecasting.errors import FanchartError
from forecasting.types import Job

RETELL_EVERY_S: Final = 3.0
TRIES: Final = 6
"""How often a message is retold while the network fails, each time after twice as long: a minute and a half in all."""
Place = tuple[int, int]
"""A message: its chat's id and its own."""
Retell = Callable[[Job], Awaitable[None]]
"""Tells a message's readers how the job stands."""

_log = logging.getLogger(__name__)


class JobWatch:
    """Which messages wait for which job; lives in the bot's event loop, one task a message."""

    def __init__(self, watch: Callable[[int], AsyncIterator[Job]], every_s: float = RETELL_EVERY_S) -> None:
        """Take the queue's news of a job, and how many seconds lie between two edits of a message."""
        self._watch = watch
        self._every_s = every_s
        self._tasks: dict[Place, asyncio.Task[None]] = {}

    def follow(self, told: Job, place: Place, retell: Retell) -> None:
        """Retell a message, which tells of the job as `told`, until the job has ended."""
        self.leave(place)
        task = asyncio.create_task(self._run(told, place, retell))
        self._tasks[place] = task
        task.add_done_callback(lambda ended: self._ended(place, ended))

    def leave(self, place: Place) -> None:
        """Retell a message no more, since it shows something else."""
        if task := self._tasks.pop(place, None):
            task.cancel()

    async def close(self) -> None:
        """Stop following; the jobs themselves go on."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, told: Job, place: Place, retell: Retell) -> None:
        try:
            async for job in self._watch(told.id):
                if job != told:
                    await self._tell(job, retell)
                    await asyncio.sleep(self._every_s)
        except (TelegramError, FanchartError) as error:  # the message is gone, or nobody may write there
            _log.info("message %s of chat %s is retold no more: %s", place[1], place[0], error)

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
