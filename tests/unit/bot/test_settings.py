"""The environment becomes settings, or one line that names what is wrong."""

from pathlib import Path

import pytest

from bot.settings import Settings, demo_settings, load_settings
from forecasting.errors import SettingsError

TOKEN = "123456:do-not-show"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without `.env`, and an environment without any of our settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


def environment(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_the_token_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, TELEGRAM_TOKEN=TOKEN)
    settings = load_settings()
    assert settings.telegram_token.get_secret_value() == TOKEN
    assert settings.telegram_base("bot") == "https://api.telegram.org/bot"
    assert settings.telegram_base("file/bot") == "https://api.telegram.org/file/bot"
    assert (settings.price_sources, settings.database, settings.local_workers) == ("yahoo", Path("fanchart.db"), 1)
    assert not settings.admins | settings.allowed_chats


def test_lists_are_written_with_commas_and_dot_env_is_read(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (nowhere / ".env").write_text(f"TELEGRAM_TOKEN={TOKEN}\nADMINS=1, 2\nALLOWED_CHATS=-100123\nWORKERS=local:3\n")
    environment(monkeypatch, ALLOWED_CHATS="7,-8,")
    settings = load_settings()
    assert settings.admins == {1, 2}
    assert settings.allowed_chats == {7, -8}  # the environment goes before the file
    assert settings.local_workers == 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ADMINS", "me"),
        ("ALLOWED_CHATS", "1;2"),
        ("WORKERS", "three"),
        ("WORKERS", "local:0"),
        ("OPS_PORT", "99999"),
        ("TELEGRAM_API_URL", "not a url"),
        ("WEBHOOK_URL", "example.org"),
        ("LOG_FORMAT", "xml"),
        ("TELEGRAM_TOKEN", ""),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment(monkeypatch, **{"TELEGRAM_TOKEN": TOKEN, name: value})
    with pytest.raises(SettingsError) as raised:
        load_settings()
    assert str(raised.value).startswith(f"{name}: ")
    assert "\n" not in str(raised.value)
    assert TOKEN not in str(raised.value)


def test_settings_are_frozen_and_silent_about_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, TELEGRAM_TOKEN=TOKEN, TIINGO_KEY="tiingo-secret")
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.price_sources = "simulated"
    assert TOKEN not in repr(settings) + str(settings)
    assert settings.secrets() == (TOKEN, "tiingo-secret")


def test_the_demo_leaves_the_real_bot_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, TELEGRAM_TOKEN=TOKEN, WEBHOOK_URL="https://example.org", ADMINS="99")
    demo = demo_settings(token="1:demo", api_url="http://127.0.0.1:1", chats=frozenset({5}), admin=5)
    assert demo.telegram_token.get_secret_value() == "1:demo"
    assert demo.admins == demo.allowed_chats == {5}
    assert (demo.webhook_url, demo.price_sources, demo.database) == (None, "", Path("fanchart-demo.db"))
    environment(monkeypatch, PRICE_SOURCES="csv:prices", DATABASE="mine.db")
    demo = demo_settings(token="1:demo", api_url="http://127.0.0.1:1", chats=frozenset({5}), admin=5)
    assert (demo.price_sources, demo.database) == ("csv:prices", Path("mine.db"))
