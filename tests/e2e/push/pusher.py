"""A push in a process of its own, which a test may kill: the real check, ledger, sender and HTTP."""

import asyncio
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from telegram.ext import ExtBot

import storage
from bot.chats.types import Chat, Member
from bot.messages.chart_cache import ChartCache
from bot.push.digests import DigestBooking
from bot.push.planner import SchedulePlanner
from bot.push.types import Delivery, Subscription
from bot.sending.outgoing import OutgoingMessage
from bot.sending.sender import Sender
from tests.recorded_telegram import NoRateLimiter

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
    with closing(storage.open(path)) as stores:
        for chat in chats:
            stores.chats.upsert(Chat(chat, "private", "", "UTC", "active", BOOKED_AT), Member(chat, "Somebody"))
            stores.subscriptions.save(
                Subscription(chat, symbol, "24/7", "close", BOOKED_AT) for symbol in ("ADA-USD", "BTC-USD", "ETH-USD")
            )


def push(errand: Errand) -> None:
    """Book what is due and send until killed."""
    asyncio.run(_push(errand))


async def _push(errand: Errand) -> None:
    with closing(storage.open(errand.database)) as stores:
        DigestBooking(
            subscriptions=stores.subscriptions,
            deliveries=stores.deliveries,
            planner=SchedulePlanner(stores.chats, stores.subscriptions),
            clock=lambda: NOW,
        ).run()
        sender = Sender(
            deliveries=stores.deliveries,
            chats=stores.chats,
            charts=ChartCache(stores.charts),
            compose=_compose,
            move_chat=stores.chats.move,
            may_push_to=lambda _: True,
            clock=lambda: NOW,
        )
        async with ExtBot(errand.token, f"{errand.api_url}/bot", rate_limiter=NoRateLimiter()) as bot:
            await sender.run(bot)


async def _compose(delivery: Delivery, _bot_id: int) -> OutgoingMessage:
    return OutgoingMessage(f"{', '.join(delivery.symbols)} on {delivery.session}")
