"""Charts on their way to Telegram, on the real table of file ids: drawn once, uploaded once, then sent by their id."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pytest
from telegram import Chat, Message, PhotoSize
from telegram.error import BadRequest

from bot.chats.ports import ChartStore
from bot.chats.types import ChartKey
from bot.messages.chart_cache import Chart, ChartCache, Picture
from storage import Stores

KEY = ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")


@dataclass
class Telegram:
    """Takes charts, and refuses them as a test plans."""

    refusals: list[BadRequest] = field(default_factory=list)
    sent: list[Picture] = field(default_factory=list)

    async def take(self, picture: Picture) -> Message:
        self.sent.append(picture)
        if self.refusals:
            raise self.refusals.pop(0)
        sizes = tuple(PhotoSize(f"id {edge}", f"unique {edge}", edge, edge) for edge in (90, 1080))
        return Message(1, datetime(2024, 7, 3, tzinfo=UTC), Chat(1, Chat.PRIVATE), photo=sizes)


@dataclass
class Pen:
    """Draws, and counts how often."""

    drawn: int = 0

    def draw(self) -> bytes:
        self.drawn += 1
        return b"picture %d" % self.drawn


async def send(cache: ChartCache, key: ChartKey, pen: Pen, telegram: Telegram) -> None:
    """Look for a chart's file id, and send it."""
    await cache.send(cache.find(Chart(key, pen.draw)), telegram.take)


@pytest.fixture
def store(stores: Stores) -> ChartStore:
    return stores.charts


async def test_a_chart_is_drawn_once_and_then_sent_by_the_id_of_its_largest_size(store: ChartStore) -> None:
    telegram, pen, cache = Telegram(), Pen(), ChartCache(store)
    await send(cache, KEY, pen, telegram)
    await send(cache, KEY, pen, telegram)
    assert telegram.sent == [b"picture 1", "id 1080"]
    assert cache.find(Chart(KEY, pen.draw)).file_id == "id 1080"


async def test_the_id_outlives_the_process_and_is_not_used_for_anything_else(store: ChartStore) -> None:
    await send(ChartCache(store), KEY, Pen(), Telegram())
    telegram, pen, restarted = Telegram(), Pen(), ChartCache(store)
    await send(restarted, KEY, pen, telegram)
    assert (telegram.sent, pen.drawn) == (["id 1080"], 0)
    for other in (replace(KEY, look="fan 10"), replace(KEY, bot_id=2), replace(KEY, contents="b" * 64)):
        await send(restarted, other, pen, telegram)
    assert pen.drawn == 3


async def test_an_id_that_telegram_takes_no_more_is_forgotten_and_the_chart_sent_anew(store: ChartStore) -> None:
    store.keep(KEY, "long gone")
    telegram, pen = Telegram([BadRequest("Wrong file identifier/HTTP URL specified")]), Pen()
    await send(ChartCache(store), KEY, pen, telegram)
    assert telegram.sent == ["long gone", b"picture 1"]
    assert store.find(KEY) == "id 1080"


async def test_another_refusal_is_the_callers_and_keeps_the_id(store: ChartStore) -> None:
    store.keep(KEY, "good")
    telegram, pen = Telegram([BadRequest("Chat not found")]), Pen()
    with pytest.raises(BadRequest, match="Chat not found"):
        await send(ChartCache(store), KEY, pen, telegram)
    assert store.find(KEY) == "good"
    assert pen.drawn == 0


async def test_what_could_not_be_sent_is_not_drawn_again_and_has_no_id(store: ChartStore) -> None:
    telegram, pen, cache = Telegram([BadRequest("Chat not found")]), Pen(), ChartCache(store)
    with pytest.raises(BadRequest):
        await send(cache, KEY, pen, telegram)
    assert store.find(KEY) is None
    await send(cache, KEY, pen, telegram)
    assert (pen.drawn, telegram.sent) == (1, [b"picture 1"] * 2)


async def test_many_who_ask_at_once_cause_one_drawing(store: ChartStore) -> None:
    telegram, pen, cache = Telegram(), Pen(), ChartCache(store)
    await asyncio.gather(*(send(cache, KEY, pen, telegram) for _ in range(8)))
    assert pen.drawn == 1
    assert len(telegram.sent) == 8


async def test_a_chart_is_prepared_ahead_unless_telegram_has_it(store: ChartStore) -> None:
    pen, cache = Pen(), ChartCache(store)
    await cache.prepare(Chart(KEY, pen.draw))
    telegram = Telegram()
    await send(cache, KEY, pen, telegram)
    await cache.prepare(Chart(KEY, pen.draw))
    assert (pen.drawn, telegram.sent) == (1, [b"picture 1"])
    await ChartCache(store).prepare(Chart(KEY, pen.draw))
    assert pen.drawn == 1


async def test_only_the_charts_used_last_are_kept_in_memory(store: ChartStore) -> None:
    pen, cache = Pen(), ChartCache(store)
    first, *others = (replace(KEY, symbol=f"S{number}") for number in range(17))
    for key in (first, *others[:15]):
        await cache.prepare(Chart(key, pen.draw))
    await cache.prepare(Chart(first, pen.draw))  # used again: it is not the oldest any more
    await cache.prepare(Chart(others[15], pen.draw))  # the seventeenth pushes out the oldest
    assert pen.drawn == 17
    await cache.prepare(Chart(first, pen.draw))
    assert pen.drawn == 17
    await cache.prepare(Chart(others[0], pen.draw))
    assert pen.drawn == 18
