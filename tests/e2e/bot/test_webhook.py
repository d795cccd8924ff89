"""Webhook mode: Telegram comes to the bot, and nobody else is heard."""

from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr
from tornado.httpclient import AsyncHTTPClient
from tornado.netutil import bind_sockets

from bot.localchat import ADA
from bot.telegram.webhook import WEBHOOK_PATH
from forecasting.errors import SettingsError
from tests.e2e.bot.stage import Stage, stage
from tests.e2e.bot.test_process import free_port


async def test_questions_and_presses_come_by_the_webhook(tmp_path: Path) -> None:
    port = free_port()
    async with stage(tmp_path, webhook_url=AnyHttpUrl(f"http://127.0.0.1:{port}"), webhook_port=port) as hooked:
        assert hooked.chat.state.updates.webhook.url == f"http://127.0.0.1:{port}/{WEBHOOK_PATH}"
        answer = await hooked.ask("/predict AAPL")
        assert answer.photo
        await hooked.press(answer, "20 sessions")
        await hooked.changed(answer, "In 20 sessions")
        assert not hooked.chat.journal.of("getUpdates")


async def forge(hooked: Stage, **headers: str) -> int:
    """Speak to the webhook in Ada's name; return the HTTP status."""
    update = '{"update_id": 1, "message": {}}'
    url = hooked.chat.state.updates.webhook.url
    headers["Content-Type"] = "application/json"
    answer = await AsyncHTTPClient().fetch(url, method="POST", body=update, headers=headers, raise_error=False)
    return answer.code


@pytest.mark.parametrize("secret", [None, SecretStr("only-telegram-knows")])
async def test_nobody_else_is_heard_whether_a_secret_was_set_or_not(tmp_path: Path, secret: SecretStr | None) -> None:
    port = free_port()
    url = AnyHttpUrl(f"http://127.0.0.1:{port}")
    async with stage(tmp_path, webhook_url=url, webhook_port=port, webhook_secret=secret) as hooked:
        assert await forge(hooked) == 403
        assert await forge(hooked, **{"X-Telegram-Bot-Api-Secret-Token": "guessed"}) == 403
        assert (await hooked.ask("/help", ADA)).text.startswith("Ask")


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    port = free_port()
    [taken] = bind_sockets(port, "0.0.0.0")  # noqa: S104 - where the webhook listens
    try:
        with pytest.raises(SettingsError, match=f"WEBHOOK_PORT: port {port} is in use"):
            async with stage(tmp_path, webhook_url=AnyHttpUrl(f"http://127.0.0.1:{port}"), webhook_port=port):
                pass
    finally:
        taken.close()
