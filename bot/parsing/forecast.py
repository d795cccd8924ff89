"""Pure: commands about forecasts become values, or a `UsageError` with what to type."""

from dataclasses import dataclass
from typing import Final

from bot.parsing.arguments import UsageError, arguments, distinct_symbols, whole_number
from forecasting.prices.symbols import normalise
from forecasting.types.quantile_forecast import MAX_HORIZON

DEFAULT_HORIZON: Final = 5
MAX_COMPARED: Final = 4


@dataclass(frozen=True, slots=True)
class Predict:
    """/predict SYMBOL [sessions]."""

    symbol: str  # normalised
    horizon: int = DEFAULT_HORIZON  # sessions ahead, 1..20


def parse_predict(text: str) -> Predict:
    """Read `/predict AAPL`, `/predict AAPL 10`, `$AAPL` or `AAPL 10`.

    Raises:
        InputError: there is no symbol, there is too much, or the sessions are not 1 to 20.
    """
    match arguments(text):
        case [symbol]:
            return Predict(normalise(symbol))
        case [symbol, sessions]:
            return _with_horizon(normalise(symbol), sessions)
        case words:
            what = "That is more than one symbol and a number of sessions." if words else "Which symbol?"
            raise UsageError(what, "/predict AAPL", "/predict AAPL 10")


def parse_compare(text: str) -> tuple[str, ...]:
    """Read 2 to 4 different symbols of `/compare AAPL MSFT`.

    Raises:
        InputError: there are fewer than 2, more than 4, or something else.
    """
    words = arguments(text.replace(",", " "))
    symbols = distinct_symbols(words[: MAX_COMPARED + 1])
    if not 1 < len(symbols) <= MAX_COMPARED:
        raise UsageError(f"I compare 2 to {MAX_COMPARED} different symbols.", "/compare AAPL MSFT")
    return symbols


def _with_horizon(symbol: str, sessions: str) -> Predict:
    horizon = whole_number(sessions)
    if horizon is None or not 1 <= horizon <= MAX_HORIZON:
        raise UsageError(f"I look 1 to {MAX_HORIZON} sessions ahead.", f"/predict {symbol} 10")
    return Predict(symbol, horizon)
