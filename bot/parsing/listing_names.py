"""Pure: which words of a command name a listing, or several; which listing that is, the resolver finds out later."""

import re
from collections.abc import Sequence
from typing import Final

from bot.parsing.arguments import UsageError, arguments
from forecasting.prices.names.matching import MAX_NAME_LENGTH, name_matcher
from forecasting.prices.resolution import LONGEST_TICKER, is_clearly_symbol, symbol_of
from forecasting.prices.symbols import is_isin, normalise

_NAME: Final = re.compile(r"\w[\w .&'\u2019()/!+,*-]*")


def parse_name(text: str, command: str) -> str:
    """Read the one symbol or name of a command such as `/evaluate AAPL` or `/evaluate bank of america`.

    Raises:
        InputError: there is none, more than one, or something else.
    """
    names = read_names(arguments(text))
    if len(names) != 1:
        raise UsageError("Which symbol?" if not names else "One symbol at a time, please.", f"{command} AAPL")
    return names[0]


def parse_names(text: str) -> tuple[str, ...]:
    """Read the symbols or names of `/unsubscribe AAPL, boeing`; there may be none.

    Raises:
        InputError: one of them can be neither.
    """
    return read_names(arguments(text))


def read_names(words: Sequence[str]) -> tuple[str, ...]:
    """Read words as one name, or as several listings: by commas, by `$`, or where each is a symbol.

    Raises:
        InputError: one of them can be neither symbol nor name.
    """
    whole = " ".join(words)
    if "," in whole and not name_matcher().exactly(whole):
        return distinct(whole.split(","))
    if len(words) < 2 or name_matcher().exactly(whole):  # noqa: PLR2004 - one word is one name
        return distinct([whole]) if words else ()
    marked = [word for word in words if word.startswith("$")]
    if len(marked) > 1 or all(map(is_clearly_symbol, words)) or _are_tickers(words):
        return distinct(words)
    return distinct([whole])


def _are_tickers(words: Sequence[str]) -> bool:
    """Whether words may be symbols of a folder: short, in capitals, and no name as `PALO ALTO` is."""
    short = all(word.isupper() and symbol_of(word) and len(word) <= LONGEST_TICKER for word in words)
    return short and name_matcher().surely(" ".join(words)) is None


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Every name once, in order, as it was typed; the empty ones between two commas are none.

    Raises:
        InputError: one of them can be neither symbol nor name.
    """
    once: dict[str, str] = {}
    for name in filter(None, map(str.strip, names)):
        once.setdefault(name.casefold().removeprefix("$"), checked(name))
    return tuple(once.values())


def checked(name: str) -> str:
    """The name, which may be looked for.

    Raises:
        InputError: it can be neither symbol nor name.
    """
    if not is_isin(name) and (len(name) > MAX_NAME_LENGTH or not _NAME.fullmatch(name)):
        normalise(name)
    return name
