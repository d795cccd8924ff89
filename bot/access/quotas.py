"""How often one person may ask for each kind of work."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal

from bot.access.policy import Access, Visitor
from bot.chats.ports import UsageStore
from forecasting.errors import LimitReached
from forecasting.ports import Clock

Work = Literal["forecast", "evaluate", "train", "tune"]
"""What is counted per person and day."""

QUOTA_SPAN: Final = timedelta(hours=24)
DAILY_QUOTAS: Final[Mapping[Work, int]] = MappingProxyType({"forecast": 500, "evaluate": 200, "train": 50, "tune": 5})
"""How often one person may ask for each kind of work in 24 hours; generous to people, a limit to scripts."""


class Quotas:
    """Counts work against the quotas; admins have none, though theirs is counted too."""

    def __init__(self, usage: UsageStore, access: Access, clock: Clock) -> None:
        self._usage = usage
        self._access = access
        self._clock = clock

    def spend(self, visitor: Visitor, work: Work) -> None:
        """Count one piece of work; blocking.

        Raises:
            LimitReached: the quota of the last 24 hours is used up.
        """
        now = self._clock()
        quota = None if self._access.is_admin(visitor.user_id) else DAILY_QUOTAS[work]
        if not self._usage.spend(visitor.user_id, work, now, now - QUOTA_SPAN, quota):
            raise LimitReached(f"That was your {quota} for today.", "Please come back tomorrow.")
