"""The HTTP server on 127.0.0.1, for the Bot API and the page."""

from __future__ import annotations

import socket
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.localchat.api.bot_api import BotApi
from bot.localchat.api.request_handlers import BotApiHandler, FileHandler, write_error
from bot.localchat.page.event_stream import EventStreamHandler
from bot.localchat.page.page_handlers import STATIC, ActionHandler, PageFileHandler, StaticHandler
from bot.localchat.state import limits
from bot.localchat.state.error_responses import ApiError

LOOPBACK = "127.0.0.1"
_MAX_BODY_BYTES = limits.DOCUMENT_BYTES + 1024 * 1024


class NotFoundHandler(RequestHandler):
    """Every other address."""

    def prepare(self) -> None:
        """Answer 404 as Telegram does."""
        write_error(self, ApiError(404, "Not Found"))
        self.finish()


class Server:
    """Listens on one port of 127.0.0.1, inside the running event loop."""

    def __init__(self, api: BotApi) -> None:
        """Prepare the routes."""
        routes: list[Any] = [  # tornado's own forms of a rule
            (r"/bot([^/]*)/(\w+)", BotApiHandler, {"api": api}),
            (r"/file/bot([^/]*)/([\w/.-]+)", FileHandler, {"api": api}),
            (r"/()", StaticHandler, {"path": STATIC, "default_filename": "index.html"}),
            (r"/static/((?:css/|js/)?[\w.-]+)", StaticHandler, {"path": STATIC}),
            (r"/page/events", EventStreamHandler, {"state": api.state}),
            (r"/page/file/(\w+)", PageFileHandler, {"state": api.state}),
            (r"/page/(\w+)", ActionHandler, {"state": api.state}),
        ]
        # no access log: the addresses hold the token
        application = Application(routes, default_handler_class=NotFoundHandler, log_function=lambda _: None)
        self._http = HTTPServer(application, max_body_size=_MAX_BODY_BYTES, max_buffer_size=_MAX_BODY_BYTES)

    def start(self, port: int) -> int:
        """Listen on a port, or on a free one for 0; return it.

        Raises:
            OSError: the port is taken.
        """
        listening = socket.create_server((LOOPBACK, port))
        listening.settimeout(0)
        self._http.add_socket(listening)
        return int(listening.getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and end every open connection."""
        self._http.stop()
        await self._http.close_all_connections()
