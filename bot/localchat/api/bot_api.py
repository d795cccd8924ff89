"""The methods of the Bot API by name, called with planned faults and rate limits, and entered in the journal."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from bot.localchat.api.chat_members import upgrade_group
from bot.localchat.api.faults import Break, Fault, Faults, GroupMoves
from bot.localchat.api.journal import Journal, JournalEntry
from bot.localchat.api.methods import (
    answering_queries,
    bot_info,
    chats_and_files,
    getting_updates,
    sending_messages,
    updating_messages,
)
from bot.localchat.api.rate_limits import RateLimiter
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state.error_responses import ApiError, too_many_requests
from bot.localchat.state.server_state import ServerState

METHODS: Final[dict[str, Method]] = {
    name.lower(): method
    for module in (
        getting_updates,
        sending_messages,
        updating_messages,
        answering_queries,
        chats_and_files,
        bot_info,
    )
    for name, method in module.METHODS.items()
}
_RATE_LIMITED = re.compile(r"send(?!chataction)|editmessage")


@dataclass(frozen=True, slots=True)
class BotApi:
    """Answers the requests of the one bot with this token; without a limiter no rate limit is enforced."""

    state: ServerState
    token: str = field(repr=False)
    journal: Journal
    faults: Faults
    limiter: RateLimiter | None

    async def answer(self, method_name: str, parameters: Parameters) -> Json | Break:
        """Call a method and add the request to the journal; return the result, or the break planned for it.

        Raises:
            ApiError: the request is refused.
        """
        chat_id = _chat_id(parameters)
        fault = self.faults.take(method_name, chat_id)
        try:
            result = await self._call(method_name, parameters, fault)
        except ApiError as error:
            self._log(method_name, chat_id, error.code, error.description)
            raise
        if isinstance(result, Break):
            self._log(method_name, chat_id, 0, result.value)
        else:
            self._log(method_name, chat_id, HTTPStatus.OK, "ok")
        return result

    async def _call(self, method_name: str, parameters: Parameters, fault: Fault | None) -> Json | Break:
        if isinstance(fault, ApiError):
            raise ApiError(fault.code, fault.description, retry_after=fault.retry_after, migrate_to=fault.migrate_to)
        if fault in (Break.DROPPED_BEFORE, Break.HANGING):
            return fault
        if isinstance(fault, GroupMoves):
            upgrade_group(self.state, _chat_id(parameters))
        self._check_rate_limits(method_name, parameters)
        method = METHODS.get(method_name.lower())
        if method is None:
            raise ApiError(404, "Not Found: method not found")
        result = method(self.state, parameters)
        result = await result if inspect.isawaitable(result) else result
        return fault if fault is Break.DROPPED_AFTER else result

    def _check_rate_limits(self, method_name: str, parameters: Parameters) -> None:
        if self.limiter is None or not _RATE_LIMITED.match(method_name.lower()):
            return
        messages = max(len(parameters.json_objects("media")), 1) if method_name.lower() == "sendmediagroup" else 1
        if wait := self.limiter.take(_chat_id(parameters), messages, self.state.clock()):
            raise too_many_requests(wait)

    def _log(self, method: str, chat_id: int, code: int, outcome: str) -> None:
        self.journal.add(JournalEntry(self.state.clock(), method, chat_id, code, outcome))


def _chat_id(parameters: Parameters) -> int:
    """Return the chat that a request names, or 0."""
    try:
        return parameters.integer("chat_id")
    except ApiError:
        return 0
