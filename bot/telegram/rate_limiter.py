"""Telegram's pace for everything the bot sends: about 30 messages a second, 1 a second a chat, 20 a minute a group.

The limits are the Bot FAQ's ("My bot is hitting limits"). python-telegram-bot's own `AIORateLimiter` knows no limit a
chat, lets a push keep people waiting, and stops the whole bot when one chat is told to wait; this one does not.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count
from math import ceil
from typing import Any, Final

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

Reply = bool | dict[str, Any] | list[dict[str, Any]]  # Any: Telegram's JSON, python-telegram-bot's own type for it
MESSAGES_PER_SECOND: Final = 29
"""A little below Telegram's 30, since messages do not arrive as evenly as they leave."""
BURST: Final = 15
"""So many at once after a pause: what a busy machine was late with is caught up."""
CHAT_BURST: Final = 3
"""Short bursts in one chat are let through; the mean is 1 message a second."""
GROUP_MESSAGES_PER_MINUTE: Final = 20
REPLY_TRIES: Final = 4
REMEMBERED_CHATS: Final = 512
_MARGIN_S: Final = 0.1
"""Added to what Telegram says, which is in whole seconds."""


class TelegramRateLimiter(BaseRateLimiter[int]):
    """Holds each message back until Telegram will take it; `rate_limit_args` is `REPLY` (the default) or `PUSH`.

    A reply that is told to wait (429) waits and is tried again; a push is given back to the sender, which has its own
    ledger. One chat told to wait holds that chat; a second one meanwhile holds everything, for then the whole bot is
    meant.
    """

    def __init__(self) -> None:
        """Start with every limit unused."""
        self._turnstile = PriorityLimiter(AsyncLimiter(BURST, BURST / MESSAGES_PER_SECOND))
        self._chats: OrderedDict[object, list[AsyncLimiter]] = OrderedDict()
        self._held_until: dict[object, float] = {}
        self._all_held_until = 0.0

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to stop."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Reply]],
        args: Any,  # noqa: ANN401 - passed through as it comes
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Reply:
        """Make one request to Telegram when its turn has come.

        Raises:
            RetryAfter: Telegram told a push to wait, or a reply several times.
            TelegramError: whatever else the request raises.
        """
        chat = data.get("chat_id")
        if chat is None or not _is_message(endpoint):
            return await callback(*args, **kwargs)
        priority = REPLY if rate_limit_args is None else rate_limit_args
        tries_left = 1 if priority == PUSH else REPLY_TRIES
        while True:
            await self._turn(chat, _messages(data), priority)
            tries_left -= 1
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._hold(chat, seconds_to_wait(error))
                if not tries_left:
                    raise

    async def _turn(self, chat: object, messages: int, priority: int) -> None:
        """Wait until a chat may be sent some messages.

        Raises:
            RetryAfter: it is a push, and Telegram told this chat to wait; pushes to others shall not wait behind it.
        """
        if priority == PUSH and (wait := self._chat_held_for(chat)) > 0:
            raise RetryAfter(timedelta(seconds=ceil(wait)))
        await self._held(chat)
        for _ in range(messages):
            for limiter in self._limiters(chat):
                await limiter.acquire()
            await self._turnstile.acquire(priority)

    def _chat_held_for(self, chat: object) -> float:
        """Seconds for which Telegram wants nothing for this chat."""
        return self._held_until.get(chat, 0.0) - asyncio.get_running_loop().time()

    async def _held(self, chat: object) -> None:
        """Wait while Telegram wants nothing, or nothing for this chat."""
        until = max(self._all_held_until, self._held_until.get(chat, 0.0))
        wait = until - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)
            await self._held(chat)  # told to wait again meanwhile?
        self._held_until.pop(chat, None)

    def _hold(self, chat: object, seconds: float) -> None:
        """Note that Telegram told a chat to wait."""
        now = asyncio.get_running_loop().time()
        until = now + seconds + _MARGIN_S
        others = [held for other, held in self._held_until.items() if other != chat and held > now]
        if others:
            self._all_held_until = max(self._all_held_until, until)
        self._held_until[chat] = until

    def _limiters(self, chat: object) -> list[AsyncLimiter]:
        """The limiters of one chat; those of chats that have been quiet for long are let go."""
        limiters = self._chats.pop(chat, None) or _new_limiters(chat)
        self._chats[chat] = limiters
        while len(self._chats) > REMEMBERED_CHATS and _unused(next(iter(self._chats.values()))):
            self._chats.popitem(last=False)
        return limiters


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram wants us to wait; python-telegram-bot says it in either of two types."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _new_limiters(chat: object) -> list[AsyncLimiter]:
    """A chat's limiter, and a group's second one; channels and groups have negative ids, or names."""
    limiters = [AsyncLimiter(CHAT_BURST, CHAT_BURST)]
    if not isinstance(chat, int) or chat < 0:
        limiters.append(AsyncLimiter(GROUP_MESSAGES_PER_MINUTE, 60))
    return limiters


def _unused(limiters: list[AsyncLimiter]) -> bool:
    """Whether nothing was sent for so long that forgetting the limiters changes nothing."""
    return all(limiter.has_capacity(limiter.max_rate) for limiter in limiters)


def _is_message(endpoint: str) -> bool:
    """Whether a method of the Bot API makes or changes a message."""
    return endpoint.startswith(("send", "edit", "copy", "forward")) and endpoint != "sendChatAction"


def _messages(data: dict[str, Any]) -> int:
    """How many messages a request makes: an album counts one an item."""
    media = data.get("media")
    return len(media) if isinstance(media, (list, tuple)) else 1


REPLY: Final = 0
"""Priority of an answer to somebody who waits for it."""
PUSH: Final = 1
"""Priority of a push, which can wait."""


class PriorityLimiter:
    """One limiter's places, given to whoever waits with the best priority, and in order within a priority."""

    def __init__(self, limiter: AsyncLimiter) -> None:
        """Take the limiter that sets the pace."""
        self._limiter = limiter
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = count()
        self._admissions: set[asyncio.Task[None]] = set()

    async def acquire(self, priority: int) -> None:
        """Wait for a place; a smaller priority goes first."""
        ticket = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (priority, next(self._number), ticket))
        admission = asyncio.create_task(self._admit_one())
        self._admissions.add(admission)
        admission.add_done_callback(self._admissions.discard)
        await ticket

    async def _admit_one(self) -> None:
        """Wait for a place, then give it to the best ticket, which need not be the one that asked for it."""
        await self._limiter.acquire()
        while self._waiting:
            ticket = heappop(self._waiting)[-1]
            if not ticket.done():  # cancelled: whoever held it has gone
                ticket.set_result(None)
                return
