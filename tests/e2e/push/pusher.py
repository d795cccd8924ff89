"""A push in a process of its own, which a test may kill: the real check, ledger, sender and HTTP."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telegram.ext import ExtBot

from bot.daily.due_check import DueCheck
from bot.delivery.sender import Sender
from bot.pictures import Pictures
from bot.push import PushTables
from bot.view.post import Post
from storage.charts import ChartStore
from storage.chats import Chat, ChatStore
from storage.database import Database
from storage.deliveries import Delivery
from storage.subscriptions import Subscription
from tests.e2e.unhurried import Unhurried

BOOKED_AT = datetime(2024, 7, 6, 12, tzinfo=UTC)
NOW = datetime(2024, 7, 7, 1, tzinfo=UTC)
"""After a session of a market that never closes."""


@dataclass(frozen=True)
class Errand:
    """Where to push from and to."""

    database: Path
    api_url: str
    token: str


def subscribe(path: Path, chats: range) -> None:
    """Three symbols a chat, due since a while."""
    with Database(path) as database:
        store = ChatStore(database)
        tables = PushTables.of(database, store)
        for chat in chats:
            store.remember(Chat(chat, "private", "", "UTC", "active", BOOKED_AT))
            tables.subscriptions.save(
                Subscription(chat, symbol, "24/7", "close", BOOKED_AT) for symbol in ("ADA-USD", "BTC-USD", "ETH-USD")
            )


def push(errand: Errand) -> None:
    """Book what is due and send until killed."""
    asyncio.run(_push(errand))


async def _push(errand: Errand) -> None:
    with Database(errand.database) as database:
        chats = ChatStore(database)
        tables = PushTables.of(database, chats)
        DueCheck(
            database=database,
            subscriptions=tables.subscriptions,
            deliveries=tables.deliveries,
            wishes=tables.wishes,
            clock=lambda: NOW,
        ).run()
        sender = Sender(
            deliveries=tables.deliveries,
            chats=chats,
            pictures=Pictures(ChartStore(database)),
            compose=_compose,
            move_chat=chats.move,
            is_served=lambda _: True,
            clock=lambda: NOW,
        )
        async with ExtBot(errand.token, f"{errand.api_url}/bot", rate_limiter=Unhurried()) as bot:
            await sender.run(bot)


async def _compose(delivery: Delivery, _bot_id: int) -> Post:
    return Post(f"{', '.join(delivery.symbols)} on {delivery.session}")
