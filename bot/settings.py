"""The settings of the bot: the engine's, and those of Telegram, access and operation."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AnyHttpUrl, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from forecasting.settings import EngineSettings, read_settings

DEMO_DATABASE: Final = Path("fanchart-demo.db")
TELEGRAM: Final = AnyHttpUrl("https://api.telegram.org")


def _ids(value: object) -> object:
    """Split a comma list, so that ids can be written as people write them."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


ChatIds = Annotated[frozenset[int], NoDecode, BeforeValidator(_ids)]
"""Ids of users or chats, written as a comma list: `ADMINS=1234,5678`."""


class Settings(EngineSettings):
    """Everything that can be set; docs/settings.md has each one's meaning and default."""

    telegram_token: SecretStr = Field(min_length=1)
    telegram_api_url: AnyHttpUrl = TELEGRAM
    allowed_chats: ChatIds = frozenset()
    admins: ChatIds = frozenset()
    webhook_url: AnyHttpUrl | None = None
    webhook_secret: SecretStr | None = None
    webhook_port: int = Field(default=8443, ge=1, le=65535)
    ops_port: int | None = Field(default=None, ge=1, le=65535)
    log_format: Literal["text", "json"] = "text"

    def telegram_base(self, path: str) -> str:
        """The Bot API server's root with `/bot` or `/file/bot` appended, as python-telegram-bot wants it."""
        return f"{str(self.telegram_api_url).rstrip('/')}/{path}"

    def secrets(self) -> tuple[str, ...]:
        """Every secret in clear, for masking them in the logs."""
        held = (self.telegram_token, self.tiingo_key, self.webhook_secret)
        return tuple(secret.get_secret_value() for secret in held if secret and secret.get_secret_value())


def load_settings() -> Settings:
    """Read the environment and `.env`.

    Raises:
        SettingsError: a setting is missing or wrong; one line that names it.
    """
    return read_settings(Settings)


def demo_settings(*, token: str, api_url: str, chats: frozenset[int], admin: int) -> Settings:
    """The demo's settings: its own chat, people and database; prices as the environment says, else left empty ("").

    Raises:
        SettingsError: a setting of the environment is wrong; one line that names it.
    """
    found = read_settings(
        Settings,
        telegram_token=SecretStr(token),
        telegram_api_url=AnyHttpUrl(api_url),
        allowed_chats=chats,
        admins=frozenset({admin}),
        webhook_url=None,
    )
    own = {"price_sources": "", "database": DEMO_DATABASE}
    return found.model_copy(update={name: value for name, value in own.items() if name not in found.model_fields_set})
