"""What to do next after an error, with the chat's own commands."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.view.text.names import source_name
from bot.view.text.numbers import day, duration, moment, price
from forecasting.errors import (
    BrokenArtefact,
    FanchartError,
    JobNotOpen,
    NoLongerTraded,
    NoModel,
    NotYourJob,
    QueueFull,
    SearchUnavailable,
    UnknownSymbol,
)


def error_text(error: FanchartError) -> str:
    """Plain text of what happened and what to do next."""
    what = no_longer_traded(error) if isinstance(error, NoLongerTraded) else error.what
    return f"{what} {next_step(error)}".strip()


def no_longer_traded(error: NoLongerTraded) -> str:
    """Plain text of a symbol whose prices ended."""
    name = f"{error.symbol} ({error.name})" if error.name.upper() not in {"", error.symbol} else error.symbol
    last = f"Its last price is {price(error.close, error.currency)} of {day(error.last_session)}."
    return f"{name} is no longer traded at {source_name(error.source)}. {last}"


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
        case NoLongerTraded(matches=()):
            step = "Was it renamed? Try its company's name."
        case NoLongerTraded():
            step = "Was it renamed?"
        case BrokenArtefact():
            step = "Train the symbol again with /train."
        case _:
            step = error.next_step
    return step


def next_try_text(error: FanchartError, retry_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened, and when it is worth asking again, which nobody does by itself; both moments are UTC."""
    when = f"in {duration(retry_at - now)} ({moment(retry_at, zone)})"
    if isinstance(error, SearchUnavailable):
        return f"{escape(error.what)} Type the exact symbol, such as AAPL, or ask again {when}."
    return f"{escape(error.what)} Try again {when}."


def retry_text(error: FanchartError, retry_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened, and that the answer comes into this message at a time (UTC)."""
    when = f"in {duration(retry_at - now)} ({moment(retry_at, zone)})"
    return f"{escape(error.what)} Next try {when}; the answer will be here."


def given_up_text(error: FanchartError, name: str) -> str:
    """HTML of what happened, and that the question is not asked again."""
    return f"{escape(error.what)} I have stopped trying; ask again later with /predict {escape(name)}."
