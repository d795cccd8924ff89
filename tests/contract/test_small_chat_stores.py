"""What every `UsageStore`, `ChartStore` and `TrackedMessageStore` promises."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.chats.ports import ChartStore, TrackedMessageStore, UsageStore
from bot.chats.types import ChartKey, Chat, Member, TrackedMessage
from storage import Stores
from tests.factories import NOW
from tests.memory_chats import MemoryCharts, MemoryChats, MemoryTrackedMessages, MemoryUsage

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")
FAN = TrackedMessage(7, 1, 41, 20)

kinds = pytest.fixture(params=("memory", "sqlite"))


@kinds
def usage(request: pytest.FixtureRequest, stores: Stores) -> UsageStore:
    return MemoryUsage() if request.param == "memory" else stores.usage


@kinds
def charts(request: pytest.FixtureRequest, stores: Stores) -> ChartStore:
    return MemoryCharts() if request.param == "memory" else stores.charts


@kinds
def messages(request: pytest.FixtureRequest, stores: Stores) -> TrackedMessageStore:
    """Chat 7 is known."""
    memory = MemoryChats()
    for chats in (memory, stores.chats):
        chats.upsert(Chat(7, "private", "Ada", "UTC", "active", NOW), Member(7, "Ada"))
    return MemoryTrackedMessages(memory) if request.param == "memory" else stores.tracked_messages


def test_requests_count_by_person_work_and_time_until_the_quota_is_spent(usage: UsageStore) -> None:
    for hours in (30, 20, 10):
        assert usage.spend(7, "train", NOW - hours * HOUR, NOW - DAY, 2)
    assert not usage.spend(7, "train", NOW, NOW - DAY, 2)
    assert usage.spend(7, "train", NOW, NOW - 20 * HOUR + timedelta(seconds=1), 2), "only one of them is that new"
    assert usage.spend(7, "tune", NOW, NOW - DAY, 2)
    assert usage.spend(8, "train", NOW, NOW - DAY, 2)


def test_what_was_refused_does_not_count(usage: UsageStore) -> None:
    assert [usage.spend(7, "train", NOW, NOW - DAY, 1) for _ in range(3)] == [True, False, False]
    assert len(usage.export(7)) == 1
    assert not usage.spend(8, "train", NOW, NOW - DAY, 0)
    assert usage.export(8) == ()


def test_without_a_quota_everything_counts(usage: UsageStore) -> None:
    assert all(usage.spend(7, "train", NOW, NOW - DAY, None) for _ in range(5))
    assert not usage.spend(7, "train", NOW, NOW - DAY, 5)


def test_old_requests_are_pruned(usage: UsageStore) -> None:
    for age in (3 * DAY, 2 * DAY, DAY):
        usage.spend(7, "train", NOW - age, NOW - DAY, None)
    assert [usage.prune(NOW), usage.prune(NOW)] == [1, 0]
    assert len(usage.export(7)) == 2


def test_a_persons_requests_are_exported_oldest_first_and_forgotten(usage: UsageStore) -> None:
    for user, work, age in ((7, "train", HOUR), (7, "tune", DAY), (8, "train", HOUR)):
        usage.spend(user, work, NOW - age, NOW - DAY, None)
    assert [(row["user_id"], row["work"]) for row in usage.export(7)] == [(7, "tune"), (7, "train")]
    usage.forget(7)
    assert (usage.export(7), len(usage.export(8))) == ((), 1)


def test_a_chart_that_was_sent_is_found_by_what_it_shows(charts: ChartStore) -> None:
    charts.keep(KEY, "file-1")
    charts.keep(KEY, "file-2")
    assert charts.find(KEY) == "file-2"
    others = (replace(KEY, bot_id=2), replace(KEY, symbol="MSFT"), replace(KEY, origin=date(2024, 7, 2)))
    assert [charts.find(other) for other in (*others, replace(KEY, contents="b"), replace(KEY, look="fan 20"))] == [
        None
    ] * 5
    assert charts.prune() == 0
    charts.drop(KEY)
    assert charts.find(KEY) is None


def test_a_message_shows_one_job_at_a_time(messages: TrackedMessageStore) -> None:
    for message in (FAN, replace(FAN, message_id=2, horizon=None), replace(FAN, job_id=42)):
        messages.keep(message)
    assert messages.every() == (replace(FAN, job_id=42), replace(FAN, message_id=2, horizon=None))


def test_a_message_is_dropped_with_its_job_or_whichever_it_shows(messages: TrackedMessageStore) -> None:
    messages.keep(FAN)
    messages.drop(replace(FAN, job_id=42))
    assert messages.every() == (FAN,)
    messages.drop(FAN)
    assert messages.every() == ()
    messages.keep(FAN)
    messages.drop_message(7, 1)
    assert messages.every() == ()


def test_no_message_of_an_unknown_chat_is_kept(messages: TrackedMessageStore) -> None:
    messages.keep(replace(FAN, chat_id=99))
    assert messages.every() == ()
