"""Messages that are about to be edited once more, because newer prices are on their way."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

from bot.messages.fan_message import MessageId

MAX_MESSAGES: Final = 50
"""Messages that wait at a time; each takes a thread for some seconds."""

_log = logging.getLogger(__name__)


class FollowUps:
    """One task a message; lives in the bot's event loop, and what it holds is lost at the end."""

    def __init__(self) -> None:
        self._tasks: dict[MessageId, asyncio.Task[None]] = {}

    def begin(self, message: MessageId, work: Coroutine[Any, Any, None]) -> None:
        """Do the work that ends in an edit of the message, unless too many wait."""
        self.forget(message)
        if len(self._tasks) >= MAX_MESSAGES:
            work.close()
            return
        task = self._tasks[message] = asyncio.create_task(work)
        task.add_done_callback(lambda ended: self._ended(message, ended))

    def forget(self, message: MessageId) -> None:
        """Leave a message alone, since it is going to show something else."""
        if task := self._tasks.pop(message, None):
            task.cancel()

    async def close(self) -> None:
        """Stop; the messages stay as they are."""
        tasks = tuple(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, message: MessageId, task: asyncio.Task[None]) -> None:
        """Let go of a task; one that died of something unforeseen is a bug that has to be seen."""
        if self._tasks.get(message) is task:
            del self._tasks[message]
        if not task.cancelled() and (error := task.exception()):
            _log.error("message %s of chat %s is not followed up", message[1], message[0], exc_info=error)
