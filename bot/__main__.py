"""`python -m bot run | demo | check`: serve Telegram, serve a chat page on this machine, look at the settings."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from threading import Thread
from typing import Final, NoReturn

from telegram.error import InvalidToken, NetworkError, TelegramError

from bot.app import App, build, utc_now
from bot.checkup import check_up
from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, LocalChat
from bot.logs import configure_logging
from bot.ops import serve_health
from bot.settings import DEMO_DATABASE, Settings, demo_settings, load_settings
from forecasting.errors import FanchartError
from forecasting.ports import PriceSource
from forecasting.prices.chain import sources_from_setting

DEFAULT_PORT: Final = 8081
MOST_PORTS: Final = 65535
YAHOO_PATIENCE_S: Final = 5.0
_PROBE_SYMBOL: Final = "AAPL"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and do what it says; every foreseen trouble is one line on stderr and exit code 1."""
    asked = _parser().parse_args(arguments)
    work: Coroutine[None, None, None] = demo(asked.port) if asked.command == "demo" else _WORK[asked.command]()
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        return
    except FanchartError as error:
        _give_up(str(error))
    except InvalidToken:
        _give_up("TELEGRAM_TOKEN: Telegram does not know this token. @BotFather shows yours.")
    except NetworkError as error:
        _give_up(f"Telegram cannot be reached ({error}). Check the network and TELEGRAM_API_URL.")
    except TelegramError as error:
        _give_up(f"Telegram says no: {error}.")


async def run() -> None:
    """Serve Telegram until a signal says stop.

    Raises:
        FanchartError: a setting, the database or the health page's port cannot be used.
        TelegramError: Telegram does not know the token, or cannot be reached.
    """
    settings = load_settings()
    configure_logging(sys.stderr, settings.secrets(), settings.log_format)
    await _serve(build(settings), f"Fanchart is running on {settings.database}. Ctrl-C stops it.")


async def demo(port: int) -> None:
    """Serve a chat page on this machine until a signal says stop; no account, no token, no settings needed.

    Raises:
        FanchartError: the port is taken, or a setting cannot be used.
    """
    chat = LocalChat(port=port)
    try:
        await chat.start()
    except OSError:
        _give_up(f"Port {port} is in use. Take another one: make demo PORT={port + 1}")
    try:
        settings, prices = await _demo_settings(chat)
        configure_logging(sys.stderr, settings.secrets(), settings.log_format)
        chat.set_banner("Simulated prices: not a real market" if settings.price_sources == "simulated" else "")
        await _serve(build(settings), f"Fanchart's demo is at {chat.url}\n{prices} Ctrl-C stops it.")
    finally:
        await chat.stop()


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


_WORK: Final = {"run": run, "check": check}


async def _serve(app: App, greeting: str) -> None:
    """Run until SIGINT or SIGTERM."""
    stopping = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.running())
        await stack.enter_async_context(serve_health(app.services))
        print(greeting, flush=True)  # noqa: T201 - what the person at the keyboard waits for
        await stopping.wait()
        print("Stopping.", flush=True)  # noqa: T201 - as above


async def _demo_settings(chat: LocalChat) -> tuple[Settings, str]:
    """The demo's settings, and a sentence on its prices: the set sources, else Yahoo, else the simulated market."""
    served = frozenset({ADA.id, BEN.id, SUNDAY_INVESTORS.id})
    settings = demo_settings(token=chat.token, api_url=chat.url, chats=served, admin=ADA.id)
    if settings.price_sources == "simulated":
        return _simulated(settings), "Prices are simulated."
    if settings.price_sources:
        return settings, f"Prices: {settings.price_sources}."
    [yahoo] = sources_from_setting("yahoo", utc_now, yahoo_url=str(settings.yahoo_url or ""))
    if await _answers(yahoo):
        return settings.model_copy(update={"price_sources": "yahoo"}), "Prices: Yahoo."
    return _simulated(settings), "Prices are simulated, since Yahoo cannot be reached from here."


def _simulated(settings: Settings) -> Settings:
    """The same with the simulated market; its forecasts and models never stand beside those of real prices."""
    own = settings.database == DEMO_DATABASE
    database = DEMO_DATABASE.with_stem(f"{DEMO_DATABASE.stem}-simulated") if own else settings.database
    return settings.model_copy(update={"price_sources": "simulated", "database": database})


async def _answers(source: PriceSource) -> bool:
    """Whether a source answers in time; the thread that asks is left behind if it does not."""
    loop, answered = asyncio.get_running_loop(), asyncio.Event()

    def ask() -> None:
        """Have the source answer once; its no is left to the waiting loop."""
        try:
            source.history(_PROBE_SYMBOL)
        except FanchartError:
            return
        loop.call_soon_threadsafe(answered.set)

    Thread(target=ask, daemon=True).start()
    try:
        await asyncio.wait_for(answered.wait(), YAHOO_PATIENCE_S)
    except TimeoutError:
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fanchart", description="Calibrated stock forecasts as fan charts, in Telegram."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="serve Telegram (needs TELEGRAM_TOKEN; see docs/settings.md)")
    local = commands.add_parser("demo", help="serve a chat page on this machine; nothing has to be set")
    local.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"of the page (default {DEFAULT_PORT})")
    commands.add_parser("check", help="look at settings, database, token and prices, and say what is wrong")
    return parser


def _port(text: str) -> int:
    """A port that one can listen on; 0 stands for any free one."""
    port = int(text)
    if not 0 <= port <= MOST_PORTS:
        raise argparse.ArgumentTypeError(f"{port} is not between 0 and {MOST_PORTS}")
    return port


def _give_up(sentence: str) -> NoReturn:
    """Say in one line why it does not go on."""
    sys.stderr.write(f"fanchart: {sentence}\n")
    sys.exit(1)


if __name__ == "__main__":
    main()
