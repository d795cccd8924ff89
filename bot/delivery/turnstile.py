"""Lets messages through at a steady pace, replies to people before pushes."""

import asyncio
from heapq import heappop, heappush
from itertools import count
from typing import Final

from aiolimiter import AsyncLimiter

REPLY: Final = 0
"""Priority of an answer to somebody who waits for it."""
PUSH: Final = 1
"""Priority of a push, which can wait."""


class Turnstile:
    """One limiter's places, given to whoever waits with the best priority, and in order within a priority."""

    def __init__(self, limiter: AsyncLimiter) -> None:
        """Take the limiter that sets the pace."""
        self._limiter = limiter
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._number = count()
        self._admissions: set[asyncio.Task[None]] = set()

    async def pass_through(self, priority: int) -> None:
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
