"""Pure: commands about jobs and models become values, or a `UsageError` with what to type."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from bot.parsing.arguments import UsageError, arguments, whole_number
from bot.parsing.listing_names import parse_name
from forecasting.prices.symbols import normalise

EVERY_SYMBOL: Final = "*"
"""Stands for all symbols in `/train *`; it can be no symbol itself."""
BASE: Final = "base"
"""Stands for the base model where another one is named by its SHA-256."""
_HASH: Final = re.compile(r"[0-9a-f]{8,64}")

Search = Literal["bayes", "grid"]


@dataclass(frozen=True, slots=True)
class Tune:
    """/tune NAME [bayes|grid]."""

    name: str  # a symbol or a name, as it was typed
    search: Search = "bayes"


@dataclass(frozen=True, slots=True)
class Rollback:
    """A press on "go back to that model"."""

    symbol: str  # normalised
    model: str  # how its SHA-256 begins, or `BASE`


def parse_train(text: str) -> str:
    """Read the symbol or name of `/train AAPL`, or `EVERY_SYMBOL` of `/train *`.

    Raises:
        InputError: there is no symbol, more than one, or something else.
    """
    return EVERY_SYMBOL if arguments(text) == [EVERY_SYMBOL] else parse_name(text, "/train")


def parse_tune(text: str) -> Tune:
    """Read `/tune AAPL` or `/tune AAPL grid`.

    Raises:
        InputError: there is no symbol, too much, or no such search.
    """
    match arguments(text):
        case [_, *_, "bayes" | "grid" as search] as words:
            return Tune(parse_name(" ".join(words[:-1]), "/tune"), search)
        case [_, *_]:
            return Tune(parse_name(text, "/tune"))
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


def parse_job_number(text: str) -> int:
    """Read the job's number of `/cancel 12` or `/cancel #12`.

    Raises:
        UsageError: there is none, or something else.
    """
    words = arguments(text)
    number = whole_number(words[0].removeprefix("#")) if len(words) == 1 else None
    if number is None:
        raise UsageError("Which job? /jobs lists them by number.", "/cancel 12")
    return number
