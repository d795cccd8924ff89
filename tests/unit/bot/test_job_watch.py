"""Waiting messages are retold while their job moves, each to its end, whatever happens to the others."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from telegram.error import Forbidden

from bot.chats.types import Chat, Watch
from bot.messages.job_updates import JobUpdates
from forecasting.types.job_records import Job, Progress
from storage.chats import ChatStore
from storage.database import Database
from storage.tracked_messages import TrackedMessageStore
from tests.factories import NOW
from tests.patience import PATIENCE_S

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


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[TrackedMessageStore]:
    """Where waiting messages are kept; chats 1, 2 and 3 are known."""
    with Database(tmp_path / "fanchart.db") as database:
        chats = ChatStore(database)
        for number in (1, 2, 3):
            chats.remember(Chat(number, "private", "Ada", "UTC", "active", NOW))
        yield TrackedMessageStore(database)


async def test_every_message_hears_what_is_new_to_it_until_the_end(kept: TrackedMessageStore) -> None:
    news, first, late, gone = News([QUEUED]), Reader(), Reader(), Reader(gone=True)
    watch = JobUpdates(news.watch, kept, every_s=0)
    await watch.follow(QUEUED, (1, 1), first.retell)
    await watch.follow(QUEUED, (2, 1), gone.retell)
    news.tell(RUNNING)
    await watch.follow(QUEUED, (3, 1), late.retell)  # rendered before the news came
    news.tell(DONE)
    async with asyncio.timeout(PATIENCE_S):
        await first.heard_all.wait()
        await late.heard_all.wait()
    assert first.heard[-1] == late.heard[-1] == DONE
    assert QUEUED not in first.heard
    await watch.close()


async def test_a_message_that_shows_something_else_hears_no_more(kept: TrackedMessageStore) -> None:
    news, left, other = News([QUEUED]), Reader(), Reader()
    watch = JobUpdates(news.watch, kept, every_s=0)
    await watch.follow(QUEUED, (1, 1), left.retell)
    await watch.follow(QUEUED, (2, 2), other.retell)
    await watch.leave((1, 1))
    news.tell(DONE)
    async with asyncio.timeout(PATIENCE_S):
        await other.heard_all.wait()
    assert left.heard == []
    await watch.close()


async def test_what_waits_is_kept_until_its_end_was_told_and_taken_up_by_the_next_run(
    kept: TrackedMessageStore,
) -> None:
    news, first, second = News([QUEUED]), Reader(), Reader()
    before = JobUpdates(news.watch, kept, every_s=0)
    await before.follow(QUEUED, (1, 1), first.retell, 20)
    await before.follow(QUEUED, (2, 7), first.retell)
    await before.leave((2, 7))
    await before.close()
    news.tell(DONE)
    after = JobUpdates(news.watch, kept, every_s=0)
    assert await after.left() == (Watch(1, 1, QUEUED.id, 20),)
    after.resume(Watch(1, 1, QUEUED.id, 20), second.retell)
    async with asyncio.timeout(PATIENCE_S):
        await second.heard_all.wait()
        while await after.left():  # noqa: ASYNC110 - SQLite tells nobody
            await asyncio.sleep(0)
    assert first.heard == []
    await after.close()


async def test_a_chat_that_was_forgotten_is_not_kept_again(kept: TrackedMessageStore) -> None:
    news, reader = News([QUEUED]), Reader()
    watch = JobUpdates(news.watch, kept, every_s=0)
    await watch.follow(QUEUED, (99, 1), reader.retell)
    assert await watch.left() == ()
    await watch.close()
