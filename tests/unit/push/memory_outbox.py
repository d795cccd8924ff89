"""A sender before a ledger in memory and a Telegram that notes everything: what the tests of sending stand on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.chats.types import ChartKey, Chat, Member
from bot.messages.chart_cache import ChartCache
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage
from bot.sending.sender import Sender
from bot.telegram.client import Bot
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.memory_chats import MemoryCharts, MemoryChats
from tests.memory_deliveries import MemoryDeliveries
from tests.recorded_telegram import Call, RecordedTelegram, recorded_bot
from tests.waiting import PATIENCE_S

FAN = ChartKey(4242, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")


def plain(delivery: Delivery) -> OutgoingMessage:
    return OutgoingMessage(f"<b>{delivery.symbols[0]}</b> 🦊")


@dataclass
class Outbox:
    """A sender, its ledger, and what it stands between."""

    bot: Bot
    telegram: RecordedTelegram
    write: Callable[[Delivery], OutgoingMessage | Deferred] = plain
    chats: MemoryChats = field(default_factory=MemoryChats)
    charts: MemoryCharts = field(default_factory=MemoryCharts)
    clock: ManualClock = field(default_factory=ManualClock)
    unserved: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rows = MemoryDeliveries(self.chats)
        self.sender = Sender(
            deliveries=self.rows,
            chats=self.chats,
            charts=ChartCache(self.charts),
            compose=self.compose,
            move_chat=self.move,
            may_push_to=lambda chat_id: chat_id not in self.unserved,
            clock=self.clock,
        )

    async def compose(self, delivery: Delivery, _bot_id: int) -> OutgoingMessage | Deferred:
        return self.write(delivery)

    def move(self, old_id: int, new_id: int) -> None:
        self.chats.move(old_id, new_id)
        self.rows.move(old_id, new_id)

    def book(self, chats: Iterable[int], symbol: str = "AAPL", **changes: object) -> None:
        """One delivery a chat, good for a day."""
        for chat in chats:
            self.chats.upsert(Chat(chat, "private", "", "UTC", "active", NOW), Member(abs(chat), "Somebody"))
            row = Delivery(chat, "digest", (symbol,), date(2024, 7, 3), NOW, NOW + timedelta(days=1), NOW)
            self.rows.add([replace(row, **changes)])  # type: ignore[arg-type]  # each test names fields of Delivery

    def row(self, number: int = 1) -> Delivery:
        found = self.rows.get(number)
        assert found
        return found

    async def drain(self, later: timedelta = timedelta()) -> None:
        """Let the clock go on, and send what may go then."""
        self.clock.advance(later)
        await self.sender.drain(self.bot)

    def arrived(self, method: str = "sendMessage") -> list[int]:
        return [call.parameters["chat_id"] for call in self.telegram.of(method)]


@asynccontextmanager
async def memory_outbox() -> AsyncIterator[Outbox]:
    """An empty ledger."""
    telegram = RecordedTelegram()
    async with recorded_bot(telegram) as bot:
        yield Outbox(bot, telegram)


Until = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def at_work(box: Outbox) -> AsyncIterator[Until]:
    """The sender at work in a task of its own, and a wait for so many messages in all."""
    sent = asyncio.Condition()

    async def note(_call: Call) -> None:
        async with sent:
            sent.notify_all()

    async def until(messages: int) -> None:
        async with sent, asyncio.timeout(PATIENCE_S):
            await sent.wait_for(lambda: len(box.arrived()) >= messages)

    box.telegram.meanwhile = note
    task = asyncio.create_task(box.sender.run(box.bot))
    try:
        yield until
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
