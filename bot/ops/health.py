"""The health page for whoever watches the bot: `GET /health` on OPS_PORT."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.ops.sockets import listening_socket
from bot.services import Services


class HealthHandler(RequestHandler):
    """One JSON object: version, seconds since the start, jobs, and sources that fail."""

    def initialize(self, services: Services) -> None:
        """Take what is reported on."""
        self._services = services

    def get(self) -> None:
        """Report; that there is an answer at all says that the event loop runs."""
        services = self._services
        self.write(
            {
                "version": version("fanchart"),
                "up_seconds": round((services.clock() - services.started_at).total_seconds()),
                "open_jobs": len(services.jobs.jobs()),
                "failing_sources": [source.name for source in services.prices.status() if source.failures],
            }
        )


@asynccontextmanager
async def serve_health(services: Services) -> AsyncIterator[None]:
    """Serve the page while the block runs; nothing where no port is set.

    Raises:
        SettingsError: the port is taken.
    """
    port = services.settings.ops_port
    if port is None:
        yield
        return
    listening = listening_socket("OPS_PORT", port)
    server = HTTPServer(Application([("/health", HealthHandler, {"services": services})], log_function=lambda _: None))
    server.add_sockets([listening])
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()
