"""The clockwork: a look at what is due every few seconds, a round of scoring after closes; the truth is in SQLite."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.daily.alert_check import AlertCheck
from bot.daily.due_check import DueCheck
from bot.daily.scoring import Scoring

LOOKS_EVERY_S: Final = 15
SCORES_EVERY_S: Final = 20 * 60

_log = logging.getLogger(__name__)


class Daily:
    """Books what is due and scores what has come."""

    def __init__(self, due: DueCheck, alerts: AlertCheck, scoring: Scoring, booked: Callable[[], None]) -> None:
        """Take the three kinds of work, and whom to tell that something was booked."""
        self._due = due
        self._alerts = alerts
        self._scoring = scoring
        self._booked = booked

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while the block runs; the first look is at once, so that what was missed is caught up.

        A run that comes late is never dropped (APScheduler's own grace is one second), and several late ones are one.
        """
        scheduler = AsyncIOScheduler(timezone=UTC)
        for work, seconds in ((self.look, LOOKS_EVERY_S), (self._scoring.run, SCORES_EVERY_S)):
            scheduler.add_job(
                work,
                "interval",
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
            scheduler.shutdown(wait=False)

    async def look(self) -> None:
        """Book what is due now, digests and alerts.

        Raises:
            StorageError: the database said no; the next look tries again.
        """
        digests = await asyncio.to_thread(self._due.run)
        if digests:
            self._booked()
        alerts = await self._alerts.run()
        if alerts:
            self._booked()
        if digests or alerts:
            _log.info("booked %s digests and %s alerts", digests, alerts)
