"""Waiting messages are updated while their job moves, each to its end, whatever happens to the others."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from telegram.error import Forbidden

import storage
from bot.chats.ports import TrackedMessageStore
from bot.chats.types import Chat, Member, TrackedMessage
from bot.messages.job_updates import JobUpdates
from forecasting.types.job_records import Job, Progress
from tests.factories import NOW
from tests.waiting import PATIENCE_S

QUEUED = Job(1, "train", "AAPL", "queued", (1,), NOW)
RUNNING = replace(QUEUED, state="running", progress=Progress("training", 1, 2))
DONE = replace(QUEUED, state="done", message="It is kept.")


@dataclass
class Queue:
    """A queue's updates of one job, published when the test says so."""

    published: list[Job] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def publish(self, job: Job) -> None:
        self.published.append(job)
        self.changed.set()

    async def updates(self, job_id: int) -> AsyncIterator[Job]:
        assert job_id == QUEUED.id
        seen = 0
        while not seen or self.published[seen - 1].state in ("queued", "running"):
            while seen < len(self.published):
                seen += 1
                yield self.published[seen - 1]
            self.changed.clear()
            if seen == len(self.published) and self.published[-1].state in ("queued", "running"):
                await self.changed.wait()


@dataclass
class Shown:
    """A message that remembers what it was made to show."""

    jobs: list[Job] = field(default_factory=list)
    gone: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def update(self, job: Job) -> None:
        if self.gone:
            raise Forbidden("bot was blocked by the user")
        self.jobs.append(job)
        if job.state == "done":
            self.done.set()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[TrackedMessageStore]:
    """Where waiting messages are kept; chats 1, 2 and 3 are known."""
    stores = storage.open(tmp_path / "fanchart.db")
    for number in (1, 2, 3):
        stores.chats.upsert(Chat(number, "private", "Ada", "UTC", "active", NOW), Member(number, "Ada"))
    yield stores.tracked_messages
    stores.close()


def track(updates: JobUpdates, chat_id: int, message_id: int, shown: Shown, horizon: int | None = None) -> None:
    """Keep and track a message that shows the queued job."""
    tracked = TrackedMessage(chat_id, message_id, QUEUED.id, horizon)
    updates.keep(tracked)
    updates.track(tracked, QUEUED, shown.update)


async def test_every_message_shows_what_is_new_to_it_until_the_end(store: TrackedMessageStore) -> None:
    queue, first, late, gone = Queue([QUEUED]), Shown(), Shown(), Shown(gone=True)
    updates = JobUpdates(queue.updates, store, every_s=0)
    track(updates, 1, 1, first)
    track(updates, 2, 1, gone)
    queue.publish(RUNNING)
    track(updates, 3, 1, late)  # rendered before the job ran
    queue.publish(DONE)
    async with asyncio.timeout(PATIENCE_S):
        await first.done.wait()
        await late.done.wait()
    assert first.jobs[-1] == late.jobs[-1] == DONE
    assert QUEUED not in first.jobs
    await updates.close()


async def test_that_somebody_joined_a_job_is_no_reason_to_edit(store: TrackedMessageStore) -> None:
    queue, shown = Queue([QUEUED]), Shown()
    updates = JobUpdates(queue.updates, store, every_s=0)
    track(updates, 1, 1, shown)
    for people in ((1, 2), (1, 2, 3)):
        queue.publish(replace(QUEUED, asked_by=people))
    queue.publish(replace(RUNNING, asked_by=(1, 2, 3)))
    queue.publish(replace(RUNNING, asked_by=(2, 3)))
    queue.publish(DONE)
    async with asyncio.timeout(PATIENCE_S):
        await shown.done.wait()
    assert [job.state for job in shown.jobs] == ["running", "done"]
    await updates.close()


async def test_a_message_that_shows_something_else_is_updated_no_more(store: TrackedMessageStore) -> None:
    queue, left, other = Queue([QUEUED]), Shown(), Shown()
    updates = JobUpdates(queue.updates, store, every_s=0)
    track(updates, 1, 1, left)
    track(updates, 2, 2, other)
    await updates.forget((1, 1))
    queue.publish(DONE)
    async with asyncio.timeout(PATIENCE_S):
        await other.done.wait()
    assert left.jobs == []
    await updates.close()


async def test_what_waits_is_kept_until_it_showed_the_end_and_is_taken_up_by_the_next_run(
    store: TrackedMessageStore,
) -> None:
    queue, first, second = Queue([QUEUED]), Shown(), Shown()
    before = JobUpdates(queue.updates, store, every_s=0)
    track(before, 1, 1, first, 20)
    track(before, 2, 7, first)
    await before.forget((2, 7))
    await before.close()
    queue.publish(DONE)
    after = JobUpdates(queue.updates, store, every_s=0)
    left = await after.unfinished()
    assert left == (TrackedMessage(1, 1, QUEUED.id, 20),)
    after.track(left[0], None, second.update)
    async with asyncio.timeout(PATIENCE_S):
        await second.done.wait()
        while await after.unfinished():  # noqa: ASYNC110 - SQLite tells nobody
            await asyncio.sleep(0)
    assert first.jobs == []
    await after.close()


async def test_a_chat_that_was_forgotten_is_not_kept_again(store: TrackedMessageStore) -> None:
    queue = Queue([QUEUED])
    updates = JobUpdates(queue.updates, store, every_s=0)
    track(updates, 99, 1, Shown())
    assert await updates.unfinished() == ()
    await updates.close()
