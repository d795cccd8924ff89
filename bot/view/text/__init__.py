"""The texts of messages; the package itself is the `Formatter` that charts are given."""

from bot.view.text.names import forecaster_name, source_name
from bot.view.text.numbers import bare_price, day, percent, price, short_day

__all__ = ["bare_price", "day", "forecaster_name", "percent", "price", "short_day", "source_name"]
