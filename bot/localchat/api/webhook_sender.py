"""The delivery of updates to the bot's webhook (Bot API, "setWebhook")."""

from __future__ import annotations

import asyncio
import json

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from bot.localchat.state.server_state import ServerState
from bot.localchat.state.update_queue import Update, WebhookFailure

_MIN_RETRY_S = 0.1
_MAX_RETRY_S = 30.0
_REQUEST_TIMEOUT_S = 60.0


class WebhookSender:
    """Sends pending updates one after the other, each until the bot's web server accepts it."""

    def __init__(self, state: ServerState) -> None:
        """Take the updates from `state`."""
        self._state = state
        self._client = AsyncHTTPClient(force_instance=True)

    async def run(self) -> None:
        """Deliver until cancelled."""
        pause = _MIN_RETRY_S
        try:
            while True:
                await self._state.updates.wait_for_webhook()
                if await self._deliver(self._state.updates.first(1)[0]):
                    pause = _MIN_RETRY_S
                    continue
                await asyncio.sleep(pause)
                pause = min(pause * 2, _MAX_RETRY_S)
        finally:
            self._client.close()

    async def _deliver(self, update: Update) -> bool:
        updates = self._state.updates
        headers = {"Content-Type": "application/json"}
        if updates.webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = updates.webhook.secret_token
        request = HTTPRequest(
            updates.webhook.url, "POST", headers, json.dumps(update), request_timeout=_REQUEST_TIMEOUT_S
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
        updates.last_failure = WebhookFailure(self._state.clock(), reason)
        return False
