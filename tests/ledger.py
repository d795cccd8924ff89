"""The whole ledger of pushes, which no part of the bot ever reads at once."""

from bot.push.types import Delivery
from storage import Stores


def ledger(stores: Stores) -> list[Delivery]:
    """Every delivery, oldest first."""
    numbers = [row["id"] for row in stores.database.rows("select id from deliveries order by id")]
    return [found for number in numbers if (found := stores.deliveries.get(number))]
