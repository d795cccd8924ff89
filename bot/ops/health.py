"""The health page for whoever watches the bot, `GET /health` on OPS_PORT, and the sockets that the bot listens on."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from forecasting.errors import SettingsError

Report = Callable[[], dict[str, object]]
"""What the page shows, as a JSON object."""


class HealthHandler(RequestHandler):
    """One JSON object; that there is an answer at all says that the event loop runs."""

    def initialize(self, report: Report) -> None:
        """Tornado's own constructor of a handler."""
        self._report = report

    def get(self) -> None:
        """Answer with the report."""
        self.write(self._report())


@asynccontextmanager
async def serve_health(port: int | None, report: Report) -> AsyncIterator[None]:
    """Serve the page while the block runs; nothing where no port is set.

    Raises:
        SettingsError: the port is taken.
    """
    if port is None:
        yield
        return
    listening = listening_socket("OPS_PORT", port)
    server = HTTPServer(Application([("/health", HealthHandler, {"report": report})], log_function=lambda _: None))
    server.add_sockets([listening])
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


def listening_socket(setting: str, port: int) -> socket.socket:
    """A socket that listens on a port of every network that this machine is in.

    Raises:
        SettingsError: the port is taken; names the setting that chose it.
    """
    try:
        listening = socket.create_server(("", port))
    except OSError:
        what = f"{setting}: port {port} is in use."
        raise SettingsError(what, "Set another one.") from None
    listening.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return listening
