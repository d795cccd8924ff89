"""Pure: a message's text becomes a command value, or a `UsageError` that says what to type."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from forecasting.errors import InputError
from forecasting.prices.symbols import normalise
from forecasting.types.quantile_forecast import MAX_HORIZON

DEFAULT_HORIZON: Final = 5
EVERY_SYMBOL: Final = "*"
"""Stands for all symbols in `/train *`; it can be no symbol itself."""
MOST_COMPARED: Final = 4
BASE: Final = "base"
"""Stands for the base model where another one is named by its SHA-256."""
_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_HASH: Final = re.compile(r"[0-9a-f]{8,64}")
_CHAT_ID: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)


Search = Literal["bayes", "grid"]


class UsageError(InputError):
    """The text is not the command it starts with; the next step is what to type instead."""

    def __init__(self, what: str, *examples: str) -> None:
        """Say what is wrong and show examples that can be typed as they are."""
        super().__init__(what, f"Try {' or '.join(examples)}.")


@dataclass(frozen=True, slots=True)
class Predict:
    """/predict SYMBOL [sessions]."""

    symbol: str  # normalised
    horizon: int = DEFAULT_HORIZON  # sessions ahead, 1..20


@dataclass(frozen=True, slots=True)
class Tune:
    """/tune SYMBOL [bayes|grid]."""

    symbol: str  # normalised
    search: Search = "bayes"


@dataclass(frozen=True, slots=True)
class Rollback:
    """A press on "go back to that model"."""

    symbol: str  # normalised
    model: str  # how its SHA-256 begins, or `BASE`


def parse_predict(text: str) -> Predict:
    """Read `/predict AAPL`, `/predict AAPL 10`, `$AAPL` or `AAPL 10`.

    Raises:
        InputError: there is no symbol, there is too much, or the sessions are not 1 to 20.
    """
    words = _arguments(text)
    examples = "/predict AAPL", "/predict AAPL 10"
    if not words:
        raise UsageError("Which symbol?", *examples)
    if len(words) > len(examples):
        raise UsageError("That is more than one symbol and a number of sessions.", *examples)
    symbol = normalise(words[0])
    return Predict(symbol, _horizon(words[1], symbol)) if len(words) > 1 else Predict(symbol)


def parse_symbol(text: str, command: str) -> str:
    """Read the one symbol of a command such as `/evaluate AAPL`.

    Raises:
        InputError: there is no symbol, more than one, or something else.
    """
    words = _arguments(text)
    if len(words) != 1:
        raise UsageError("Which symbol?" if not words else "One symbol at a time, please.", f"{command} AAPL")
    return normalise(words[0])


def parse_train(text: str) -> str:
    """Read the symbol of `/train AAPL`, or `EVERY_SYMBOL` of `/train *`.

    Raises:
        InputError: there is no symbol, more than one, or something else.
    """
    return EVERY_SYMBOL if _arguments(text) == [EVERY_SYMBOL] else parse_symbol(text, "/train")


def parse_tune(text: str) -> Tune:
    """Read `/tune AAPL` or `/tune AAPL grid`.

    Raises:
        InputError: there is no symbol, too much, or no such search.
    """
    match _arguments(text):
        case [symbol]:
            return Tune(normalise(symbol))
        case [symbol, "bayes" | "grid" as search]:
            return Tune(normalise(symbol), search)
        case _:
            raise UsageError("Which symbol, and which search?", "/tune AAPL", "/tune AAPL grid")


def parse_rollback(text: str) -> Rollback:
    """Read what a button of /model carries: `AAPL 0123456789abcdef` or `AAPL base`.

    Raises:
        InputError: it carries something else.
    """
    match text.split():
        case [symbol, model] if model == BASE or _HASH.fullmatch(model):
            return Rollback(normalise(symbol), model)
        case _:
            raise UsageError("That button names no model.", "/model AAPL")


def parse_compare(text: str) -> tuple[str, ...]:
    """Read 2 to 4 different symbols of `/compare AAPL MSFT`.

    Raises:
        InputError: there are fewer than 2, more than 4, or something else.
    """
    words = _arguments(text.replace(",", " "))
    symbols = tuple(dict.fromkeys(map(normalise, words[: MOST_COMPARED + 1])))
    if not 1 < len(symbols) <= MOST_COMPARED:
        raise UsageError(f"I compare 2 to {MOST_COMPARED} different symbols.", "/compare AAPL MSFT")
    return symbols


def parse_number(text: str, command: str) -> int:
    """Read the job's number of `/cancel 12`.

    Raises:
        UsageError: there is none, or something else.
    """
    words = _arguments(text)
    if len(words) != 1 or not _WHOLE_NUMBER.fullmatch(words[0].lstrip("#")):
        raise UsageError("Which job? /jobs lists them by number.", f"{command} 12")
    return int(words[0].lstrip("#"))


def parse_chat_id(text: str, command: str) -> int:
    """Read the chat's id of `/allow 123456789`; groups have negative ids.

    Raises:
        UsageError: there is none, or something else.
    """
    words = _arguments(text)
    if len(words) != 1 or not _CHAT_ID.fullmatch(words[0]) or int(words[0]) == 0:
        raise UsageError("Which chat? I need its id.", f"{command} 123456789")
    return int(words[0])


def _arguments(text: str) -> list[str]:
    """Split a text at white space, without its leading /command or /command@bot."""
    words = text.split()
    return words[1:] if words and words[0].startswith("/") else words


def _horizon(word: str, symbol: str) -> int:
    """Take a word as a number of sessions."""
    if not _WHOLE_NUMBER.fullmatch(word) or not 1 <= int(word) <= MAX_HORIZON:
        raise UsageError(f"I look 1 to {MAX_HORIZON} sessions ahead.", f"/predict {symbol} 10")
    return int(word)
