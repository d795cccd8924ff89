"""`python -m bot run`: the bot as a process, until a signal stops it."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import NoReturn

from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.app import App, build
from bot.ops.health import serve_health
from bot.ops.logs import configure_logging
from bot.services import Services
from bot.settings import load_settings
from forecasting.errors import FanchartError


def run_command(work: Coroutine[None, None, None]) -> None:
    """Run a command; every foreseen error is one line on stderr and exit code 1."""
    try:
        asyncio.run(work)
    except FanchartError as error:
        _exit(str(error))
    except InvalidToken:
        _exit("TELEGRAM_TOKEN: Telegram does not know this token. @BotFather shows yours.")
    except NetworkError as error:
        _exit(f"Telegram cannot be reached ({error}). Check the network and TELEGRAM_API_URL.")
    except TelegramError as error:
        _exit(f"Telegram refused: {error}.")


async def run() -> None:
    """Serve Telegram until a signal stops it.

    Raises:
        FanchartError: a setting, the database or the health page's port cannot be used.
        TelegramError: Telegram does not know the token, or cannot be reached.
    """
    settings = load_settings()
    configure_logging(sys.stderr, settings.secrets(), settings.log_format)
    await serve(build(settings), f"Fanchart is running on {settings.database}. Ctrl-C stops it.")


async def serve(app: App, greeting: str) -> None:
    """Run until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.running())
        await stack.enter_async_context(serve_health(app.services.settings.ops_port, lambda: health(app.services)))
        print(greeting, flush=True)  # noqa: T201 - what the person at the keyboard waits for
        await stopping.wait()
        print("Stopping.", flush=True)  # noqa: T201 - as above


def health(services: Services) -> dict[str, object]:
    """The health page: version, seconds since the start, open jobs, and sources that fail."""
    return {
        "version": version("fanchart"),
        "up_seconds": round((services.clock() - services.started_at).total_seconds()),
        "open_jobs": len(services.jobs.jobs()),
        "failing_sources": [source.name for source in services.prices.status() if source.failures],
    }


def _exit(sentence: str) -> NoReturn:
    """End the process with one line that says why."""
    sys.stderr.write(f"fanchart: {sentence}\n")
    sys.exit(1)
