"""The push's tables, together."""

from dataclasses import dataclass

from bot.push.planner import SchedulePlanner
from storage.alerts import AlertStore
from storage.chats import ChatStore
from storage.database import Database
from storage.deliveries import DeliveryStore
from storage.quiet import QuietStore
from storage.subscriptions import SubscriptionStore


@dataclass(frozen=True, slots=True)
class PushTables:
    """Who wants what and when, and what was sent."""

    subscriptions: SubscriptionStore
    deliveries: DeliveryStore
    alerts: AlertStore
    quiet: QuietStore
    wishes: SchedulePlanner

    @classmethod
    def of(cls, database: Database, chats: ChatStore) -> "PushTables":
        """Open the tables, after that of the chats, which they refer to."""
        subscriptions, quiet = SubscriptionStore(database), QuietStore(database)
        wishes = SchedulePlanner(chats, quiet, subscriptions)
        return cls(subscriptions, DeliveryStore(database), AlertStore(database), quiet, wishes)
