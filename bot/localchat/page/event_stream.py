"""The page's stream of events, as server-sent events."""

from __future__ import annotations

import asyncio
import json

from tornado.iostream import StreamClosedError

from bot.localchat.api.request_parameters import Json
from bot.localchat.page.page_handlers import PageHandler
from bot.localchat.page.page_json import event_json, snapshot_json
from bot.localchat.state.chat_events import Event

_HEARTBEAT_S = 15.0
_MAX_WAITING_EVENTS = 1_000
_RECONNECT_MS = 1_000


class EventStreamHandler(PageHandler):
    """`/page/events`: a snapshot, then every event; a page that falls behind gets a new snapshot."""

    async def get(self) -> None:
        """Stream until the page closes."""
        self._streaming = asyncio.current_task()
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(_MAX_WAITING_EVENTS)
        self._has_snapshot = False
        self.set_header("Content-Type", "text/event-stream")
        self.write(f"retry: {_RECONNECT_MS}\n")
        stop_listening = self._state.events.listen(self._enqueue)
        try:
            while True:
                self.write(f"data: {json.dumps(await self._next())}\n\n")
                await self.flush()
        except (StreamClosedError, asyncio.CancelledError):
            return
        finally:
            stop_listening()

    def on_connection_close(self) -> None:
        """End the stream of a page that closed."""
        if self._streaming:
            self._streaming.cancel()

    def _enqueue(self, event: Event) -> None:
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:
            self._waiting = asyncio.Queue(_MAX_WAITING_EVENTS)
            self._has_snapshot = False

    async def _next(self) -> Json:
        if not self._has_snapshot:
            self._has_snapshot = True
            return snapshot_json(self._state, with_messages=True)
        try:
            return event_json(self._state, await asyncio.wait_for(self._waiting.get(), _HEARTBEAT_S))
        except TimeoutError:
            return {"type": "heartbeat"}
