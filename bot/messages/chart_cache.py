"""Charts on their way to Telegram: drawn once, one at a time, and sent again by Telegram's own file id."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from threading import Lock
from typing import Final, TypeVar

from telegram import Message
from telegram.error import BadRequest

from bot.chats.types import ChartKey
from bot.ops.malloc import sweep
from storage.charts import ChartStore

_DRAWN_KEPT: Final = 16
"""Drawn charts kept in memory (about 40 kB each), for those who ask while the first one is still being sent."""
Picture = bytes | str
"""A PNG, or the file id of one that Telegram has."""
_Sent = TypeVar("_Sent", bound=Message | None)


class ChartCache:
    """Draws and remembers charts; safe to use from any task of the bot's event loop."""

    def __init__(self, sent: ChartStore) -> None:
        """Take the store of file ids."""
        self._sent = sent
        self._drawn: OrderedDict[ChartKey, bytes] = OrderedDict()
        self._drawing = Lock()  # matplotlib's font caches are shared, and two drawings at once take longer than in turn

    async def post(
        self, key: ChartKey, draw: Callable[[], bytes], send: Callable[[Picture], Awaitable[_Sent]]
    ) -> _Sent:
        """Send a chart by its file id where Telegram has it, else draw it, send it and remember its id."""
        file_id = await asyncio.to_thread(self._sent.find, key)
        if file_id:
            try:
                return await send(file_id)
            except BadRequest as error:
                if "file" not in error.message.lower():
                    raise
                await asyncio.to_thread(self._sent.drop, key)
        message = await send(await asyncio.to_thread(self._png, key, draw))
        if isinstance(message, Message) and message.photo:
            await asyncio.to_thread(self._sent.keep, key, message.photo[-1].file_id)
        return message

    async def prepare(self, key: ChartKey, draw: Callable[[], bytes]) -> None:
        """Draw a chart ahead of its sending, unless Telegram has it."""
        if await asyncio.to_thread(self._sent.find, key) is None:
            await asyncio.to_thread(self._png, key, draw)

    def sent(self, key: ChartKey) -> str | None:
        """Telegram's file id of a chart that was sent before, or None; blocking."""
        return self._sent.find(key)

    def _png(self, key: ChartKey, draw: Callable[[], bytes]) -> bytes:
        with self._drawing:
            if key not in self._drawn:
                self._drawn[key] = draw()
                sweep()
            self._drawn.move_to_end(key)
            while len(self._drawn) > _DRAWN_KEPT:
                self._drawn.popitem(last=False)
            return self._drawn[key]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture that is drawn only where Telegram does not have it yet."""

    key: ChartKey
    draw: Callable[[], bytes]  # a PNG; blocking
