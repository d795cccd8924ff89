"""What an answer costs, counted and not timed: threads that its task enters, and SQL statements."""

import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from telegram import Update

import storage
from bot.localchat import ADA
from tests import updates
from tests.e2e.bot.stage import Stage, stage

PAGE = Path(__file__).parents[3] / "docs" / "architecture.md"
P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Cost:
    """What one update has cost so far."""

    threads: int = 0
    statements: list[str] = field(default_factory=list)


MEASURED: ContextVar[Cost | None] = ContextVar("measured", default=None)
"""Set around one update: what else the bot does at the same time is not counted."""


class CountingExecutor(ThreadPoolExecutor):
    """The loop's threads, which count whoever enters one while it is measured."""

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        if cost := MEASURED.get():
            cost.threads += 1
        return super().submit(work, *args, **kwargs)


class CountingConnection(sqlite3.Connection):
    """A connection that notes every statement, transactions' own included."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:  # noqa: ANN401 - sqlite3's own type for them
        _note(sql)
        return super().execute(sql, *parameters)

    def executemany(self, sql: str, *parameters: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as above
        _note(sql)
        return super().executemany(sql, *parameters)

    def executescript(self, sql: str) -> sqlite3.Cursor:
        _note(sql)
        return super().executescript(sql)

    def commit(self) -> None:
        if self.in_transaction:
            _note("commit")
        super().commit()


def _note(sql: str) -> None:
    if cost := MEASURED.get():
        cost.statements.append(" ".join(sql.split()))


def connect(path: Path, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - sqlite3.connect's own
    return sqlite3.connect(path, factory=CountingConnection, **options)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Stage]:
    """The real bot, whose threads and statements are counted; it knows Ada, and MSFT."""
    open_stores = partial(storage.open, connect=connect)
    async with stage(tmp_path, open_stores=open_stores, threads=CountingExecutor(16)) as on_stage:
        await cost_of(on_stage, "/predict MSFT")
        await cost_of(on_stage, "/subscribe MSFT")
        yield on_stage


async def cost_of(on_stage: Stage, text: str) -> Cost:
    """What the bot spends on what Ada writes, to the end of its last handler."""
    cost = Cost()
    bot = on_stage.app.telegram.bot
    token = MEASURED.set(cost)
    try:
        await on_stage.app.telegram.process_update(Update.de_json(updates.message(text, ADA.id), bot))
    finally:
        MEASURED.reset(token)
    return cost


def check(cost: Cost, question: str) -> None:
    """The cost keeps to what docs/architecture.md promises of such a question."""
    [promise] = re.findall(rf"^\| {re.escape(question)}.* \| (\d+) \| (\d+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    threads, statements = map(int, promise)
    assert 0 < cost.threads <= threads
    assert 0 < len(cost.statements) <= statements, "\n".join(cost.statements)


async def test_a_new_symbol(running: Stage) -> None:
    """Its prices fetched and stored, its forecast published, its training queued, its chart drawn and kept."""
    check(await cost_of(running, "/predict AAPL"), "`/predict` of a new symbol")
    assert [job.symbol for job in running.app.services.jobs.jobs()] == ["MSFT", "AAPL"]


async def test_a_stored_chart(running: Stage) -> None:
    """A training of the symbol is under way, so that the message waits for it, too."""
    check(await cost_of(running, "/predict MSFT"), "`/predict` with a stored chart")


async def test_the_list_of_subscriptions(running: Stage) -> None:
    check(await cost_of(running, "/subscriptions"), "`/subscriptions`")


async def test_a_stored_evaluation(running: Stage) -> None:
    await cost_of(running, "/evaluate MSFT")
    check(await cost_of(running, "/evaluate MSFT"), "`/evaluate` with a stored scorecard")
