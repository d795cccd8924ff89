"""Scores published forecasts when their day has come, whether or not anybody asks."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import date

from bot.daily.briefs import Forecasts
from bot.due import newest_ready
from forecasting.errors import FanchartError
from forecasting.ports import Clock
from storage.forecasts import Listing

_log = logging.getLogger(__name__)


class Scoring:
    """Scores each symbol once a session."""

    def __init__(self, forecasts: Forecasts, awaiting: Callable[[], Sequence[Listing]], clock: Clock) -> None:
        """Take the service, and what tells which symbols have forecasts without a score."""
        self._forecasts = forecasts
        self._awaiting = awaiting
        self._clock = clock
        self._scored: dict[str, date] = {}

    async def run(self) -> int:
        """Score every symbol with a session that has closed since the last run; return how many outcomes that gave.

        Raises:
            StorageError: the database said no.
        """
        found = 0
        for listing in await asyncio.to_thread(self._awaiting):
            newest = newest_ready(listing.exchange, self._clock())
            if self._scored.get(listing.symbol) == newest:
                continue
            try:
                found += len(await asyncio.to_thread(self._forecasts.score_due, listing.symbol))
            except FanchartError as error:
                _log.info("%s is scored later: %s", listing.symbol, error)
            else:
                self._scored[listing.symbol] = newest
        return found
