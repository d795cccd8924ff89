"""`python -m bot check`: does everything that the settings name work?"""

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
    """One thing that was looked at."""

    subject: str
    good: bool
    words: str


async def check() -> None:
    """Print what works and what does not: settings, database, token, prices.

    Raises:
        SettingsError: a setting is missing or wrong.
    """
    settings = load_settings()
    configure_logging(sys.stderr, settings.secrets(), settings.log_format)
    findings = await check_up(settings)
    for finding in findings:
        print(f"{'ok  ' if finding.good else 'FAIL'} {finding.subject}: {finding.words}")  # noqa: T201 - its output
    if not all(finding.good for finding in findings):
        sys.exit(1)


async def check_up(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; one that fails does not keep the others from being looked at."""
    access = Finding("Access", good=True, words=_access(settings))
    try:
        app = build(settings)
    except FanchartError as error:
        return Finding("Settings", good=False, words=str(error)), access
    try:
        database = Finding("Database", good=True, words=str(settings.database))
        return database, await _token(app), await _prices(app), access
    finally:
        app.workers.close()
        app.stores.close()


def _access(settings: Settings) -> str:
    if not settings.admins | settings.allowed_chats:
        return "nobody is served: set ADMINS to your own id (any message to the bot tells it)"
    return f"{_counted(len(settings.admins), 'admin')}, {_counted(len(settings.allowed_chats), 'allowed chat')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


async def _token(app: App) -> Finding:
    try:
        async with app.telegram.bot as bot:
            return Finding("Telegram", good=True, words=f"the token is @{bot.username}'s")
    except TelegramError as error:
        words = str(error)
        for secret in app.services.settings.secrets():
            words = words.replace(secret, "***")
        return Finding("Telegram", good=False, words=words)


async def _prices(app: App) -> Finding:
    try:
        answer = await asyncio.to_thread(app.services.prices.latest, _PROBE_SYMBOL)
    except FanchartError as error:
        return Finding("Prices", good=False, words=str(error))
    history = answer.history
    return Finding(
        "Prices", good=True, words=f"{source_name(history.source)}: {_PROBE_SYMBOL} to {day(history.last_session)}"
    )
