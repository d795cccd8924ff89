"""A ledger and its sender, against the local chat: what the tests of sending stand on."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from telegram.constants import ParseMode
from telegram.ext import Defaults, ExtBot

import storage
from bot.chats.types import Chat, Member
from bot.localchat import Group, LocalChat, Person
from bot.messages.chart_cache import ChartCache
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage
from bot.sending.sender import Sender
from storage import Stores
from tests.database import all_deliveries
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.recorded_telegram import NoRateLimiter

PEOPLE = tuple(Person(number, f"P{number}") for number in range(1, 41))
Write = Callable[[Delivery], OutgoingMessage | Deferred]


@dataclass
class Outbox:
    chat: LocalChat
    bot: ExtBot[int]
    sender: Sender
    stores: Stores
    clock: ManualClock

    def book(self, chats: Iterable[int], *, symbol: str = "AAPL", topic: int | None = None) -> None:
        """One delivery a chat, good for a day."""
        now = self.clock()
        self.stores.deliveries.add(
            Delivery(
                chat_id=chat,
                kind="digest",
                symbols=(symbol,),
                session=date(2024, 7, 3),
                due_at=now,
                expires_at=now + timedelta(days=1),
                not_before=now,
                topic=topic,
            )
            for chat in chats
        )

    async def pass_time(self, seconds: float) -> None:
        """Let the clock go on, and send what may go then."""
        self.clock.advance(timedelta(seconds=seconds))
        await self.sender.drain(self.bot)

    def texts(self, chat: int) -> list[str]:
        return [message.text for message in self.chat.bot_messages(chat)]

    def states(self) -> dict[int, str]:
        return {row.chat_id: row.state for row in all_deliveries(self.stores)}


@asynccontextmanager
async def outbox(
    folder: Path, write: Write, people: Iterable[Person] = PEOPLE, groups: Iterable[Group] = ()
) -> AsyncIterator[Outbox]:
    """The chats are known to the bot; `write` makes the posts."""
    clock, people, groups = ManualClock(), tuple(people), tuple(groups)
    with closing(storage.open(folder / "push.db")) as stores:
        for one in (*(person.id for person in people), *(group.id for group in groups)):
            known = Chat(one, "private" if one > 0 else "group", "", "UTC", "active", NOW)
            stores.chats.upsert(known, Member(1, "P1"))

        async def compose(delivery: Delivery, _bot_id: int) -> OutgoingMessage | Deferred:
            return write(delivery)

        sender = Sender(
            deliveries=stores.deliveries,
            chats=stores.chats,
            charts=ChartCache(stores.charts),
            compose=compose,
            move_chat=stores.chats.move,
            may_push_to=lambda _: True,
            clock=clock,
        )
        async with LocalChat(people, groups) as chat:
            root = f"{chat.url}/bot"
            html = Defaults(parse_mode=ParseMode.HTML)
            async with ExtBot(chat.token, root, rate_limiter=NoRateLimiter(), defaults=html) as bot:
                yield Outbox(chat, bot, sender, stores, clock)
