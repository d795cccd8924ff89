"""How fast a push reaches many chats under Telegram's limits, and how long somebody who asks meanwhile waits.

    python benchmarks/push.py [--chats 1000] [--symbols 12] [--folder FOLDER_OF_CSV]

The real bot against the local chat, which runs in a process of its own with Telegram's limits enforced. Every chat
follows three symbols. Prices come from the simulated market, or from a folder of CSV files. Forecasts are made before
the clock starts; writing, drawing and sending are in it.
"""

import argparse
import asyncio
import multiprocessing
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Final

from pydantic import AnyHttpUrl, SecretStr

from bot.app import App, build, utc_now
from bot.chats.types import Chat, Member
from bot.localchat import LocalChat, Person, RateLimits
from bot.push.types import Subscription
from bot.settings import Settings

FIRST_CHAT: Final = 1001
ASKER: Final = 999
PER_CHAT: Final = 3
SYMBOLS: Final = (
    *("AAPL", "MSFT", "KO", "JPM", "XOM", "PG", "CAT", "WMT"),
    *("NKE", "IBM", "GE", "DIS", "MMM", "PFE", "INTC", "CSCO"),
)
PATIENCE_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Report:
    """What the local chat saw."""

    messages: int
    chats: int
    seconds: float  # from the first digest to the last
    refused: int  # answers with status 429
    answered_after_s: float  # the question in the middle


def serve(pipe: Connection, chats: int) -> None:
    """Run the local chat, ask in the middle of the push, and report; in a process of its own."""
    asyncio.run(_serve(pipe, chats))


async def _serve(pipe: Connection, chats: int) -> None:
    people = [Person(FIRST_CHAT + number, f"P{number}") for number in range(chats)]
    asker = Person(ASKER, "Asker")
    async with LocalChat([*people, asker], (), rate_limits=RateLimits()) as chat:
        pipe.send((chat.url, chat.token))

        def sent() -> list[datetime]:
            return [entry.at for entry in chat.journal if entry.is_sent and entry.chat_id >= FIRST_CHAT]

        await chat.wait_for(lambda: len(sent()) >= chats // 2, PATIENCE_S)
        asked = perf_counter()
        chat.write(asker, asker, f"/predict {SYMBOLS[0]}")
        await chat.wait_for(lambda: chat.bot_messages(asker), PATIENCE_S)
        answered_after_s = perf_counter() - asked
        await chat.wait_for(lambda: len(sent()) >= chats, PATIENCE_S)
        times = sent()
        reached = sum(bool(chat.bot_messages(person)) for person in people)
        seconds = (max(times) - min(times)).total_seconds()
        pipe.send(Report(len(times), reached, seconds, len(chat.journal.refused(429)), answered_after_s))
        await asyncio.to_thread(pipe.recv)


def subscribe(app: App, chats: int, symbols: Sequence[str]) -> None:
    """Three symbols a chat, every chat another set as far as there are any, due since a while."""
    services, past = app.services, utc_now() - timedelta(days=8)
    exchanges = {symbol: services.forecasts.predict(symbol).forecast.exchange for symbol in symbols}
    for number, own in enumerate(islice(cycle(combinations(symbols, PER_CHAT)), chats)):
        chat_id = FIRST_CHAT + number
        services.chats.upsert(Chat(chat_id, "private", "", "UTC", "active", past), Member(chat_id, "Somebody"))
        services.subscriptions.save(Subscription(chat_id, symbol, exchanges[symbol], "close", past) for symbol in own)


async def measure(pipe: Connection, folder: Path, symbols: Sequence[str], chats: int, prices: str) -> Report:
    """Run the bot until everybody has the digest."""
    url, token = await asyncio.to_thread(pipe.recv)
    settings = Settings(
        telegram_token=SecretStr(token),
        telegram_api_url=AnyHttpUrl(url),
        database=folder / "push.db",
        price_sources=prices,
        allowed_chats=frozenset({ASKER, *range(FIRST_CHAT, FIRST_CHAT + chats)}),
    )
    app = build(settings)
    started = perf_counter()
    await asyncio.to_thread(subscribe, app, chats, symbols)
    print(f"{len(symbols)} forecasts made and {chats} chats subscribed in {perf_counter() - started:.1f} s")
    async with app.running():
        report: Report = await asyncio.to_thread(pipe.recv)
    return report


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=1000)
    parser.add_argument("--symbols", type=int, default=12, help=f"different symbols, 3 to {len(SYMBOLS)}")
    parser.add_argument("--folder", default="", help="prices as CSV files; the simulated market if not given")
    asked = parser.parse_args()
    prices = f"csv:{asked.folder}" if asked.folder else "simulated"
    processes = multiprocessing.get_context("spawn")
    here, there = processes.Pipe()
    server = processes.Process(target=serve, args=(there, asked.chats), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(measure(here, Path(folder), SYMBOLS[: asked.symbols], asked.chats, prices))
    here.send("done")
    server.join()
    print_report(report, RateLimits())


def print_report(report: Report, limits: RateLimits) -> None:
    """Print what was seen beside what the limits allow."""
    floor = max(report.messages - limits.overall.burst, 0) / limits.overall.per_second
    over = report.seconds / floor - 1 if floor else 0.0
    print(f"messages           {report.messages} to {report.chats} chats, {PER_CHAT} symbols each")
    print(f"time               {report.seconds:.1f} s ({report.messages / report.seconds:.1f} messages/s)")
    print(f"the limits' floor  {floor:.1f} s ({over:+.1%})")
    print(f"answers 429        {report.refused}")
    print(f"/predict meanwhile answered after {report.answered_after_s:.2f} s")


if __name__ == "__main__":
    main()
