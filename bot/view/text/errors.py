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
    PriceError,
    QueueFull,
    SearchUnavailable,
    StalePrices,
    UnknownSymbol,
)
from forecasting.types.quantile_forecast import MAX_HORIZON


def error_text(error: FanchartError) -> str:
    """Plain text of what happened and what to do next."""
    return f"{what_happened(error)} {next_step(error)}".strip()


def error_html(error: FanchartError, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened and what to do next, or when, if that is known; `now` is UTC."""
    if isinstance(error, PriceError) and error.retry_at:
        return next_try_text(error, error.retry_at, now, zone)
    return escape(error_text(error))


def what_happened(error: FanchartError) -> str:
    """Plain text of what happened."""
    if isinstance(error, NoLongerTraded):
        last = f"Its last price is {_last_price(error)}."
        return f"{_name(error)} is no longer traded at {source_name(error.source)}. {last}"
    if isinstance(error, StalePrices):
        passed = "the session after it has" if error.horizon == 1 else f"{error.horizon} sessions after it have"
        newest = f"The newest price of {_name(error)} is {_last_price(error)}."
        nothing = f"Nothing newer came from {source_name(error.source)}, and {passed} passed."
        return f"{error.reason} {newest} {nothing}".lstrip()
    return error.what


def _name(error: NoLongerTraded | StalePrices) -> str:
    return f"{error.symbol} ({error.name})" if error.name.upper() not in {"", error.symbol} else error.symbol


def _last_price(error: NoLongerTraded | StalePrices) -> str:
    return f"{price(error.close, error.currency)} of {day(error.last_session)}"


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
        case StalePrices() | NoLongerTraded():
            step = _instead(error)
        case BrokenArtefact():
            step = "Train the symbol again with /train."
        case _:
            step = error.next_step
    return step


def _instead(error: StalePrices | NoLongerTraded) -> str:
    """What to ask for where prices ended."""
    if error.matches:
        return "Was it renamed?"
    if isinstance(error, NoLongerTraded):
        return "Was it renamed? Try its company's name."
    can_reach = error.sessions_behind < MAX_HORIZON
    return f"I can still look further ahead: /predict {error.symbol} {MAX_HORIZON}" if can_reach else "Ask again later."


def next_try_text(error: FanchartError, retry_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened, and when it is worth asking again, which nobody does by itself; both moments are UTC."""
    when = f"in {duration(retry_at - now)} ({moment(retry_at, zone)})"
    if isinstance(error, SearchUnavailable):
        return f"{escape(error.what)} Type the exact symbol, such as AAPL, or ask again {when}."
    return f"{escape(what_happened(error))} Try again {when}."


def retry_text(error: FanchartError, retry_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """HTML of what happened, and that the answer comes into this message at a time (UTC)."""
    when = f"in {duration(retry_at - now)} ({moment(retry_at, zone)})"
    return f"{escape(what_happened(error))} Next try {when}; the answer will be here."


def given_up_text(error: FanchartError, name: str) -> str:
    """HTML of what happened, and that the question is not asked again."""
    return f"{escape(what_happened(error))} I have stopped trying; ask again later with /predict {escape(name)}."
