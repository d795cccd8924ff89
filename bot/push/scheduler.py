"""Books what is due, asks again, refreshes prices and prunes, each at its interval; what is due is a row."""

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

BOOKS_EVERY_S: Final = 15
REFRESHES_EVERY_S: Final = 60
PRUNES_EVERY_S: Final = 24 * 60 * 60

_log = logging.getLogger(__name__)


class PushScheduler:
    """Runs the five kinds of work; `ask_due` asks what was put off, `on_booked` is called when something was booked."""

    def __init__(
        self,
        *,
        digests: DigestBooking,
        alerts: AlertBooking,
        refresh: PriceRefresh,
        pruning: Pruning,
        ask_due: Callable[[], Awaitable[None]],
        on_booked: Callable[[], None],
    ) -> None:
        self._digests = digests
        self._alerts = alerts
        self._refresh = refresh
        self._pruning = pruning
        self._ask_due = ask_due
        self._on_booked = on_booked

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the block runs, at once for the first time, so that what was missed is caught up.

        A run that comes late is never dropped (APScheduler's own grace is one second), and several late ones are one.
        """
        scheduler = AsyncIOScheduler(timezone=UTC)
        works = (
            (self.book_digests, BOOKS_EVERY_S),
            (self.book_alerts, BOOKS_EVERY_S),
            (self._refresh.run, REFRESHES_EVERY_S),
            (self._pruning.run, PRUNES_EVERY_S),
            (self.ask_due, BOOKS_EVERY_S),
        )
        for work, seconds in works:
            scheduler.add_job(
                _cancelled_quietly(work),
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
            await asyncio.sleep(0)  # what began this very moment takes its first step, from where cancelling is quiet
            scheduler.shutdown(wait=False)

    async def book_digests(self) -> None:
        """Book the digests that are due now.

        Raises:
            StorageError: the database failed; the next run tries again.
        """
        self._announce("digests", await asyncio.to_thread(self._digests.run))

    async def book_alerts(self) -> None:
        """Book the alerts that are triggered; apart from digests, which do not wait while alerts' prices are fetched.

        Raises:
            StorageError: the database failed; the next run tries again.
        """
        self._announce("alerts", await self._alerts.run())

    async def ask_due(self) -> None:
        """Ask again the questions whose time has come.

        Raises:
            StorageError: the database failed; the next run tries again.
        """
        await self._ask_due()

    def _announce(self, what: str, booked: int) -> None:
        if booked:
            _log.info("booked %s %s", booked, what)
            self._on_booked()


def _cancelled_quietly(work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """The work as a job that may be cancelled: APScheduler logs a cancelled one as an error."""

    async def run() -> None:
        """Work until the end, or until cancelled by the scheduler's own."""
        with suppress(asyncio.CancelledError):
            await work()

    return run
