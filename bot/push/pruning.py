"""Deletes what nobody looks at any more; published forecasts and their outcomes are the record and stay."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from bot.chats.ports import ChartStore, UsageStore
from bot.push.ports import DeliveryStore
from forecasting.ports import Clock

RETENTION: Final = timedelta(days=90)
"""So long the ledger tells what was sent, failed or expired; a session is due no more long before."""

_log = logging.getLogger(__name__)


class Pruning:
    """Deletes old rows of the ledger and the quotas, and the oldest charts' file ids."""

    def __init__(self, deliveries: DeliveryStore, usage: UsageStore, charts: ChartStore, clock: Clock) -> None:
        self._deliveries = deliveries
        self._usage = usage
        self._charts = charts
        self._clock = clock

    async def run(self) -> int:
        """Delete what is too old, and return how many deliveries that were.

        Raises:
            StorageError: the database failed.
        """
        return await asyncio.to_thread(self._prune, self._clock())

    def _prune(self, now: datetime) -> int:
        requests, charts = self._usage.prune(now), self._charts.prune()
        deliveries = self._deliveries.prune(now - RETENTION)
        if requests or charts or deliveries:
            _log.info("deleted %s old deliveries, %s requests and %s charts", deliveries, requests, charts)
        return deliveries
