"""The text of a digest: each symbol's range, and how its last forecast did."""

from collections.abc import Sequence
from html import escape
from typing import Final

from bot.view.cards import data_words
from bot.view.text.caption import doubt_line
from bot.view.text.numbers import day, price
from forecasting.forecasts import Answer
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome

RECENT: Final = 20
"""So many forecasts of one session ahead are counted."""
_WIDE: Final = 0.95


def record_line(forecast: Forecast, outcomes: Sequence[Outcome]) -> str:
    """How the last forecast did, in HTML, or nothing.

    "Closed at $227.52, inside the last forecast's 80% band; 18 of the last 20 were."
    """
    recent = [outcome for outcome in outcomes if outcome.horizon == 1][:RECENT]
    if not recent or recent[0].target != forecast.origin:
        return ""
    closed = f"Closed at {escape(price(recent[0].close, forecast.currency))}, {_where(recent[0])}"
    return f"{closed}; {_share(recent)}." if len(recent) > 1 else f"{closed}."


def symbol_line(answer: Answer, outcomes: Sequence[Outcome], horizon: int) -> str:
    """One symbol of several, in HTML: its range, and how its last forecast did."""
    forecast = answer.forecast
    lower, upper = forecast.band(horizon, 0.8)
    currency = forecast.currency
    span = f"{price(lower, currency)} to {price(upper, currency)}"
    line = f"<b>{escape(forecast.symbol)}</b> {escape(span)}"
    record = record_line(forecast, outcomes)
    behind = f"⚠️ prices to {day(forecast.origin)}" if answer.sessions_behind else ""
    doubt = doubt_line(forecast) if forecast.doubted else ""
    return "\n".join(filter(None, (line, record, behind, doubt)))


def missing_line(symbol: str, trouble: str) -> str:
    """A symbol that could not be forecast, and why, in HTML."""
    return f"⚠️ <b>{escape(symbol)}</b> {escape(trouble)}"


def gone_line(symbol: str, trouble: str) -> str:
    """A symbol that is no longer traded, in HTML."""
    return f"{missing_line(symbol, trouble)} Its subscription is paused; /subscribe {escape(symbol)} tries again."


def digest_text(lines: Sequence[str], missing: Sequence[str], horizon: int, forecasts: Sequence[Forecast]) -> str:
    """The whole caption of several symbols, in HTML."""
    if not lines:
        return "\n\n".join(missing)
    ahead = "the next session" if horizon == 1 else f"{horizon} sessions ahead"
    simulated = any(forecast.source == "simulated" for forecast in forecasts)
    label = ("⚠️ Simulated prices, not a real market.",) if simulated else ()
    foot = f"<i>{escape(data_words(forecasts))} · not advice</i>"
    return "\n\n".join((f"80% ranges, {ahead}:", *lines, *missing, *label, foot))


def _where(outcome: Outcome) -> str:
    """Where a close lay."""
    if outcome.band <= 0.8:  # noqa: PLR2004 - the 80 % band
        return "inside the last forecast's 80% band"
    return f"outside the last forecast's {'80%' if outcome.band <= _WIDE else '95%'} band"


def _share(recent: Sequence[Outcome]) -> str:
    """How many of the last ones lay inside the 80 % band."""
    held = sum(outcome.band <= 0.8 for outcome in recent)  # noqa: PLR2004 - the 80 % band
    verb = "was" if held == 1 else "were"
    inside = "" if recent[0].band <= 0.8 else " inside the 80% band"  # noqa: PLR2004 - the 80 % band
    return f"{held} of the last {len(recent)} {verb}{inside}"
