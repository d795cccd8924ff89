"""How long people wait for prices while their source misbehaves.

    python benchmarks/prices.py [--json FILE]

The source is a simulated one that answers after 75 ms, hangs for 10 seconds at one symbol, or takes 60 requests a
minute. The renewal after a close is counted in minutes of a clock that the benchmark moves; the rest are seconds.
"""

import argparse
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from time import perf_counter, sleep
from typing import Final

import numpy as np

from bot.push.refresh_budget import RefreshBudget
from forecasting.errors import RateLimited, SourceUnreachable
from forecasting.memory_stores import MemoryPriceStore
from forecasting.prices.service import PriceService
from forecasting.prices.sources.simulated import SimulatedSource
from forecasting.types.bars import PriceHistory, SymbolMatch

START: Final = datetime(2024, 7, 3, 21, 30, tzinfo=UTC)
ANSWERS_AFTER_S: Final = 0.075
HANGS_S: Final = 10.0
A_MINUTE: Final = 60
ASKERS: Final = 20
SUBSCRIBED: Final = 500
MINUTE: Final = timedelta(minutes=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Where it stands, in UTC."""
        return self.now


@cache
def market() -> PriceHistory:
    """The prices that every symbol has."""
    return SimulatedSource(lambda: START + timedelta(days=9)).history("SIM")


class Troubled:
    """A `PriceSource` that hangs at some symbols, and limits us where it is told to."""

    name = "yahoo"

    def __init__(self, clock: Clock, answers_after_s: float = ANSWERS_AFTER_S) -> None:
        self.hanging: frozenset[str] = frozenset()
        self.limit = 1_000_000  # requests of one minute
        self._answers_after_s = answers_after_s
        self._clock = clock
        self._answered: list[datetime] = []
        self._lock = Lock()

    def history(self, symbol: str) -> PriceHistory:
        """The simulated prices, after a while."""
        if symbol in self.hanging:
            sleep(HANGS_S)
            raise SourceUnreachable("Yahoo", "no answer in time")
        now = self._clock()
        with self._lock:
            self._answered = [answered for answered in self._answered if now - answered < MINUTE]
            if len(self._answered) >= self.limit:
                raise RateLimited("Yahoo", now + MINUTE)
            self._answered.append(now)
        sleep(self._answers_after_s)
        whole = market()
        known = int(np.searchsorted(whole.sessions, np.datetime64(now.date()), side="right"))
        return replace(whole.take(slice(0, known)), symbol=symbol, source=self.name, fetched_at=now)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        """Nothing."""
        del text
        return ()


def main() -> None:
    """Measure, print a table, and write JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    market()
    found = {**while_one_hangs(), **after_a_pause(), "minutes to renew 500 symbols at 60 a minute": minutes_to_renew()}
    print("| | |\n|---|---|")
    for what, figure in found.items():
        print(f"| {what} | {figure:.2f} |")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def while_one_hangs() -> dict[str, float]:
    """Seconds to answer a stored symbol that hangs, another stored one, and new ones."""
    clock = Clock()
    source = Troubled(clock)
    service = PriceService([source], MemoryPriceStore(), clock)
    for symbol in ("HANGS", "STORED"):
        service.renewed(symbol)
    clock.now += timedelta(days=2)  # the next session has closed
    source.hanging = frozenset({"HANGS", "H1", "H2"})
    found = {
        "seconds: stored symbol that hangs": seconds(lambda: service.latest("HANGS")),
        "seconds: stored symbol beside it": seconds(lambda: service.latest("STORED")),
        "seconds: new symbol beside it": seconds(lambda: service.latest("NEW")),
    }
    with ThreadPoolExecutor(2) as pool:
        for symbol in ("H1", "H2"):
            pool.submit(service.latest, symbol)
        sleep(ANSWERS_AFTER_S)  # now they have all the room there is
        found["seconds: new symbol beside three"] = seconds(lambda: service.latest("NEWER"))
    service.close()
    return found


def after_a_pause() -> dict[str, float]:
    """How many of 20 who ask for different symbols after a rate limit are answered, and the seconds of the last."""
    clock = Clock()
    source = Troubled(clock)
    service = PriceService([source], MemoryPriceStore(), clock)
    source.limit = 0
    try:
        service.latest("FIRST")
    except RateLimited as error:
        clock.now = error.retry_at
    source.limit = ASKERS
    begun = perf_counter()
    with ThreadPoolExecutor(ASKERS) as pool:
        answers = list(pool.map(service.latest, (f"S{number}" for number in range(ASKERS))))
    return {"answered of 20 after a pause": len(answers), "seconds: the last of them": perf_counter() - begun}


def minutes_to_renew() -> float:
    """Rounds of one minute until 500 symbols are renewed at a source that takes 60 requests a minute."""
    clock = Clock()
    source = Troubled(clock, answers_after_s=0.0)
    source.limit = A_MINUTE
    service, budget = PriceService([source], MemoryPriceStore(), clock), RefreshBudget()
    left: tuple[str, ...] = tuple(f"S{number}" for number in range(SUBSCRIBED))
    begun = clock.now
    while left:
        done = service.refresh_all(left, budget.symbols)
        if done.trouble:
            budget.refused(done.answered)
        else:
            budget.taken(done.answered)
        left = done.left
        clock.now += MINUTE
    return (clock.now - begun) / MINUTE


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
