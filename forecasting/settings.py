"""The settings of the engine, read from the environment and `.env`; frozen, and silent about secrets."""

from pathlib import Path
from typing import Any, Final, TypedDict, TypeVar

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from forecasting.errors import SettingsError

TIINGO: Final = AnyHttpUrl("https://api.tiingo.com")


class SourceAccess(TypedDict):
    """What price sources need to be asked, as `sources_from_setting` takes it."""

    yahoo_url: str
    tiingo_key: str
    tiingo_url: str


class EngineSettings(BaseSettings):
    """Prices, database and workers; docs/settings.md tells each setting's meaning, default and example."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    price_sources: str = "yahoo"
    yahoo_url: AnyHttpUrl | None = None
    tiingo_key: SecretStr | None = None
    tiingo_url: AnyHttpUrl = TIINGO
    database: Path = Path("fanchart.db")
    workers: str = Field(default="local:1", pattern=r"^local:[1-9]\d?$")

    @property
    def source_access(self) -> SourceAccess:
        """How price sources are asked: the same for every face."""
        key = self.tiingo_key.get_secret_value() if self.tiingo_key else ""
        return SourceAccess(yahoo_url=str(self.yahoo_url or ""), tiingo_key=key, tiingo_url=str(self.tiingo_url))

    @property
    def local_workers(self) -> int:
        """How many worker processes this machine runs."""
        return int(self.workers.removeprefix("local:"))


S = TypeVar("S", bound=EngineSettings)


def read_settings(kind: type[S], **given: Any) -> S:  # noqa: ANN401 - the values of any setting
    """Read the environment and `.env`; what is given goes before them.

    Raises:
        SettingsError: a setting is missing or wrong; one line that names it.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        raise SettingsError(_one_line(error), "docs/settings.md lists every setting.") from None


def _one_line(error: ValidationError) -> str:
    """Name each wrong setting and what is wrong with it, without its value, which may be a secret."""
    return "; ".join(f"{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()) + "."
