"""The side that pushes: what is due, the posts, the sender, put together and run beside the handlers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.access.chat_migration import move_chat
from bot.access.policy import may_push_to
from bot.push.alerts import AlertBooking
from bot.push.digests import DigestBooking
from bot.push.price_refresh import PriceRefresh
from bot.push.pruning import Pruning
from bot.push.reports import SymbolReports
from bot.push.scheduler import PushScheduler
from bot.sending.composer import Composer
from bot.sending.sender import Sender
from bot.services import Bot, Services
from forecasting.errors import StorageError
from storage.database import Database
from storage.forecasts import SqliteForecastStore

_AFTER_TROUBLE_S: Final = 30.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PushSide:
    """The clockwork and the sender."""

    daily: PushScheduler
    sender: Sender

    @asynccontextmanager
    async def running(self, bot: Bot) -> AsyncIterator[None]:
        """Push for as long as the block runs; what is being sent at its end is sent again at the next start."""
        sending = asyncio.create_task(self._send(bot))
        try:
            async with self.daily.running():
                yield
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _send(self, bot: Bot) -> None:
        """Keep sending; a database that says no is tried again, and so is whatever else stops the sender."""
        while True:
            try:
                await self.sender.run(bot)
            except StorageError as error:
                _log.error("sending stopped: %s", error)
            except Exception:  # noqa: BLE001 - a bot that goes on without its sender would look well and push nothing
                _log.exception("sending stopped")
            await asyncio.sleep(_AFTER_TROUBLE_S)


def push_side(services: Services, database: Database) -> PushSide:
    """Build it of the parts that the handlers use too."""
    push, chats, clock = services.push, services.chats, services.clock
    briefs = SymbolReports(services.forecasts, clock)
    sender = Sender(
        deliveries=push.deliveries,
        chats=chats,
        pictures=services.pictures,
        compose=Composer(briefs, push.wishes, clock).compose,
        move_chat=lambda old_id, new_id: move_chat(chats, services.access, old_id, new_id, clock()),
        may_push_to=lambda chat_id: may_push_to(chats, services.access, chat_id),
        clock=clock,
    )
    due = DigestBooking(
        database=database,
        subscriptions=push.subscriptions,
        deliveries=push.deliveries,
        wishes=push.wishes,
        clock=clock,
    )
    alerts = AlertBooking(
        database=database,
        alerts=push.alerts,
        deliveries=push.deliveries,
        wishes=push.wishes,
        briefs=briefs,
        clock=clock,
    )
    published = SqliteForecastStore(database)
    refreshing = PriceRefresh(
        services.prices,
        services.forecasts,
        lambda: (*push.subscriptions.listings(), *push.alerts.listings(), *published.awaiting()),
        clock,
    )
    pruning = Pruning(push.deliveries, services.usage, clock)
    return PushSide(PushScheduler(due, alerts, refreshing, pruning, sender.wake), sender)
