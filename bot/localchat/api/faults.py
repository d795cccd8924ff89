"""Faults that a test plans for the next requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bot.localchat.state.error_responses import ApiError, forbidden, too_many_requests


class Break(Enum):
    """A request that gets no answer."""

    DROPPED_BEFORE = "dropped before the work"
    DROPPED_AFTER = "dropped after the work"
    HANGING = "hanging"


@dataclass(frozen=True, slots=True)
class GroupMoves:
    """The group becomes a supergroup just before the request is served."""


Fault = ApiError | Break | GroupMoves


def flood(retry_after: int) -> Fault:
    """Return a 429 that asks to wait `retry_after` seconds."""
    return too_many_requests(retry_after)


def server_error(code: int = 502) -> Fault:
    """Return a failure of Telegram's own servers."""
    return ApiError(code, {500: "Internal Server Error", 502: "Bad Gateway", 504: "Gateway Timeout"}.get(code, "Error"))


def blocked() -> Fault:
    """Return a 403 for this request alone; `LocalChat.block` lasts."""
    return forbidden("bot was blocked by the user")


@dataclass(slots=True)
class _Planned:
    """A fault, the requests that it is for, and how many of them are left."""

    fault: Fault
    method: str
    chat_id: int
    times: int


@dataclass(slots=True)
class Faults:
    """Planned faults; a request gets the oldest of those that match it."""

    _planned: list[_Planned] = field(default_factory=list)
    _rule: Callable[[str, int], Fault | None] | None = None

    def plan(self, fault: Fault, *, method: str = "", chat_id: int = 0, times: int = 1) -> None:
        """Plan a fault for the next `times` requests of this method and chat (any, where not named).

        Without a method it is not for `getUpdates` and `getMe`, so that the bot keeps running.
        """
        self._planned.append(_Planned(fault, method.lower(), chat_id, times))

    def plan_by(self, rule: Callable[[str, int], Fault | None]) -> None:
        """Call `rule(method, chat_id)` for every request that no planned fault matches."""
        self._rule = rule

    def clear(self) -> None:
        """Drop all planned faults and the rule."""
        self._planned.clear()
        self._rule = None

    def take(self, method: str, chat_id: int) -> Fault | None:
        """Return the fault of this request, if any, and count it."""
        for planned in self._planned:
            if _matches(planned, method.lower(), chat_id):
                planned.times -= 1
                if planned.times == 0:
                    self._planned.remove(planned)
                return planned.fault
        return self._rule(method, chat_id) if self._rule else None


def _matches(planned: _Planned, method: str, chat_id: int) -> bool:
    if planned.method:
        return planned.method == method and planned.chat_id in (0, chat_id)
    return method not in ("getupdates", "getme") and planned.chat_id in (0, chat_id)
