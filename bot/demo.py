"""`python -m bot demo`: the bot in a chat page on this machine; no account, no token, no settings needed."""

import asyncio
import sys
from threading import Thread
from typing import Final

from bot.app import build, utc_now
from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, LocalChat
from bot.ops.logs import configure_logging
from bot.serving import serve
from bot.settings import DEMO_DATABASE, Settings, demo_settings
from forecasting.errors import FanchartError, SettingsError
from forecasting.ports import PriceSource
from forecasting.prices.sources.chain import sources_from_setting

YAHOO_TIMEOUT_S: Final = 5.0
_PROBE_SYMBOL: Final = "AAPL"


async def demo(port: int) -> None:
    """Serve the page until a signal stops it.

    Raises:
        FanchartError: the port is taken, or a setting cannot be used.
    """
    chat = LocalChat(port=port)
    try:
        await chat.start()
    except OSError as error:
        raise SettingsError(f"Port {port} is in use.", f"Take another one: make demo PORT={port + 1}") from error
    try:
        settings, prices = await _demo_settings(chat)
        configure_logging(sys.stderr, settings.secrets(), settings.log_format)
        chat.set_banner("Simulated prices: not a real market" if settings.price_sources == "simulated" else "")
        await serve(build(settings), f"Fanchart's demo is at {chat.url}\n{prices} Ctrl-C stops it.")
    finally:
        await chat.stop()


async def _demo_settings(chat: LocalChat) -> tuple[Settings, str]:
    """The demo's settings, and a sentence on its prices: the set sources, else Yahoo, else the simulated market."""
    allowed = frozenset({ADA.id, BEN.id, SUNDAY_INVESTORS.id})
    settings = demo_settings(token=chat.token, api_url=chat.url, chats=allowed, admin=ADA.id)
    if settings.price_sources == "simulated":
        return _simulated(settings), "Prices are simulated."
    if settings.price_sources:
        return settings, f"Prices: {settings.price_sources}."
    [yahoo] = sources_from_setting("yahoo", utc_now, **settings.source_access)
    if await _answers(yahoo):
        return settings.model_copy(update={"price_sources": "yahoo"}), "Prices: Yahoo."
    return _simulated(settings), "Prices are simulated, since Yahoo cannot be reached from here."


def _simulated(settings: Settings) -> Settings:
    """The same with the simulated market, and a database of its own, apart from forecasts of real prices."""
    own = settings.database == DEMO_DATABASE
    database = DEMO_DATABASE.with_stem(f"{DEMO_DATABASE.stem}-simulated") if own else settings.database
    return settings.model_copy(update={"price_sources": "simulated", "database": database})


async def _answers(source: PriceSource) -> bool:
    """Whether a source answers in time; the thread that asks is left behind if it does not."""
    loop, answered = asyncio.get_running_loop(), asyncio.Event()

    def ask() -> None:
        """Ask the source once; where it fails, the waiting loop times out."""
        try:
            source.history(_PROBE_SYMBOL)
        except FanchartError:
            return
        loop.call_soon_threadsafe(answered.set)

    Thread(target=ask, daemon=True).start()
    try:
        await asyncio.wait_for(answered.wait(), YAHOO_TIMEOUT_S)
    except TimeoutError:
        return False
    return True
