"""Waiting messages are retold while their job moves, each to its end, whatever happens to the others."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from telegram.error import Forbidden

from bot.job_watch import JobWatch
from forecasting.types import Job, Progress
from tests.factories import NOW

QUEUED = Job(1, "train", "AAPL", "queued", (1,), NOW)
RUNNING = replace(QUEUED, state="running", progress=Progress("training", 1, 2))
DONE = replace(QUEUED, state="done", message="It is kept.")


@dataclass
class News:
    """A queue's news of one job, told when the test says so."""

    told: list[Job] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, job: Job) -> None:
        self.told.append(job)
        self.changed.set()

    async def watch(self, job_id: int) -> AsyncIterator[Job]:
        assert job_id == QUEUED.id
        place = 0
        while not place or self.told[place - 1].state in ("queued", "running"):
            while place < len(self.told):
                place += 1
                yield self.told[place - 1]
            self.changed.clear()
            if place == len(self.told) and self.told[-1].state in ("queued", "running"):
                await self.changed.wait()


@dataclass
class Reader:
    """A message that remembers what it was told."""

    heard: list[Job] = field(default_factory=list)
    gone: bool = False
    heard_all: asyncio.Event = field(default_factory=asyncio.Event)

    async def retell(self, job: Job) -> None:
        if self.gone:
            raise Forbidden("bot was blocked by the user")
        self.heard.append(job)
        if job.state == "done":
            self.heard_all.set()


async def test_every_message_hears_what_is_new_to_it_until_the_end() -> None:
    news, first, late, gone = News([QUEUED]), Reader(), Reader(), Reader(gone=True)
    watch = JobWatch(news.watch, every_s=0)
    watch.follow(QUEUED, (1, 1), first.retell)
    watch.follow(QUEUED, (2, 1), gone.retell)
    news.tell(RUNNING)
    watch.follow(QUEUED, (3, 1), late.retell)  # rendered before the news came
    news.tell(DONE)
    async with asyncio.timeout(10):
        await first.heard_all.wait()
        await late.heard_all.wait()
    assert first.heard[-1] == late.heard[-1] == DONE
    assert QUEUED not in first.heard
    await watch.close()


async def test_a_message_that_shows_something_else_hears_no_more() -> None:
    news, left, other = News([QUEUED]), Reader(), Reader()
    watch = JobWatch(news.watch, every_s=0)
    watch.follow(QUEUED, (1, 1), left.retell)
    watch.follow(QUEUED, (2, 2), other.retell)
    watch.leave((1, 1))
    news.tell(DONE)
    async with asyncio.timeout(10):
        await other.heard_all.wait()
    assert left.heard == []
    await watch.close()
