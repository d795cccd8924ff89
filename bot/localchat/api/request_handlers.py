"""The addresses of the Bot API: requests read from HTTP, and Telegram's answers."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
from typing import Any

from tornado.web import RequestHandler

from bot.localchat.api.bot_api import BotApi
from bot.localchat.api.faults import Break
from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.files import Upload

_log = logging.getLogger(__name__)
_TOKEN = re.compile(r"\d{3,}:[\w-]{30,}")


class BotApiHandler(RequestHandler):
    """`/bot<token>/<method>`, by GET and POST."""

    def initialize(self, api: BotApi) -> None:
        """Take the argument of the route."""
        self._api = api
        self._work: asyncio.Future[Json | Break] | None = None

    async def get(self, token: str, method_name: str) -> None:
        """Answer a request."""
        try:
            check_token(self._api.token, token)
            self._work = asyncio.ensure_future(self._api.answer(method_name, read_parameters(self)))
            result = await self._work
        except ApiError as error:
            write_error(self, error)
            return
        except asyncio.CancelledError:
            return  # the bot closed the connection, or the server stops
        if isinstance(result, Break):
            await self._break(result)
        else:
            self.write({"ok": True, "result": result})

    async def post(self, token: str, method_name: str) -> None:
        """Answer a request."""
        await self.get(token, method_name)

    async def _break(self, kind: Break) -> None:
        if kind is Break.HANGING:
            self._work = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._work])
        self.detach().close()

    def on_connection_close(self) -> None:
        """Cancel the work for a bot that closed the connection."""
        if self._work:
            self._work.cancel()

    def log_exception(self, *error: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log a failure without the request, whose address holds the token."""
        _log.error("the local chat failed to answer", exc_info=error)


class FileHandler(RequestHandler):
    """`/file/bot<token>/<path>`: the download of a file by the path that `getFile` returned."""

    def initialize(self, api: BotApi) -> None:
        """Take the argument of the route."""
        self._api = api

    def get(self, token: str, path: str) -> None:
        """Write the file's bytes."""
        try:
            content = self._content(token, path)
        except ApiError as error:
            write_error(self, error)
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.write(content)

    def _content(self, token: str, path: str) -> bytes:
        check_token(self._api.token, token)
        stored = self._api.state.files.by_path(path)
        if stored is None:
            raise ApiError(404, "Not Found")
        return self._api.state.files.content(stored.file_id)


def check_token(expected: str, given: str) -> None:
    """Check the token of an address.

    Raises:
        ApiError: 404 where it is not a token, 401 where it is that of another bot.
    """
    if not _TOKEN.fullmatch(given):
        raise ApiError(404, "Not Found")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise ApiError(401, "Unauthorized")


def read_parameters(handler: RequestHandler) -> Parameters:
    """Return a request's parameters from its query, form, JSON or multipart body.

    Raises:
        ApiError: the parameters are not UTF-8, or the body's type is JSON and it is not a JSON object.
    """
    request = handler.request
    try:
        values: dict[str, Json] = {name: given[-1].decode() for name, given in request.arguments.items()}
        if request.headers.get("Content-Type", "").startswith("application/json") and request.body:
            values |= dict(json.loads(request.body))
    except UnicodeDecodeError as error:
        raise ApiError(400, "Bad Request: strings must be encoded in UTF-8") from error
    except (ValueError, TypeError) as error:
        raise ApiError(400, "Bad Request: can't parse JSON object") from error
    uploads = {
        name: Upload(files[0]["filename"], files[0]["content_type"], files[0]["body"])
        for name, files in request.files.items()
    }
    return Parameters(values, uploads)


def write_error(handler: RequestHandler, error: ApiError) -> None:
    """Write an error response; a 429 has the header `Retry-After` too."""
    handler.set_status(error.code)
    if error.retry_after is not None:
        handler.set_header("Retry-After", str(error.retry_after))
    handler.write(error.response())
