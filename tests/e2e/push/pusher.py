"""A push in a process of its own, which a test may kill: the real check, ledger, sender and HTTP."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.push_tables import PushTables
from telegram.ext import ExtBot

from bot.chats.types import Chat
from bot.messages.chart_cache import ChartCache
from bot.push.digests import DigestBooking
from bot.push.types import Delivery, Subscription
from bot.sending.outgoing import OutgoingMessage
from bot.sending.sender import Sender
from storage.charts import ChartStore
from storage.chats import ChatStore
from storage.database import Database
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
        DigestBooking(
            database=database,
            subscriptions=tables.subscriptions,
            deliveries=tables.deliveries,
            wishes=tables.wishes,
            clock=lambda: NOW,
        ).run()
        sender = Sender(
            deliveries=tables.deliveries,
            chats=chats,
            pictures=ChartCache(ChartStore(database)),
            compose=_compose,
            move_chat=chats.move,
            may_push_to=lambda _: True,
            clock=lambda: NOW,
        )
        async with ExtBot(errand.token, f"{errand.api_url}/bot", rate_limiter=Unhurried()) as bot:
            await sender.run(bot)


async def _compose(delivery: Delivery, _bot_id: int) -> OutgoingMessage:
    return OutgoingMessage(f"{', '.join(delivery.symbols)} on {delivery.session}")
