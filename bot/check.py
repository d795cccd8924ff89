"""`python -m bot check`: whether everything that the settings name works."""

import asyncio
import sys
from dataclasses import dataclass
from typing import Final

from telegram.error import TelegramError

from bot.app import App, build
from bot.ops.logs import configure_logging
from bot.settings import Settings, load_settings
from bot.view.text.names import source_name
from bot.view.text.numbers import day
from forecasting.errors import FanchartError

_PROBE_SYMBOL: Final = "AAPL"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check."""

    subject: str
    is_good: bool
    text: str


async def check() -> None:
    """Print what works and what does not: settings, database, token, prices.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    settings = load_settings()
    configure_logging(sys.stderr, settings.secrets(), settings.log_format)
    findings = await findings_of(settings)
    for finding in findings:
        print(f"{'ok  ' if finding.is_good else 'FAIL'} {finding.subject}: {finding.text}")  # noqa: T201 - its output
    if not all(finding.is_good for finding in findings):
        sys.exit(1)


async def findings_of(settings: Settings) -> tuple[Finding, ...]:
    """Check everything; one failure keeps no other check from being made."""
    access = Finding("Access", is_good=True, text=_access(settings))
    try:
        app = build(settings)
    except FanchartError as error:
        return Finding("Settings", is_good=False, text=str(error)), access
    try:
        database = Finding("Database", is_good=True, text=str(settings.database))
        return database, await _token(app), await _prices(app), access
    finally:
        app.workers.close()
        app.stores.close()


def _access(settings: Settings) -> str:
    if not settings.admins | settings.allowed_chats:
        return "nobody is served: set ADMINS to your own id (any message to the bot tells it)"
    return f"{_count(len(settings.admins), 'admin')}, {_count(len(settings.allowed_chats), 'allowed chat')}"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


async def _token(app: App) -> Finding:
    try:
        async with app.telegram.bot as bot:
            return Finding("Telegram", is_good=True, text=f"the token is @{bot.username}'s")
    except TelegramError as error:
        text = str(error)
        for secret in app.services.settings.secrets():
            text = text.replace(secret, "***")
        return Finding("Telegram", is_good=False, text=text)


async def _prices(app: App) -> Finding:
    try:
        answer = await asyncio.to_thread(app.services.prices.latest, _PROBE_SYMBOL)
    except FanchartError as error:
        return Finding("Prices", is_good=False, text=str(error))
    history = answer.history
    return Finding(
        "Prices", is_good=True, text=f"{source_name(history.source)}: {_PROBE_SYMBOL} to {day(history.last_session)}"
    )
