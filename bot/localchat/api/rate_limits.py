"""Telegram's rate limits, enforced in strict mode.

The rule: every message sent or edited takes one token (an album one per item) from the bucket of the bot, from the
bucket of its chat and, in a group, from the group's minute bucket. A bucket starts full, holds `burst` tokens and
refills steadily. Where one bucket lacks tokens, none is taken, and the 429 says after how many whole seconds there
are enough. Telegram's own figures (Bot FAQ, "My bot is hitting limits"): about 30 messages a second overall, 1 a
second in one chat with short bursts let through, 20 a minute in one group.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """A steady rate in messages per second, and how many may come at once after a pause."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The three limits; an album longer than a burst leaves the bucket below zero."""

    overall: Rate = Rate(30.0, 30)
    chat: Rate = Rate(1.0, 3)
    group: Rate = Rate(20 / 60, 20)


@dataclass(slots=True)
class _Bucket:
    """A token bucket; its tokens may be below zero."""

    rate: Rate
    tokens: float
    at: datetime

    def refill(self, now: datetime) -> None:
        """Add the tokens that came since the last refill."""
        seconds = max((now - self.at).total_seconds(), 0.0)
        self.tokens = min(self.tokens + seconds * self.rate.per_second, float(self.rate.burst))
        self.at = now

    def seconds_until(self, tokens: int) -> float:
        """Return how long it takes until there are enough tokens; 0 where there are."""
        missing = min(tokens, self.rate.burst) - self.tokens
        # a thousandth of a token allows for rounding
        return max(missing - 1e-3, 0.0) / self.rate.per_second


class RateLimiter:
    """The token buckets of one bot."""

    def __init__(self, limits: RateLimits) -> None:
        """Start with full buckets."""
        self._limits = limits
        self._buckets: dict[str, _Bucket] = {}

    def take(self, chat_id: int, messages: int, now: datetime) -> int:
        """Take the tokens of `messages` messages to a chat at `now` (UTC).

        Returns:
            0, or the whole seconds to wait where there were too few tokens; then none is taken.
        """
        buckets = self._buckets_for(chat_id, now)
        for bucket in buckets:
            bucket.refill(now)
        wait = max(bucket.seconds_until(messages) for bucket in buckets)
        if wait > 0:
            return math.ceil(wait)
        for bucket in buckets:
            bucket.tokens -= messages
        return 0

    def _buckets_for(self, chat_id: int, now: datetime) -> list[_Bucket]:
        rates = {"": self._limits.overall, f"chat {chat_id}": self._limits.chat}
        if chat_id < 0:
            rates[f"group {chat_id}"] = self._limits.group
        return [self._buckets.setdefault(name, _Bucket(rate, float(rate.burst), now)) for name, rate in rates.items()]
