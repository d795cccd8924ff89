"""How long people wait, and how large the bot grows.

    python benchmarks/latency.py [FOLDER_OF_CSV] [--symbols 25] [--forecasts 500]

The real bot, in a process of its own, answers over HTTP in the local chat; a wait is from the message sent to the photo
there. Prices come from the simulated market, or from a folder of CSV files. Trainings are left out: they run in other
processes, at a lower priority.
"""

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Final

from pydantic import AnyHttpUrl, SecretStr
from rich.console import Console
from rich.table import Table

from bot.app import build
from bot.localchat import LocalChat, Message, Person
from bot.settings import Settings
from forecasting.ports import ReportProgress
from forecasting.types.job_records import TrainingRequest, TrainingResult

PEOPLE: Final = tuple(Person(id=1001 + number, first_name=f"P{number}") for number in range(60))
"""So many that nobody asks more often than Telegram lets the bot answer one chat."""
SIMULATED: Final = tuple(f"SIM{number}" for number in range(100))
PATIENCE_S: Final = 60.0
FIRST_HORIZON: Final = 5


class IdleWorkers:
    """`Workers` that take every training and never begin it."""

    def submit(self, request: TrainingRequest, report: ReportProgress) -> "Future[TrainingResult]":
        """Take a training."""
        del request, report
        return Future()

    def close(self) -> None:
        """Nothing to stop."""


@dataclass(frozen=True, slots=True)
class Question:
    """One /predict, asked by somebody who has not asked for a while."""

    person: Person
    symbol: str
    horizon: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="CSV files in Yahoo's layout; simulated prices without it")
    parser.add_argument("--symbols", type=int, default=25, help="how many symbols are asked for (default 25)")
    parser.add_argument("--forecasts", type=int, default=500, help="answers before memory is looked at (default 500)")
    arguments = parser.parse_args()
    found = sorted(path.stem for path in arguments.folder.glob("*.csv")) if arguments.folder else SIMULATED
    with tempfile.TemporaryDirectory() as scratch:
        asyncio.run(_measure(arguments.folder, list(found)[: arguments.symbols], arguments.forecasts, Path(scratch)))


async def _measure(folder: Path | None, symbols: Sequence[str], forecasts: int, scratch: Path) -> None:
    """Ask the bot in three ways, then keep asking until it has answered often enough."""
    async with LocalChat(PEOPLE, ()) as chat:
        settings = _settings(chat, folder, scratch)
        started = perf_counter()
        process = multiprocessing.get_context("spawn").Process(target=_run_bot, args=(settings,), daemon=True)
        process.start()
        try:
            await chat.wait_for(
                lambda: chat.journal.of("deleteWebhook"), PATIENCE_S
            )  # the last request before updates are taken
            ready_s = perf_counter() - started
            people = cycle(PEOPLE)
            new = [Question(next(people), symbol, FIRST_HORIZON) for symbol in symbols]
            drawn = [Question(next(people), symbol, FIRST_HORIZON + 1) for symbol in symbols]
            sent = [Question(next(people), symbol, FIRST_HORIZON) for symbol in symbols]
            waits = [await _ask_all(chat, asked) for asked in (new, drawn, sent)]
            early_mb = _resident_mb(process.pid)
            left = [
                Question(next(people), symbols[n % len(symbols)], 1 + n % 20) for n in range(forecasts - 3 * len(new))
            ]
            await _ask_all(chat, left, pause_s=0.02)
            _print(ready_s, waits, early_mb, _resident_mb(process.pid), forecasts)
        finally:
            process.terminate()
            process.join()


def _settings(chat: LocalChat, folder: Path | None, scratch: Path) -> Settings:
    return Settings(
        telegram_token=SecretStr(chat.token),
        telegram_api_url=AnyHttpUrl(chat.url),
        database=scratch / "fanchart.db",
        price_sources=f"csv:{folder.resolve()}" if folder else "simulated",
        allowed_chats=frozenset(person.id for person in PEOPLE),
    )


def _run_bot(settings: Settings) -> None:
    """The bot's own process; it is ended from outside."""

    async def serve() -> None:
        async with build(settings, workers=IdleWorkers()).running():
            await asyncio.Event().wait()

    asyncio.run(serve())


async def _ask_all(chat: LocalChat, questions: Iterable[Question], pause_s: float = 0.0) -> list[float]:
    """Seconds that each question waited for its photo, asked one after the other."""
    waits = []
    for question in questions:
        person, before = question.person, len(chat.bot_messages(question.person))
        asked = perf_counter()
        chat.write(person, person, f"/predict {question.symbol} {question.horizon}")
        [answer] = await chat.wait_for(partial(_new_messages, chat, person, before), PATIENCE_S)
        waits.append(perf_counter() - asked)
        if answer.photo is None:
            message = f"no forecast of {question.symbol}: {answer.text}"
            raise RuntimeError(message)
        await asyncio.sleep(pause_s)
    return waits


def _new_messages(chat: LocalChat, person: Person, before: int) -> tuple[Message, ...]:
    return chat.bot_messages(person)[before:]


def _resident_mb(process_id: int | None) -> float:
    """Resident memory of a process in MB (Linux)."""
    status = Path(f"/proc/{process_id}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _print(ready_s: float, waits: Sequence[Sequence[float]], early_mb: float, late_mb: float, forecasts: int) -> None:
    table = Table("what", "median", "slowest", title="From the message to the photo, in ms")
    rows = (
        "new symbol: prices, scorecard, forecast, chart",
        "known forecast, chart drawn",
        "known forecast, stored chart",
    )
    for name, seconds in zip(rows, waits, strict=True):
        table.add_row(name, f"{1000 * statistics.median(seconds):.0f}", f"{1000 * max(seconds):.0f}")
    console = Console()
    console.print(table)
    console.print(f"ready after {ready_s:.1f} s")
    console.print(
        f"memory of the bot's process: {early_mb:.0f} MB early on, {late_mb:.0f} MB after {forecasts} answers"
    )


if __name__ == "__main__":
    main()
