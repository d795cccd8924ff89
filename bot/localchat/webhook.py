"""The delivery of updates to the bot's own web server (Bot API, "setWebhook")."""

from __future__ import annotations

import asyncio
import json

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from bot.localchat.updates import Json, WebhookFailure
from bot.localchat.world import World

_SHORTEST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 30.0
_REQUEST_SECONDS = 60.0


class WebhookSender:
    """Sends waiting updates one after the other, and one again until it is taken."""

    def __init__(self, world: World) -> None:
        """Watch the updates of a world."""
        self._world = world
        self._client = AsyncHTTPClient(force_instance=True)

    async def run(self) -> None:
        """Deliver for ever."""
        pause = _SHORTEST_PAUSE_SECONDS
        try:
            while True:
                await self._world.updates.wait_for_webhook()
                if await self._delivered(self._world.updates.first(1)[0]):
                    pause = _SHORTEST_PAUSE_SECONDS
                    continue
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        finally:
            self._client.close()

    async def _delivered(self, update: Json) -> bool:
        updates = self._world.updates
        headers = {"Content-Type": "application/json"}
        if updates.webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = updates.webhook.secret_token
        request = HTTPRequest(
            updates.webhook.url, "POST", headers, json.dumps(update), request_timeout=_REQUEST_SECONDS
        )
        try:
            await self._client.fetch(request)
        except HTTPClientError as error:
            reason = f"Wrong response from the webhook: {error.code} {error.message}"
        except (OSError, ValueError) as error:
            reason = f"Connection failed: {type(error).__name__}"
        else:
            updates.confirm_before(update["update_id"] + 1)
            return True
        updates.last_failure = WebhookFailure(self._world.clock(), reason)
        return False
