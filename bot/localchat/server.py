"""The HTTP server on 127.0.0.1: the Bot API beside the page."""

from __future__ import annotations

import socket
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.localchat import limits
from bot.localchat.api_error import ApiError
from bot.localchat.bot_api import BotApi, BotApiHandler, FileHandler, write_refusal
from bot.localchat.page import STATIC, ActHandler, EventsHandler, PageFileHandler, StaticHandler

LOOPBACK = "127.0.0.1"
_BODY_BYTES = limits.DOCUMENT_BYTES + 1024 * 1024


class NotFoundHandler(RequestHandler):
    """Every other address."""

    def prepare(self) -> None:
        """Answer as Telegram answers an address that it does not know."""
        write_refusal(self, ApiError(404, "Not Found"))
        self.finish()


class Server:
    """Listens on one port of 127.0.0.1, inside the running event loop."""

    def __init__(self, api: BotApi) -> None:
        """Prepare the routes."""
        routes: list[Any] = [  # tornado's own forms of a rule
            (r"/bot([^/]*)/(\w+)", BotApiHandler, {"api": api}),
            (r"/file/bot([^/]*)/([\w/.-]+)", FileHandler, {"api": api}),
            (r"/()", StaticHandler, {"path": STATIC, "default_filename": "index.html"}),
            (r"/static/([\w.-]+)", StaticHandler, {"path": STATIC}),
            (r"/page/events", EventsHandler, {"world": api.world}),
            (r"/page/file/(\w+)", PageFileHandler, {"world": api.world}),
            (r"/page/(\w+)", ActHandler, {"world": api.world}),
        ]
        # no access log: the addresses hold the token
        application = Application(routes, default_handler_class=NotFoundHandler, log_function=lambda _: None)
        self._http = HTTPServer(application, max_body_size=_BODY_BYTES, max_buffer_size=_BODY_BYTES)

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
