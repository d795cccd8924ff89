"""Pure: a command's arguments, and the plain kinds of them: symbols, numbers, ids."""

import re
from collections.abc import Iterable
from typing import Final

from forecasting.errors import InputError
from forecasting.prices.symbols import normalise

_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


class UsageError(InputError):
    """The text is not the command it starts with; the next step is what to type instead."""

    def __init__(self, what: str, *examples: str) -> None:
        """Each example is shown, to be typed as it is."""
        super().__init__(what, f"Try {' or '.join(examples)}.")


def arguments(text: str) -> list[str]:
    """Split a text at white space, without its leading /command or /command@bot."""
    words = text.split()
    return words[1:] if words and words[0].startswith("/") else words


def whole_number(word: str) -> int | None:
    """Read a whole number that is not negative."""
    return int(word) if _WHOLE_NUMBER.fullmatch(word) else None


def parse_symbol(text: str, command: str) -> str:
    """Read the one symbol of a command such as `/evaluate AAPL`.

    Raises:
        InputError: there is no symbol, more than one, or something else.
    """
    words = arguments(text)
    if len(words) != 1:
        raise UsageError("Which symbol?" if not words else "One symbol at a time, please.", f"{command} AAPL")
    return normalise(words[0])


def parse_symbols(text: str) -> tuple[str, ...]:
    """Read the different symbols of `/unsubscribe AAPL, MSFT`; there may be none.

    Raises:
        InputError: one of them cannot be a symbol.
    """
    return distinct_symbols(arguments(text.replace(",", " ")))


def distinct_symbols(words: Iterable[str]) -> tuple[str, ...]:
    """Read every word as a symbol, and drop the second of two that are the same.

    Raises:
        InputError: one of them cannot be a symbol.
    """
    return tuple(dict.fromkeys(map(normalise, words)))


def parse_chat_id(text: str, command: str) -> int:
    """Read the chat's id of `/allow 123456789`; groups have negative ids.

    Raises:
        UsageError: there is none, or something else.
    """
    match arguments(text):
        case [word] if number := whole_number(word.removeprefix("-")):
            return -number if word.startswith("-") else number
        case _:
            raise UsageError("Which chat? I need its id.", f"{command} 123456789")
