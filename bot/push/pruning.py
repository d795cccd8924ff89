"""Lets go of what nobody looks at any more; published forecasts and their outcomes are the record and stay."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from forecasting.ports import Clock
from storage.deliveries import DeliveryStore
from storage.usage import UsageStore

RETENTION: Final = timedelta(days=90)
"""So long the ledger tells what was sent, failed or expired; a session is due no more long before."""

_log = logging.getLogger(__name__)


class Pruning:
    """Deletes old rows of the ledger and of the quotas."""

    def __init__(self, deliveries: DeliveryStore, usage: UsageStore, clock: Clock) -> None:
        """Take the tables."""
        self._deliveries = deliveries
        self._usage = usage
        self._clock = clock

    async def run(self) -> int:
        """Delete what is too old, and return how many deliveries that were.

        Raises:
            StorageError: the database said no.
        """
        now = self._clock()
        await asyncio.to_thread(self._usage.prune, now)
        pruned = await asyncio.to_thread(self._deliveries.prune, now - RETENTION)
        if pruned:
            _log.info("let go of %s old deliveries", pruned)
        return pruned
