"""The whole ledger of pushes, which no part of the bot ever reads at once."""

from bot.push.types import Delivery
from storage.deliveries import DeliveryStore


def ledger(deliveries: DeliveryStore) -> list[Delivery]:
    """Every delivery, oldest first."""
    rows = deliveries._database.rows("select id from deliveries order by id")
    return [found for row in rows if (found := deliveries.get(row["id"]))]
