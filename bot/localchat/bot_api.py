"""The Bot API over HTTP: a request in, Telegram's answer out, with planned faults and rate limits on the way."""

from __future__ import annotations

import asyncio
import hmac
import inspect
import json
import logging
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from tornado.web import RequestHandler

from bot.localchat import acts
from bot.localchat.api_error import ApiError, too_many_requests
from bot.localchat.faults import Break, Fault, Faults, GroupMoves
from bot.localchat.files import Upload
from bot.localchat.journal import Journal, JournalEntry
from bot.localchat.methods import METHODS, Method
from bot.localchat.parameters import Parameters
from bot.localchat.rate_limits import RateLimiter
from bot.localchat.updates import Json
from bot.localchat.world import World

_log = logging.getLogger(__name__)
_TOKEN = re.compile(r"\d{3,}:[\w-]{30,}")
_COUNTED = re.compile(r"send(?!chataction)|editmessage")


@dataclass(frozen=True, slots=True)
class BotApi:
    """What answers a request: the world and, where a test wants them, faults and rate limits."""

    world: World
    token: str = field(repr=False)
    journal: Journal
    faults: Faults
    limiter: RateLimiter | None

    async def answer(self, method_name: str, parameters: Parameters) -> Json | Break:
        """Do what a request asks and record it; return the result, or the break that it meets.

        Raises:
            ApiError: the request is refused; this is recorded too.
        """
        chat_id = _chat_id(parameters)
        fault = self.faults.take(method_name, chat_id)
        try:
            result = await self._done(method_name, parameters, fault)
        except ApiError as error:
            self._record(method_name, chat_id, error.code, error.description)
            raise
        if isinstance(result, Break):
            self._record(method_name, chat_id, 0, result.value)
        else:
            self._record(method_name, chat_id, HTTPStatus.OK, "ok")
        return result

    async def _done(self, method_name: str, parameters: Parameters, fault: Fault | None) -> Json | Break:
        if isinstance(fault, ApiError):
            raise ApiError(fault.code, fault.description, retry_after=fault.retry_after, migrate_to=fault.migrate_to)
        if fault in (Break.DROPPED_BEFORE, Break.HANGING):
            return fault
        if isinstance(fault, GroupMoves):
            acts.upgrade_group(self.world, _chat_id(parameters))
        self._keep_to_limits(method_name, parameters)
        result = self._method(method_name)(self.world, parameters)
        result = await result if inspect.isawaitable(result) else result
        return fault if fault is Break.DROPPED_AFTER else result

    def _method(self, name: str) -> Method:
        if found := METHODS.get(name.lower()):
            return found
        raise ApiError(404, "Not Found: method not found")

    def _keep_to_limits(self, method_name: str, parameters: Parameters) -> None:
        if self.limiter is None or not _COUNTED.match(method_name.lower()):
            return
        messages = max(len(parameters.records("media")), 1) if method_name.lower() == "sendmediagroup" else 1
        if wait := self.limiter.take(_chat_id(parameters), messages, self.world.clock()):
            raise too_many_requests(wait)

    def _record(self, method: str, chat_id: int, code: int, outcome: str) -> None:
        self.journal.add(JournalEntry(self.world.clock(), method, chat_id, code, outcome))


def _chat_id(parameters: Parameters) -> int:
    """Return the chat that a request names, or 0."""
    try:
        return parameters.integer("chat_id")
    except ApiError:
        return 0


class BotApiHandler(RequestHandler):
    """`/bot<token>/<method>`, by GET and POST."""

    def initialize(self, api: BotApi) -> None:
        """Keep what answers."""
        self._api = api
        self._work: asyncio.Future[Json | Break] | None = None

    async def get(self, token: str, method_name: str) -> None:
        """Answer a request."""
        try:
            check_token(self._api.token, token)
            self._work = asyncio.ensure_future(self._api.answer(method_name, read_parameters(self)))
            result = await self._work
        except ApiError as error:
            write_refusal(self, error)
            return
        except asyncio.CancelledError:
            return  # the bot hung up, or the local chat stops
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
        """End the work for a bot that hung up."""
        if self._work:
            self._work.cancel()

    def log_exception(self, *error: Any) -> None:  # noqa: ANN401 - tornado's own signature
        """Log a failure without the request, whose address holds the token."""
        _log.error("the local chat failed to answer", exc_info=error)


class FileHandler(RequestHandler):
    """`/file/bot<token>/<path>`: the download that `getFile` names."""

    def initialize(self, api: BotApi) -> None:
        """Keep what answers."""
        self._api = api

    def get(self, token: str, path: str) -> None:
        """Write the file's bytes."""
        try:
            content = self._content(token, path)
        except ApiError as error:
            write_refusal(self, error)
            return
        self.set_header("Content-Type", "application/octet-stream")
        self.write(content)

    def _content(self, token: str, path: str) -> bytes:
        check_token(self._api.token, token)
        stored = self._api.world.files.at_path(path)
        if stored is None:
            raise ApiError(404, "Not Found")
        return self._api.world.files.content(stored.file_id)


def check_token(expected: str, given: str) -> None:
    """Check the token of an address.

    Raises:
        ApiError: 404 where it is none, 401 where it is another's.
    """
    if not _TOKEN.fullmatch(given):
        raise ApiError(404, "Not Found")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise ApiError(401, "Unauthorized")


def read_parameters(handler: RequestHandler) -> Parameters:
    """Return a request's parameters from its query, form, JSON or multipart body.

    Raises:
        ApiError: the body is not UTF-8 or not a JSON object where it says so.
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


def write_refusal(handler: RequestHandler, error: ApiError) -> None:
    """Write a refusal as Telegram does: ok, error_code, description, parameters."""
    handler.set_status(error.code)
    answer: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after is not None:
        answer["parameters"] = {"retry_after": error.retry_after}
        handler.set_header("Retry-After", str(error.retry_after))
    if error.migrate_to is not None:
        answer["parameters"] = {"migrate_to_chat_id": error.migrate_to}
    handler.write(answer)
