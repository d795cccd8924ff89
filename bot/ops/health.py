"""The health page for whoever watches the bot: `GET /health` on OPS_PORT."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.ops.sockets import listening_socket

Report = Callable[[], dict[str, object]]
"""What the page shows, as a JSON object."""


class HealthHandler(RequestHandler):
    """One JSON object; that there is an answer at all says that the event loop runs."""

    def initialize(self, report: Report) -> None:
        """Take what makes the report."""
        self._report = report

    def get(self) -> None:
        """Report."""
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
