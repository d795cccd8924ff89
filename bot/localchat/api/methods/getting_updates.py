"""Methods by which the bot receives updates (Bot API, "Getting updates")."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from bot.localchat.api import wire
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state import limits
from bot.localchat.state.error_responses import ApiError, bad_request
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.update_queue import Webhook

_MAX_UPDATES = 100
_MAX_POLL_S = 50
_SECRET = re.compile(rf"[A-Za-z0-9_-]{{0,{limits.SECRET_TOKEN_LENGTH}}}")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


async def get_updates(state: ServerState, parameters: Parameters) -> Json:
    """Return pending updates, or wait for one for `timeout` seconds, at most 50.

    Raises:
        ApiError: 409 where a webhook is set or another poll begins.
    """
    updates = state.updates
    if updates.webhook.url:
        reason = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        raise ApiError(409, f"Conflict: {reason}")
    _set_allowed(state, parameters)
    if offset := parameters.integer("offset"):
        updates.confirm_before(offset)
    limit = min(max(parameters.integer("limit", _MAX_UPDATES), 1), _MAX_UPDATES)
    seconds = min(max(parameters.integer("timeout"), 0), _MAX_POLL_S)
    if not updates and seconds:
        try:
            await asyncio.wait_for(updates.wait_for_poll(), seconds)
        except TimeoutError:
            return []
    return updates.first(limit)


def set_webhook(state: ServerState, parameters: Parameters) -> Json:
    """Have updates POSTed to a URL; an empty one removes the webhook.

    Raises:
        ApiError: the URL is neither HTTPS nor on this machine, or the secret has characters other than A-Z, a-z, 0-9,
            _ and -.
    """
    url, secret = parameters.text("url"), parameters.text("secret_token")
    _check_webhook_url(url)
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _set_allowed(state, parameters)
    _set_webhook(state, parameters, Webhook(url, secret, parameters.integer("max_connections", 40)))
    return True


def delete_webhook(state: ServerState, parameters: Parameters) -> Json:
    """Go back to polling."""
    _set_webhook(state, parameters, Webhook())
    return True


def get_webhook_info(state: ServerState, _: Parameters) -> Json:
    """Return a WebhookInfo."""
    updates, failure = state.updates, state.updates.last_failure
    info = {"url": updates.webhook.url, "has_custom_certificate": False, "pending_update_count": len(updates)}
    if updates.webhook.url:
        info |= {"max_connections": updates.webhook.max_connections, "ip_address": "127.0.0.1"}
    if failure:
        info |= {"last_error_date": wire.unix_seconds(failure.at), "last_error_message": failure.reason}
    return info | ({"allowed_updates": list(updates.allowed)} if updates.allowed else {})


def _set_allowed(state: ServerState, parameters: Parameters) -> None:
    kinds = parameters.json("allowed_updates")
    if isinstance(kinds, list):
        state.updates.allowed = tuple(str(kind) for kind in kinds)


def _check_webhook_url(url: str) -> None:
    """Check that the URL is HTTPS, as Telegram demands, or on this machine."""
    parts = urlsplit(url)
    if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _set_webhook(state: ServerState, parameters: Parameters, webhook: Webhook) -> None:
    if parameters.flag("drop_pending_updates"):
        state.updates.clear()
    state.updates.set_webhook(webhook)


METHODS: Final[Mapping[str, Method]] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
