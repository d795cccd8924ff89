"""Follows jobs for the messages that wait for them: each is retold when its job has moved, at most every 3 seconds."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from telegram.error import TelegramError

from forecasting.errors import FanchartError
from forecasting.types import Job

RETELL_EVERY_S: Final = 3.0
Place = tuple[int, int]
"""A message: its chat's id and its own."""
Retell = Callable[[Job], Awaitable[None]]
"""Tells a message's readers how the job stands."""

_log = logging.getLogger(__name__)


class JobWatch:
    """Which messages wait for which job; lives in the bot's event loop, one task a job."""

    def __init__(self, watch: Callable[[int], AsyncIterator[Job]], every_s: float = RETELL_EVERY_S) -> None:
        """Take the queue's news of a job, and how many seconds lie between two edits of a message."""
        self._watch = watch
        self._every_s = every_s
        self._waiting: dict[int, dict[Place, Retell]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(self, job: Job, place: Place, retell: Retell) -> None:
        """Retell a message, which tells of `job` as it stands now, until the job has ended."""
        self.leave(place)
        if job.id in self._waiting:
            self._waiting[job.id][place] = retell
            return
        self._waiting[job.id] = {place: retell}
        task = asyncio.create_task(self._run(job))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def leave(self, place: Place) -> None:
        """Retell a message no more, since it shows something else or is gone."""
        for places in self._waiting.values():
            places.pop(place, None)

    async def close(self) -> None:
        """Stop following; the jobs themselves go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let go of a task; one that died of something unforeseen is a bug that has to be seen."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.error("a job is no longer followed", exc_info=error)

    async def _run(self, told: Job) -> None:
        try:
            async for job in self._watch(told.id):
                if job != told:
                    await self._retell_all(job)
                    await asyncio.sleep(self._every_s)
        finally:
            self._waiting.pop(told.id, None)

    async def _retell_all(self, job: Job) -> None:
        """Retell every waiting message; one that cannot be retold leaves."""
        waiting = dict(self._waiting[job.id])
        told = await asyncio.gather(*(retell(job) for retell in waiting.values()), return_exceptions=True)
        for place, outcome in zip(waiting, told, strict=True):
            if isinstance(outcome, (TelegramError, FanchartError)):
                _log.info("message %s of chat %s is retold no more: %s", place[1], place[0], outcome)
                self.leave(place)
            elif isinstance(outcome, BaseException):
                raise outcome
