"""The queue of updates that the bot has yet to fetch or be sent (Bot API, "Getting updates")."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.localchat.api_error import ApiError

Json = Any  # a JSON value at the wall to Telegram's wire format; its shape is the Bot API's

FIRST_UPDATE_ID = 700_000_001
KEPT_UPDATES = 10_000
_ANOTHER_POLL = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
ON_REQUEST_ONLY = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are POSTed; no url means that the bot polls."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40


@dataclass(frozen=True, slots=True)
class WebhookFailure:
    """The last delivery that the bot's web server did not take."""

    at: datetime
    reason: str


@dataclass(slots=True)
class Updates:
    """Updates in order of their ids, kept until the bot confirms them; the oldest go beyond 10,000."""

    webhook: Webhook = Webhook()
    last_failure: WebhookFailure | None = None
    allowed: tuple[str, ...] = ()
    _pending: list[dict[str, Json]] = field(default_factory=list)
    _next_id: int = FIRST_UPDATE_ID
    _polls: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __len__(self) -> int:
        """Return how many updates wait."""
        return len(self._pending)

    def add(self, kind: str, payload: Mapping[str, Json]) -> None:
        """Queue an update of a kind such as "message", unless the bot asked not to get this kind."""
        if not self._is_allowed(kind):
            return
        self._pending.append({"update_id": self._next_id, kind: dict(payload)})
        del self._pending[:-KEPT_UPDATES]
        self._next_id += 1
        self._arrived.set()

    def confirm_before(self, offset: int) -> None:
        """Forget the updates below `offset`; a negative one counts from the end of the queue."""
        if offset < 0:
            del self._pending[: max(len(self._pending) + offset, 0)]
        else:
            self._pending = [update for update in self._pending if update["update_id"] >= offset]

    def first(self, limit: int) -> Sequence[Json]:
        """Return at most `limit` of the oldest waiting updates."""
        return self._pending[:limit]

    def clear(self) -> None:
        """Forget all waiting updates."""
        self._pending.clear()

    def use(self, webhook: Webhook) -> None:
        """Deliver to this webhook from now on, or wait to be polled where it has no url."""
        self.webhook = webhook
        self.last_failure = None
        self._arrived.set()

    async def wait_for_webhook(self) -> None:
        """Return as soon as an update waits and there is a webhook to deliver it to."""
        while not (self._pending and self.webhook.url):
            self._arrived.clear()
            await self._arrived.wait()

    async def wait_alone(self) -> None:
        """Return as soon as an update waits, unless another poll begins meanwhile.

        Raises:
            ApiError: 409, since only the newest poll of a bot is served.
        """
        self._polls += 1
        mine = self._polls
        self._arrived.set()
        while not self._pending:
            if mine != self._polls:
                raise ApiError(409, _ANOTHER_POLL)
            self._arrived.clear()
            await self._arrived.wait()

    def _is_allowed(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST_ONLY
