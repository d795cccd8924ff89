"""The token is in no log, error or repr, whatever goes wrong."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl, SecretStr
from telegram.error import InvalidToken, TelegramError

from bot.app import build
from bot.check import findings_of
from bot.localchat import ADA, LocalChat, server_error
from bot.ops.logs import configure_logging
from bot.settings import Settings
from tests.e2e.bot.sources import HangingSource
from tests.e2e.bot.stage import price_folder, settings_for, stage
from tests.factories import price_history

WRONG = "7104482915:wrong-token-that-nobody-may-see"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that the bot writes, with the chatty libraries at their loudest."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.NOTSET)


async def test_neither_work_nor_trouble_writes_the_token(tmp_path: Path, log: io.StringIO) -> None:
    async with stage(tmp_path) as running:
        token = running.chat.token
        configure_logging(log, running.app.services.settings.secrets(), "json")
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.DEBUG)
        logging.getLogger().setLevel(logging.DEBUG)
        running.chat.faults.plan(server_error(), method="sendPhoto", times=1)
        await running.ask("/predict AAPL")
        logging.getLogger("test").error("it was %s", token, exc_info=ValueError(token))
        written = log.getvalue()
        assert "/bot***/sendPhoto" in written  # the address was written, without its secret
        assert token not in written
        assert token.partition(":")[2] not in written
        for line in written.splitlines():
            json.loads(line)
        for thing in (running.app, running.app.telegram, running.app.telegram.bot, running.app.services.settings):
            assert token not in repr(thing)
            assert token not in str(thing)


async def test_a_token_that_telegram_refuses_is_not_repeated(tmp_path: Path) -> None:
    price_folder(tmp_path / "prices")
    async with LocalChat() as chat:
        settings = settings_for(chat, tmp_path, telegram_token=SecretStr(WRONG))
        with pytest.raises((InvalidToken, TelegramError)):
            async with build(settings).running():
                pass
        findings = {finding.subject: finding for finding in await findings_of(settings)}
    assert not findings["Telegram"].is_good
    assert WRONG not in str(findings)
    assert findings["Prices"].text == "CSV files: AAPL to 3 Jul 2024"


async def test_an_unexpected_error_is_a_sentence_with_a_reference_and_a_traceback_in_the_log(
    tmp_path: Path, log: io.StringIO
) -> None:
    broken = HangingSource("SLOW", price_history("AAPL"))
    async with stage(tmp_path, sources=(broken,)) as running:
        configure_logging(log, running.app.services.settings.secrets())
        broken.trouble = ZeroDivisionError("nobody foresaw this")
        answer = await running.ask("/predict SLOW")
    said, _, reference = answer.text.rstrip(".").rpartition(" ")
    assert said.startswith("Something went wrong on my side; please try again.")
    assert f"unexpected error {reference}" in log.getvalue()
    assert "ZeroDivisionError: nobody foresaw this" in log.getvalue()
    assert "nobody foresaw" not in answer.text


def test_settings_hide_their_secrets() -> None:
    settings = Settings(
        telegram_token=SecretStr(WRONG), tiingo_key=SecretStr("tiingo-secret"), telegram_api_url=AnyHttpUrl("http://x")
    )
    assert WRONG not in repr(settings)
    assert "tiingo-secret" not in str(settings)
    assert settings.secrets() == (WRONG, "tiingo-secret")
    assert ADA.id
