"""What to do next after an error, with the chat's own commands."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.view.text.numbers import duration, moment
from forecasting.errors import (
    BrokenArtefact,
    FanchartError,
    JobNotOpen,
    NoModel,
    NotYourJob,
    QueueFull,
    SearchUnavailable,
    UnknownSymbol,
)


def error_text(error: FanchartError) -> str:
    """Plain text of what happened and what to do next."""
    return f"{error.what} {next_step(error)}".strip()


def next_step(error: FanchartError) -> str:
    """The command that helps after this kind of error; the error's own advice where none does."""
    match error:
        case UnknownSymbol(matches=[_, *_]):
            step = "Did you mean:"
        case JobNotOpen():
            step = "See the queue with /jobs."
        case NotYourJob():
            step = "You can stop your own jobs; /jobs shows them."
        case QueueFull(own=True):
            step = "Stop one with /cancel, or wait for one to end."
        case QueueFull():
            step = "Try again when some have ended; /jobs shows them."
        case NoModel():
            step = f"See which there are with {f'/model {error.symbol}'.strip()}."
        case BrokenArtefact():
            step = "Train the symbol again with /train."
        case _:
            step = error.next_step
    return step


def next_try_text(error: FanchartError, retry_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened, and when it is worth trying again in the reader's own time; both moments are UTC."""
    when = f"in {duration(retry_at - now)} ({moment(retry_at, zone)})"
    if isinstance(error, SearchUnavailable):
        return f"{escape(error.what)} Type the exact symbol, such as AAPL, or ask again {when}."
    return f"{escape(error.what)} Next try {when}."
