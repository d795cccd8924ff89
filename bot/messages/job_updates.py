"""Updates the messages that wait for a job whenever it has changed, at most every 3 seconds.

A waiting message is a row, too: the next run of the bot finishes what this one began.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.chats.ports import TrackedMessageStore
from bot.chats.types import TrackedMessage
from bot.messages.fan_message import MessageId
from forecasting.errors import FanchartError
from forecasting.types.job_records import Job, JobState, Progress

UPDATE_EVERY_S: Final = 3.0
TRIES: Final = 6
"""How often an update is tried while the network fails, each time after twice as long: a minute and a half in all."""
UpdateMessage = Callable[[Job], Awaitable[None]]
"""Puts a job's state into a message."""

_log = logging.getLogger(__name__)


class JobUpdates:
    """Which messages wait for which job; lives in the bot's event loop, one task a message."""

    def __init__(
        self,
        updates: Callable[[int], AsyncIterator[Job]],
        store: TrackedMessageStore,
        every_s: float = UPDATE_EVERY_S,
    ) -> None:
        """Take the queue's updates of a job, and the seconds between two edits of one message."""
        self._updates = updates
        self._store = store
        self._every_s = every_s
        self._tasks: dict[MessageId, asyncio.Task[None]] = {}

    def keep(self, tracked: TrackedMessage) -> None:
        """Store a message that is going to wait; blocking, before `track`."""
        self._store.keep(tracked)

    def track(self, tracked: TrackedMessage, shown: Job | None, update_message: UpdateMessage) -> None:
        """Update a kept message, which shows the job as `shown` (None: of an earlier run), until the job has ended."""
        message = tracked.chat_id, tracked.message_id
        if before := self._tasks.pop(message, None):
            before.cancel()
        task = asyncio.create_task(self._run(tracked, shown, update_message))
        self._tasks[message] = task
        task.add_done_callback(lambda ended: self._ended(message, ended))

    async def unfinished(self) -> tuple[TrackedMessage, ...]:
        """The messages that still waited when the bot last stopped, to be tracked again."""
        return await asyncio.to_thread(self._store.every)

    async def forget(self, message: MessageId) -> None:
        """Update a message no more, since it shows something else."""
        if task := self._tasks.pop(message, None):
            task.cancel()
            await asyncio.to_thread(self._store.drop_message, *message)

    async def close(self) -> None:
        """Stop updating; the jobs themselves go on, and the messages wait for the next run."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, tracked: TrackedMessage, shown: Job | None, update_message: UpdateMessage) -> None:
        try:
            async for job in self._updates(tracked.job_id):
                if shown is None or _visible(job) != _visible(shown):
                    await self._update(job, update_message)
                    shown = job
                    await asyncio.sleep(self._every_s)
        except (TelegramError, FanchartError) as error:  # the message is gone, or nobody may write there
            _log.info("message %s of chat %s is updated no more: %s", tracked.message_id, tracked.chat_id, error)
        await asyncio.to_thread(self._store.drop, tracked)

    async def _update(self, job: Job, update_message: UpdateMessage) -> None:
        """Update, also where the network fails for a while: an end that nobody sees looks like a training for ever.

        Raises:
            TelegramError: the message cannot be edited.
        """
        for doubled in range(TRIES - 1):
            try:
                return await update_message(job)
            except BadRequest:  # a kind of network error to python-telegram-bot, and for good
                raise
            except NetworkError:
                await asyncio.sleep(self._every_s * 2**doubled)
        return await update_message(job)

    def _ended(self, message: MessageId, task: asyncio.Task[None]) -> None:
        """Let go of a task; one that died of something unforeseen is a bug that has to be seen."""
        if self._tasks.get(message) is task:
            del self._tasks[message]
        if not task.cancelled() and (error := task.exception()):
            _log.error("message %s of chat %s is updated no more", message[1], message[0], exc_info=error)


def _visible(job: Job) -> tuple[JobState, Progress, str]:
    """What a message shows of a job: that somebody joined it is no reason to edit."""
    return job.state, job.progress, job.message
