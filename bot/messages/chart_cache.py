"""Charts on their way to Telegram: drawn once, one at a time, and sent again by Telegram's own file id."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final, TypeVar

from cachetools import LRUCache
from telegram import Message
from telegram.error import BadRequest

from bot.chats.ports import ChartStore
from bot.chats.types import ChartKey
from bot.ops.malloc import collect
from bot.telegram.api_errors import is_bad_file

_DRAWN_KEPT: Final = 16
"""Drawn charts kept in memory (about 40 kB each), for those who ask while the first one is still being sent."""

Picture = bytes | str
"""A PNG, or the file id of one that Telegram has."""
_Sent = TypeVar("_Sent", bound=Message | None)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture that is drawn only where Telegram does not have it yet."""

    key: ChartKey
    draw: Callable[[], bytes]  # a PNG; blocking
    file_id: str | None = None  # Telegram's, where it was sent before


class ChartCache:
    """Draws and remembers charts; safe to use from any task of the bot's event loop."""

    def __init__(self, sent: ChartStore) -> None:
        self._sent = sent
        self._drawn: LRUCache[ChartKey, bytes] = LRUCache(_DRAWN_KEPT)
        self._drawing = Lock()  # matplotlib's font caches are shared, and two drawings at once take longer than in turn

    def find(self, chart: Chart) -> Chart:
        """The chart with Telegram's file id, where it was sent before; blocking."""
        return replace(chart, file_id=self._sent.find(chart.key))

    def keep(self, chart: Chart) -> None:
        """Remember the file id of a chart that was sent; blocking."""
        if chart.file_id:
            self._sent.keep(chart.key, chart.file_id)

    async def deliver(self, chart: Chart, send: Callable[[Picture], Awaitable[_Sent]]) -> tuple[_Sent, Chart | None]:
        """Send a chart by its file id, else drawn; beside the message, the chart with its new file id to `keep`."""
        if chart.file_id:
            try:
                return await send(chart.file_id), None
            except BadRequest as error:
                if not is_bad_file(error):
                    raise
                await asyncio.to_thread(self._sent.drop, chart.key)
        message = await send(await asyncio.to_thread(self._png, chart))
        file_id = message.photo[-1].file_id if isinstance(message, Message) and message.photo else None
        return message, replace(chart, file_id=file_id) if file_id else None

    async def send(self, chart: Chart, send: Callable[[Picture], Awaitable[_Sent]]) -> _Sent:
        """Send a chart whose file id was looked for, and remember a new one."""
        message, drawn = await self.deliver(chart, send)
        if drawn:
            await asyncio.to_thread(self.keep, drawn)
        return message

    async def prepare(self, chart: Chart) -> None:
        """Draw a chart ahead of its sending, unless Telegram has it."""
        await asyncio.to_thread(self._prepare, chart)

    def _prepare(self, chart: Chart) -> None:
        if self.find(chart).file_id is None:
            self._png(chart)

    def _png(self, chart: Chart) -> bytes:
        with self._drawing:
            png = self._drawn.get(chart.key)
            if png is None:
                png = self._drawn[chart.key] = chart.draw()
                collect()
            return png
