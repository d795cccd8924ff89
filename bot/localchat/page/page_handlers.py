"""The page's addresses: its own files, the photos and documents of the chats, and the actions of a person."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from bot.localchat.api.request_handlers import read_parameters, write_error
from bot.localchat.page.page_actions import ACTIONS
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.server_state import ServerState

_log = logging.getLogger(__name__)
STATIC: Final = Path(__file__).parent.parent / "static"
_MAX_ACTION_BYTES = 64 * 1024
_OWN_HOSTS = frozenset({"127.0.0.1", "localhost"})
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
    """Check that the request comes from this page, not from another site in the same browser.

    Raises:
        HTTPError: 403 for a foreign Host (DNS rebinding), Origin or Sec-Fetch-Site.
    """
    headers = handler.request.headers
    host = headers.get("Host", "")
    origin = headers.get("Origin")
    if urlsplit(f"//{host}").hostname not in _OWN_HOSTS:
        raise HTTPError(403, "foreign host")
    if origin is not None and origin != f"http://{host}":
        raise HTTPError(403, "foreign origin")
    if headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise HTTPError(403, "foreign site")


class PageHandler(RequestHandler):
    """The base of the page's handlers: strict headers, and the same origin only."""

    def initialize(self, state: ServerState) -> None:
        """Take the argument of the route."""
        self._state = state

    def set_default_headers(self) -> None:
        """Add the strict headers."""
        for name, value in _SECURITY_HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Check the origin.

        Raises:
            HTTPError: 403 for another site.
        """
        check_same_origin(self)

    def log_exception(self, *error: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log failures that are not the request's fault."""
        if not isinstance(error[1], HTTPError):
            _log.error("the page's request failed", exc_info=error)


class StaticHandler(StaticFileHandler):
    """The page's files; `/` is index.html."""

    def set_default_headers(self) -> None:
        """Add the strict headers."""
        for name, value in _SECURITY_HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Check the host.

        Raises:
            HTTPError: 403 for another Host.
        """
        if urlsplit(f"//{self.request.host}").hostname not in _OWN_HOSTS:
            raise HTTPError(403, "foreign host")


class PageFileHandler(PageHandler):
    """`/page/file/<file id>`: a photo to show, or a document to save."""

    def get(self, file_id: str) -> None:
        """Write the file's bytes.

        Raises:
            HTTPError: 404 for an unknown id.
        """
        try:
            stored = self._state.files.get(file_id)
        except ApiError as error:
            raise HTTPError(404) from error
        self.set_header("Content-Type", stored.mime_type if stored.width else "application/octet-stream")
        if not stored.width:
            self.set_header("Content-Disposition", "attachment")
        self.set_header("Cache-Control", "private, max-age=86400, immutable")
        self.write(self._state.files.content(stored.file_id))


class ActionHandler(PageHandler):
    """`/page/<action>`: an action of a person; takes and returns JSON."""

    def post(self, action: str) -> None:
        """Do it; errors are those of the Bot API.

        Raises:
            HTTPError: 413 for a body over 64 KB, 415 where it is not JSON, 404 for an unknown action.
        """
        if len(self.request.body) > _MAX_ACTION_BYTES:
            raise HTTPError(413)
        if not self.request.headers.get("Content-Type", "").startswith("application/json"):
            raise HTTPError(415)
        if action not in ACTIONS:
            raise HTTPError(404)
        try:
            self.write({"ok": True, "result": ACTIONS[action](self._state, read_parameters(self))})
        except ApiError as error:
            write_error(self, error)
