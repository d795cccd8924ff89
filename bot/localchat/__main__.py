"""The local chat as a process of its own, for benchmarks: `python -m bot.localchat --people 1000 --strict`.

It prints one line of JSON with `url` and `token`, serves until SIGINT or SIGTERM, and then
writes its journal, one JSON object a line, where `--journal` names a file.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from dataclasses import asdict
from pathlib import Path

from bot.localchat.api.rate_limits import RateLimits
from bot.localchat.driver import LocalChat
from bot.localchat.state.users import ADA, BEN, SUNDAY_INVESTORS, Person

FIRST_PERSON_ID = 1_000_001


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.localchat", description="A Bot API server on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--people", type=int, default=0, help=f"more people, with ids from {FIRST_PERSON_ID}")
    parser.add_argument("--strict", action="store_true", help="enforce Telegram's rate limits")
    parser.add_argument("--journal", type=Path, help="where to write the journal at the end")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    more_people = [Person(FIRST_PERSON_ID + number, f"Person {number}") for number in range(arguments.people)]
    stopped = asyncio.Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, stopped.set)
    limits = RateLimits() if arguments.strict else None
    people = (ADA, BEN, *more_people)
    async with LocalChat(people, (SUNDAY_INVESTORS,), port=arguments.port, rate_limits=limits) as chat:
        sys.stdout.write(json.dumps({"url": chat.url, "token": chat.token}) + "\n")
        sys.stdout.flush()
        await stopped.wait()
    if arguments.journal:
        lines = (json.dumps(asdict(entry) | {"at": entry.at.isoformat()}) for entry in chat.journal)
        arguments.journal.write_text("".join(f"{line}\n" for line in lines), "utf-8")


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
