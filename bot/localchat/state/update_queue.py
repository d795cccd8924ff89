"""The queue of updates for the bot (Bot API, "Getting updates")."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.localchat.state.error_responses import ApiError

Update = dict[str, Any]  # an Update object of the Bot API

FIRST_UPDATE_ID = 700_000_001
MAX_UPDATES = 10_000
_OTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are POSTed; without a URL the bot polls."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class WebhookFailure:
    """The last delivery that failed."""

    at: datetime
    reason: str


@dataclass(slots=True)
class UpdateQueue:
    """Updates in order of their ids until the bot confirms them; beyond 10,000 the oldest are dropped."""

    webhook: Webhook = Webhook()
    last_failure: WebhookFailure | None = None
    allowed: tuple[str, ...] = ()
    _pending: list[Update] = field(default_factory=list)
    _next_id: int = FIRST_UPDATE_ID
    _polls: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __len__(self) -> int:
        """Return how many updates are pending."""
        return len(self._pending)

    def add(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Queue an update of a kind such as "message", unless `allowed` excludes the kind."""
        if not self._is_allowed(kind):
            return
        self._pending.append({"update_id": self._next_id, kind: dict(payload)})
        del self._pending[:-MAX_UPDATES]
        self._next_id += 1
        self._arrived.set()

    def confirm_before(self, offset: int) -> None:
        """Drop the updates below `offset`; a negative one counts from the end of the queue."""
        if offset < 0:
            del self._pending[: max(len(self._pending) + offset, 0)]
        else:
            self._pending = [update for update in self._pending if update["update_id"] >= offset]

    def first(self, limit: int) -> Sequence[Update]:
        """Return at most `limit` of the oldest pending updates."""
        return self._pending[:limit]

    def clear(self) -> None:
        """Drop all pending updates."""
        self._pending.clear()

    def set_webhook(self, webhook: Webhook) -> None:
        """Deliver to this webhook from now on, or to polls where it has no URL."""
        self.webhook = webhook
        self.last_failure = None
        self._arrived.set()

    async def wait_for_webhook(self) -> None:
        """Return as soon as an update is pending and a webhook is set."""
        while not (self._pending and self.webhook.url):
            self._arrived.clear()
            await self._arrived.wait()

    async def wait_for_poll(self) -> None:
        """Return as soon as an update is pending, unless another poll begins meanwhile.

        Raises:
            ApiError: 409 for every poll but the newest.
        """
        self._polls += 1
        number = self._polls
        self._arrived.set()
        while not self._pending:
            if number != self._polls:
                raise ApiError(409, _OTHER_POLL)
            self._arrived.clear()
            await self._arrived.wait()

    def _is_allowed(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _ON_REQUEST_ONLY
