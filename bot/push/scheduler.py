"""The clockwork: looks at what is due, rounds that bring prices up to date, a daily tidying; the truth is in SQLite."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.push.alerts import AlertBooking
from bot.push.digests import DigestBooking
from bot.push.price_refresh import PriceRefresh
from bot.push.pruning import Pruning

LOOKS_EVERY_S: Final = 15
REFRESHES_EVERY_S: Final = 60
PRUNES_EVERY_S: Final = 24 * 60 * 60

_log = logging.getLogger(__name__)


class PushScheduler:
    """Books what is due, scores what has come and lets go of what is old."""

    def __init__(
        self,
        due: DigestBooking,
        alerts: AlertBooking,
        refreshing: PriceRefresh,
        pruning: Pruning,
        booked: Callable[[], None],
    ) -> None:
        """Take the four kinds of work, and whom to tell that something was booked."""
        self._due = due
        self._alerts = alerts
        self._refreshing = refreshing
        self._pruning = pruning
        self._booked = booked

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the block runs; the first look is at once, so that what was missed is caught up.

        A run that comes late is never dropped (APScheduler's own grace is one second), and several late ones are one.
        """
        scheduler = AsyncIOScheduler(timezone=UTC)
        works = (
            (self.look, LOOKS_EVERY_S),
            (self.watch, LOOKS_EVERY_S),
            (self._refreshing.run, REFRESHES_EVERY_S),
            (self._pruning.run, PRUNES_EVERY_S),
        )
        for work, seconds in works:
            scheduler.add_job(
                _ending_quietly(work),
                "interval",
                name=work.__qualname__,
                seconds=seconds,
                next_run_time=datetime.now(UTC),
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        scheduler.start()
        try:
            yield
        finally:
            scheduler.pause()
            await asyncio.sleep(0)  # what began this very moment takes its first step, from where it can end quietly
            scheduler.shutdown(wait=False)

    async def look(self) -> None:
        """Book the digests that are due now.

        Raises:
            StorageError: the database said no; the next look tries again.
        """
        digests = await asyncio.to_thread(self._due.run)
        if digests:
            _log.info("booked %s digests", digests)
            self._booked()

    async def watch(self) -> None:
        """Book what alerts have to say; apart from digests, which shall not wait while prices of alerts are fetched.

        Raises:
            StorageError: the database said no; the next time tries again.
        """
        alerts = await self._alerts.run()
        if alerts:
            _log.info("booked %s alerts", alerts)
            self._booked()


def _ending_quietly(work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """The work as a job whose end with the bot is no failure: APScheduler logs a cancelled job as an error."""

    async def run() -> None:
        """Work until the end, or until cancelled by the scheduler's own."""
        with suppress(asyncio.CancelledError):
            await work()

    return run
