"""Pure: commands about forecasts become values, or a `UsageError` with what to type."""

import re
from dataclasses import dataclass
from typing import Final

from bot.parsing.arguments import UsageError, arguments, whole_number
from bot.parsing.listing_names import distinct, read_names
from forecasting.prices.names.matching import name_matcher
from forecasting.types.quantile_forecast import MAX_HORIZON

DEFAULT_HORIZON: Final = 5
COMPARED_HORIZON: Final = 10
"""Sessions ahead: enough for a fan that can be seen in a quarter of a picture."""
MAX_COMPARED: Final = 4
_NUMBER: Final = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)?", re.ASCII)
_UNITS: Final = frozenset({"session", "sessions", "day", "days"})
_VERSUS: Final = re.compile(r"\s+vs\.?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Predict:
    """/predict NAME [sessions]."""

    name: str  # a symbol or a name, as it was typed
    horizon: int = DEFAULT_HORIZON  # sessions ahead, 1..20


@dataclass(frozen=True, slots=True)
class Compare:
    """/compare NAME NAME ..., or /predict with several symbols."""

    names: tuple[str, ...]  # 2 to 4 symbols or names, as they were typed
    horizon: int = COMPARED_HORIZON  # sessions ahead, 1..20


def parse_predict(text: str) -> Predict | Compare:
    """Read `/predict AAPL`, `/predict bank of america 10`, `$AAPL`, `AAPL 10`, or several: `/predict AAPL MSFT`.

    Raises:
        InputError: there is no name, there is too much, or the sessions are not 1 to 20.
    """
    words, horizon = _sessions_apart(arguments(text))
    names = read_names(words)
    if not names:
        raise UsageError("Which symbol?", "/predict AAPL", "/predict AAPL 10")
    if len(names) > 1:
        return Compare(_compared(names), horizon or COMPARED_HORIZON)
    return Predict(names[0], horizon or DEFAULT_HORIZON)


def parse_forecast(text: str) -> Predict:
    """Read one name with its sessions, as a button or an inline query has it.

    Raises:
        InputError: there is none, several, or the sessions are not 1 to 20.
    """
    request = parse_predict(text)
    if isinstance(request, Compare):
        raise UsageError("One symbol at a time, please.", "/compare AAPL MSFT")
    return request


def parse_compare(text: str) -> Compare:
    """Read 2 to 4 different symbols or names: `/compare AAPL MSFT`, `/compare bank of america, citi`, `A vs B`.

    Raises:
        InputError: there are fewer than 2, more than 4, or something else.
    """
    words, horizon = _sessions_apart(arguments(_VERSUS.sub(", ", text)))
    whole = " ".join(words)
    return Compare(_compared(distinct(whole.split(",") if "," in whole else words)), horizon or COMPARED_HORIZON)


def _compared(names: tuple[str, ...]) -> tuple[str, ...]:
    if not 1 < len(names) <= MAX_COMPARED:
        raise UsageError(f"I compare 2 to {MAX_COMPARED} different symbols.", "/compare AAPL MSFT")
    return names


def _sessions_apart(words: list[str]) -> tuple[list[str], int | None]:
    """The words without the sessions behind them (`10`, `10 sessions`), if any; the number of `s&p 500` is none.

    Raises:
        UsageError: the sessions are not 1 to 20.
    """
    if len(words) > 2 and words[-1].lower() in _UNITS and _NUMBER.fullmatch(words[-2]):  # noqa: PLR2004 - AAPL 10 days
        words = words[:-1]
    whole = " ".join(words)
    if len(words) < 2 or not _NUMBER.fullmatch(words[-1]) or name_matcher().exactly(whole):  # noqa: PLR2004 - "AAPL 10"
        return words, None
    horizon = whole_number(words[-1])
    if horizon is not None and 1 <= horizon <= MAX_HORIZON:
        return words[:-1], horizon
    if name_matcher().surely(whole):
        return words, None
    raise UsageError(f"I look 1 to {MAX_HORIZON} sessions ahead.", "/predict AAPL 10")
