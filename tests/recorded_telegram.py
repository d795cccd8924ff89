"""A Telegram that records every request and answers as a test plans, for tests of handlers and the sender."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, cast

from telegram import Update
from telegram.constants import ParseMode
from telegram.ext import Application, BaseHandler, BaseRateLimiter, ContextTypes, Defaults, ExtBot
from telegram.request import BaseRequest, RequestData

from bot.services import Context, Services, Unused
from bot.telegram.client import Bot

Json = Mapping[str, Any]  # Any: Telegram's JSON
OUR_NAME = "fanchart_bot"
ME = {"id": 4242, "is_bot": True, "first_name": "Fanchart", "username": OUR_NAME}
_MESSAGES = ("send", "edit")


class NoRateLimiter(BaseRateLimiter[int]):
    """Limits nothing, for tests that are not about rate limits."""

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,  # noqa: ANN401 - passed through as it comes
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:  # noqa: ANN401 - as above
        del endpoint, data, rate_limit_args
        return await callback(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    method: str  # of the Bot API
    parameters: Json
    files: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """What a reader of the message, or whoever pressed, sees."""
        return str(self.parameters.get("text") or self.parameters.get("caption") or "")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Telegram answers to a request."""

    code: int
    body: Json


def refusal(code: int, description: str, **parameters: int) -> Answer:
    """An error in Telegram's form."""
    return Answer(code, {"ok": False, "error_code": code, "description": description, "parameters": parameters})


BLOCKED = refusal(403, "Forbidden: bot was blocked by the user")
SERVER_ERROR = refusal(502, "Bad Gateway")
UNCHANGED = refusal(400, "Bad Request: message is not modified: specified new message content is the same")
TOO_OLD = refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")


def flood(seconds: int) -> Answer:
    """A 429."""
    return refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def migrated(new_chat_id: int) -> Answer:
    """A group has become a supergroup."""
    return refusal(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=new_chat_id)


class RecordedTelegram(BaseRequest):
    """Takes the place of httpx; every call succeeds but those that a test has planned otherwise."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.meanwhile: Callable[[Call], Awaitable[None]] | None = None  # while a request is under way
        self._planned: list[tuple[str, Answer | Exception]] = []
        self._numbers = count(100)

    @property
    def read_timeout(self) -> float:
        return 1.0

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    def plan(self, method: str, *answers: Answer | Exception) -> None:
        """Give these answers to the next calls of a method, in turn."""
        self._planned += [(method, answer) for answer in answers]

    def of(self, method: str) -> list[Call]:
        """Every call of a method."""
        return [call for call in self.calls if call.method == method]

    def texts(self, method: str = "sendMessage") -> list[str]:
        """The texts of the calls of a method."""
        return [call.text for call in self.of(method)]

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: object, **__: object
    ) -> tuple[int, bytes]:
        """Note the request and answer it."""
        del method
        call = _call(url.rsplit("/", 1)[-1], request_data)
        if call.method != "getMe":
            self.calls.append(call)
        if self.meanwhile:
            await self.meanwhile(call)
        answer = self._answer(call)
        return answer.code, json.dumps(answer.body).encode()

    def _answer(self, call: Call) -> Answer:
        planned = next((plan for plan in self._planned if plan[0] == call.method), None)
        if planned is None:
            return Answer(200, {"ok": True, "result": self._result(call)})
        self._planned.remove(planned)
        if isinstance(planned[1], Exception):
            raise planned[1]
        return planned[1]

    def _result(self, call: Call) -> object:
        if call.method == "getMe":
            return ME
        if not call.method.startswith(_MESSAGES):
            return True
        number = call.parameters.get("message_id", next(self._numbers))
        chat = {"id": call.parameters["chat_id"], "type": "private", "first_name": "Somebody"}
        photo = [{"file_id": f"photo-{number}", "file_unique_id": "u", "width": 9, "height": 6}]
        shown = {"photo": photo} if call.method == "sendPhoto" else {"text": call.text}
        return {"message_id": number, "date": 0, "from": ME, "chat": chat, **shown}


def _call(name: str, data: RequestData | None) -> Call:
    if data is None:
        return Call(name, {}, ())
    files = tuple(part[1] for part in data.multipart_data.values() if isinstance(part[1], bytes))
    return Call(name, data.parameters, files)


def recorded_bot(telegram: RecordedTelegram) -> Bot:
    """Our bot in front of that Telegram, with the defaults that it has in `bot.application`."""
    html = Defaults(parse_mode=ParseMode.HTML)
    return ExtBot(
        "4242:" + "t" * 35,
        request=telegram,
        get_updates_request=telegram,
        defaults=html,
        rate_limiter=NoRateLimiter(),
    )


Handlers = Iterable[BaseHandler[Update, Context, None]]


@dataclass(frozen=True, slots=True)
class Process:
    """Handles an update's JSON as python-telegram-bot does."""

    application: Application[Bot, Context, Unused, Unused, Services, None]

    async def __call__(self, update: Json) -> None:
        await self.application.process_update(Update.de_json(dict(update), self.application.bot))


@asynccontextmanager
async def handling(
    telegram: RecordedTelegram,
    services: object,
    groups: Mapping[int, Handlers],
    on_error: Callable[[object, Context], Awaitable[None]],
) -> AsyncIterator[Process]:
    """Handlers by their group, on services that only have to have what these handlers use."""
    application: Application[Bot, Context, Unused, Unused, Services, None] = (
        Application.builder()
        .bot(recorded_bot(telegram))
        .context_types(ContextTypes(context=Context, bot_data=cast("type[Services]", lambda: services)))
        .updater(None)
        .job_queue(None)
        .build()
    )
    for group, handlers in groups.items():
        application.add_handlers(tuple(handlers), group)
    application.add_error_handler(on_error)  # type: ignore[arg-type]  # it awaits what it is given
    async with application:
        yield Process(application)
