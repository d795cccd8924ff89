"""What is said of questions that are asked again by themselves."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.view.text.numbers import duration, moment
from forecasting.errors import FanchartError


def promise_text(error: FanchartError, retry_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened, and that the answer comes into this message at a time (UTC)."""
    when = f"in {duration(retry_at - now)} ({moment(retry_at, zone)})"
    return f"{escape(error.what)} Next try {when}; the answer will be here."


def given_up_text(error: FanchartError, name: str) -> str:
    """HTML of what happened, and that the question is not asked again."""
    return f"{escape(error.what)} I have stopped trying; ask again later with /predict {escape(name)}."
