"""The page's own addresses: its files, its stream of events and what its people do."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tornado.iostream import StreamClosedError
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from bot.localchat.api_error import ApiError
from bot.localchat.bot_api import read_parameters, write_refusal
from bot.localchat.events import Event
from bot.localchat.page_acts import ACTS
from bot.localchat.page_json import event_json, scene_json
from bot.localchat.updates import Json
from bot.localchat.world import World

_log = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"
ACT_BYTES = 64 * 1024
_HEARTBEAT_SECONDS = 15.0
_WAITING_EVENTS = 1_000
_RECONNECT_MILLISECONDS = 1_000
_OWN_NAMES = frozenset({"127.0.0.1", "localhost"})
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def check_same_origin(handler: RequestHandler) -> None:
    """Check that the request comes from this page: another site could else drive the bot from the same browser.

    Raises:
        HTTPError: 403 for a foreign Host (a rebound name), Origin or Sec-Fetch-Site.
    """
    headers = handler.request.headers
    host = headers.get("Host", "")
    origin = headers.get("Origin")
    if urlsplit(f"//{host}").hostname not in _OWN_NAMES:
        raise HTTPError(403, "foreign host")
    if origin is not None and origin != f"http://{host}":
        raise HTTPError(403, "foreign origin")
    if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise HTTPError(403, "foreign site")


class _PageHandler(RequestHandler):
    """What all of the page's addresses share: the world, strict headers, the same origin."""

    def initialize(self, world: World) -> None:
        """Keep the world."""
        self._world = world

    def set_default_headers(self) -> None:
        """Add the strict headers."""
        for name, value in _SECURITY_HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Serve this page alone."""
        check_same_origin(self)

    def log_exception(self, *error: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log what is nobody's wrong request."""
        if not isinstance(error[1], HTTPError):
            _log.error("the page's request failed", exc_info=error)


class StaticHandler(StaticFileHandler):
    """The page's files; `/` is index.html."""

    def set_default_headers(self) -> None:
        """Add the strict headers."""
        for name, value in _SECURITY_HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Serve this machine's own names alone.

        Raises:
            HTTPError: 403 for another Host.
        """
        if urlsplit(f"//{self.request.host}").hostname not in _OWN_NAMES:
            raise HTTPError(403, "foreign host")


class EventsHandler(_PageHandler):
    """`/page/events`: the scene, then every event, as server-sent events."""

    async def get(self) -> None:
        """Stream until the page closes."""
        self._streaming = asyncio.current_task()
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(_WAITING_EVENTS)
        self._is_complete = False
        self.set_header("Content-Type", "text/event-stream")
        self.write(f"retry: {_RECONNECT_MILLISECONDS}\n")
        unlisten = self._world.listen(self._enqueue)
        try:
            while True:
                self.write(f"data: {json.dumps(await self._next())}\n\n")
                await self.flush()
        except (StreamClosedError, asyncio.CancelledError):
            return
        finally:
            unlisten()

    def on_connection_close(self) -> None:
        """End the stream of a page that closed."""
        if self._streaming:
            self._streaming.cancel()

    def _enqueue(self, event: Event) -> None:
        try:
            self._waiting.put_nowait(event)
        except asyncio.QueueFull:  # too slow a page: it gets the scene anew
            self._waiting = asyncio.Queue(_WAITING_EVENTS)
            self._is_complete = False

    async def _next(self) -> Json:
        if not self._is_complete:
            self._is_complete = True
            return scene_json(self._world, with_messages=True)
        try:
            return event_json(self._world, await asyncio.wait_for(self._waiting.get(), _HEARTBEAT_SECONDS))
        except TimeoutError:
            return {"type": "heartbeat"}


class PageFileHandler(_PageHandler):
    """`/page/file/<file id>`: a photo to show, or a document to save."""

    def get(self, file_id: str) -> None:
        """Write the file's bytes.

        Raises:
            HTTPError: 404 for an unknown id.
        """
        try:
            stored = self._world.files.get(file_id)
        except ApiError as error:
            raise HTTPError(404) from error
        self.set_header("Content-Type", stored.mime_type if stored.width else "application/octet-stream")
        if not stored.width:
            self.set_header("Content-Disposition", "attachment")
        self.set_header("Cache-Control", "private, max-age=86400, immutable")
        self.write(self._world.files.content(stored.file_id))


class ActHandler(_PageHandler):
    """`/page/<act>`: what a person does; JSON in, JSON out."""

    def post(self, act: str) -> None:
        """Do it; a refusal comes in Telegram's form.

        Raises:
            HTTPError: 413 for a body over 64 KB, 415 where it is no JSON, 404 for an unknown act.
        """
        if len(self.request.body) > ACT_BYTES:
            raise HTTPError(413)
        if not self.request.headers.get("Content-Type", "").startswith("application/json"):
            raise HTTPError(415)
        if act not in ACTS:
            raise HTTPError(404)
        try:
            self.write({"ok": True, "result": ACTS[act](self._world, read_parameters(self))})
        except ApiError as error:
            write_refusal(self, error)
