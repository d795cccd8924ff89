"""Telegram's rate limits: about 30 messages a second overall, 1 a second a chat, 20 a minute a group.

The limits are the Bot FAQ's ("My bot is hitting limits"); docs/decisions/0042 says why python-telegram-bot's own
limiter does not serve.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from math import ceil, inf
from typing import Any, Final

from aiolimiter import AsyncLimiter
from cachetools import TLRUCache
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

MESSAGES_PER_SECOND: Final = 29
"""A little below Telegram's 30, since messages do not arrive as evenly as they leave."""
BURST: Final = 15
"""So many at once after a pause: what a busy machine was late with is caught up."""
CHAT_BURST: Final = 3
"""Short bursts in one chat are let through; the mean is 1 message a second."""
GROUP_MESSAGES_PER_MINUTE: Final = 20
REPLY_TRIES: Final = 4
_FLOOD_MARGIN_S: Final = 0.1
"""Added to the time that Telegram asks for, which is in whole seconds."""

Response = bool | dict[str, Any] | list[dict[str, Any]]  # Any: Telegram's JSON, python-telegram-bot's own type for it


class Priority(IntEnum):
    """Whose request goes first; handed over as `rate_limit_args`."""

    REPLY = 0  # somebody waits for it
    PUSH = 1


class PriorityLimiter:
    """A limiter whose places go to the best priority that waits, and in order within a priority."""

    def __init__(self, limiter: AsyncLimiter) -> None:
        self._limiter = limiter
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = count()
        self._admissions: set[asyncio.Task[None]] = set()

    async def acquire(self, priority: int) -> None:
        """Wait for a place; a smaller priority goes first."""
        place = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (priority, next(self._number), place))
        admission = asyncio.create_task(self._admit_one())
        self._admissions.add(admission)
        admission.add_done_callback(self._admissions.discard)
        await place

    async def _admit_one(self) -> None:
        """Take the limiter's next place and give it to the best that waits, which need not be who asked for it."""
        await self._limiter.acquire()
        while self._waiting:
            place = heappop(self._waiting)[-1]
            if not place.done():  # a cancelled one needs no place any more
                place.set_result(None)
                return


class TelegramRateLimiter(BaseRateLimiter[int]):
    """Holds each message back until Telegram's limits allow it; `rate_limit_args` is a `Priority`, `REPLY` by default.

    A reply that meets a 429 waits and is tried again; a push is given back to the sender, which has its own ledger.
    One chat's 429 holds that chat; a second chat's meanwhile holds everything, since the whole bot is meant then.
    """

    def __init__(self) -> None:
        self._overall = PriorityLimiter(AsyncLimiter(BURST, BURST / MESSAGES_PER_SECOND))
        self._chats: TLRUCache[object, list[AsyncLimiter], float] = TLRUCache(inf, _forgotten_at, _now)
        self._chat_floods: dict[object, float] = {}  # chat: until when
        self._flood_until = 0.0

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to stop."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Response]],
        args: Any,  # noqa: ANN401 - passed through as it comes
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Response:
        """Make one request to Telegram as soon as the limits allow it.

        Raises:
            RetryAfter: Telegram told a push to wait, or a reply several times.
            TelegramError: whatever else the request raises.
        """
        chat = data.get("chat_id")
        if chat is None or not _makes_message(endpoint):
            return await callback(*args, **kwargs)
        priority = Priority.REPLY if rate_limit_args is None else rate_limit_args
        tries_left = 1 if priority == Priority.PUSH else REPLY_TRIES
        while True:
            await self._acquire(chat, _message_count(data), priority)
            tries_left -= 1
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._record_flood(chat, seconds_to_wait(error))
                if not tries_left:
                    raise

    async def _acquire(self, chat: object, messages: int, priority: int) -> None:
        """Wait until a chat may be sent some messages.

        Raises:
            RetryAfter: it is a push, and this chat met a 429; pushes to others shall not wait behind it.
        """
        if priority == Priority.PUSH and (wait := self._chat_floods.get(chat, 0.0) - _now()) > 0:
            raise RetryAfter(timedelta(seconds=ceil(wait)))
        await self._wait_for_flood(chat)
        limiters = self._chats.get(chat) or _chat_limiters(chat)
        for _ in range(messages):
            for limiter in limiters:
                await limiter.acquire()
            self._chats[chat] = limiters  # kept from here on for as long as this message counts
            await self._overall.acquire(priority)

    async def _wait_for_flood(self, chat: object) -> None:
        """Wait for as long as Telegram wants nothing, or nothing for this chat."""
        while (wait := max(self._flood_until, self._chat_floods.get(chat, 0.0)) - _now()) > 0:  # noqa: ASYNC110 - a clock
            await asyncio.sleep(wait)
        self._chat_floods.pop(chat, None)

    def _record_flood(self, chat: object, seconds: float) -> None:
        """Note that a chat met a 429."""
        now = _now()
        until = now + seconds + _FLOOD_MARGIN_S
        if any(end > now for other, end in self._chat_floods.items() if other != chat):
            self._flood_until = max(self._flood_until, until)
        self._chat_floods[chat] = until


def seconds_to_wait(error: RetryAfter) -> float:
    """How long Telegram wants us to wait; python-telegram-bot has two types for it."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _chat_limiters(chat: object) -> list[AsyncLimiter]:
    """A chat's limiter, and a group's second one; channels and groups have negative ids, or names."""
    limiters = [AsyncLimiter(CHAT_BURST, CHAT_BURST)]
    if not isinstance(chat, int) or chat < 0:
        limiters.append(AsyncLimiter(GROUP_MESSAGES_PER_MINUTE, 60))
    return limiters


def _forgotten_at(_chat: object, limiters: list[AsyncLimiter], now: float) -> float:
    """When limiters that were used now are as good as new ones."""
    return now + max(limiter.time_period for limiter in limiters)


def _now() -> float:
    """The event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()


def _makes_message(endpoint: str) -> bool:
    """Whether a method of the Bot API makes or changes a message."""
    return endpoint.startswith(("send", "edit", "copy", "forward")) and endpoint != "sendChatAction"


def _message_count(data: dict[str, Any]) -> int:
    """How many messages a request makes: an album counts one an item."""
    media = data.get("media")
    return len(media) if isinstance(media, (list, tuple)) else 1
