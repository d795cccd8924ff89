"""What a push says, before it is cut to Telegram's sizes: a text, a chart, buttons."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from telegram import InlineKeyboardMarkup

from storage.charts import ChartKey


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture that is drawn only where Telegram does not have it yet."""

    key: ChartKey
    draw: Callable[[], bytes]  # a PNG; blocking


@dataclass(frozen=True, slots=True)
class Post:
    """One push, as long as it is."""

    text: str  # HTML whose tags open and close within a line
    chart: Chart | None = None  # shown above the text
    keyboard: InlineKeyboardMarkup | None = None  # below the last part


@dataclass(frozen=True, slots=True)
class NotYet:
    """A push that cannot be written yet, and when to try again (UTC)."""

    until: datetime
    reason: str
