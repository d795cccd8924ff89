"""The buttons below messages."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.parsing.timezones import Place
from bot.push.types import Alert, Subscription
from bot.view.buttons import Press, button
from bot.view.text.alerts import alert_name
from forecasting.types.bars import SymbolMatch
from forecasting.types.job_records import ModelRecord

HORIZONS: Final = (5, 10, 20)
HOURS: Final = ("07:00", "08:00", "18:00", "22:00")
_BANDS: Final = ("80%", "95%")
_CHANCES: Final = ("40", "60")
_PER_ROW: Final = 3
_MAX_MATCH_LENGTH: Final = 40
_MAX_LABEL_LENGTH: Final = 60


def start_keyboard() -> InlineKeyboardMarkup:
    """Three things to tap on the first day."""
    return InlineKeyboardMarkup(
        [
            [button("Forecast AAPL", "show", "AAPL")],
            [button("Check it: evaluate AAPL", "evaluate", "AAPL")],
            [button("Send it daily", "subscribe", "AAPL")],
        ]
    )


def forecast_keyboard(symbol: str, horizon: int, *, notes: bool = False) -> InlineKeyboardMarkup:
    """Below a fan chart: other horizons, what else can be done with the symbol, and notes that the caption cuts."""
    horizons = [
        button(f"✓ {ahead}" if ahead == horizon else f"{ahead} sessions", "predict", symbol, str(ahead))
        for ahead in HORIZONS
    ]
    others = [
        button("Evaluate", "evaluate", symbol),
        button("Subscribe", "subscribe", symbol),
        button("Refresh", "refresh", symbol, str(horizon)),
    ]
    rows = [horizons, others, [button("About the data", "notes", symbol)]]
    return InlineKeyboardMarkup(rows if notes else rows[:2])


def matches_keyboard(matches: Iterable[SymbolMatch], press_of: Callable[[str], Press]) -> InlineKeyboardMarkup:
    """Symbols that may have been meant, each with its press."""
    labels = ((f"{match.symbol} · {match.name}"[:_MAX_MATCH_LENGTH], press_of(match.symbol)) for match in matches)
    return InlineKeyboardMarkup([[button(label, press.action, *press.arguments)] for label, press in labels])


def evaluation_keyboard(symbol: str) -> InlineKeyboardMarkup:
    """Below an evaluation: back to the forecast, on to the record."""
    return InlineKeyboardMarkup([[button("Forecast", "show", symbol), button("Record", "record", symbol)]])


def rollback_keyboard(symbol: str, past: Iterable[ModelRecord]) -> InlineKeyboardMarkup | None:
    """For admins: each model that may be gone back to, and the base."""
    records = tuple(past)
    rows = [
        [button(f"Go back to {record.sha256[:8]}", "rollback", symbol, record.sha256[:16])]
        for record in records
        if record.state == "retired"
    ]
    if any(record.state == "active" for record in records):
        rows.append([button("Go back to the base model", "rollback", symbol, "base")])
    return InlineKeyboardMarkup(rows) if rows else None


def digest_keyboard(symbols: Sequence[str]) -> InlineKeyboardMarkup:
    """One button a symbol that opens its fan chart, and the way to the settings."""
    rows = symbols_keyboard(symbols).inline_keyboard
    return InlineKeyboardMarkup([*rows, [button("My subscriptions", "subscriptions")]])


def symbols_keyboard(symbols: Sequence[str]) -> InlineKeyboardMarkup:
    """One button a symbol that opens its fan chart."""
    return InlineKeyboardMarkup(_rows([button(symbol, "show", symbol) for symbol in symbols]))


def when_keyboard(symbol: str) -> InlineKeyboardMarkup:
    """When a symbol's forecast should come."""
    hours = [button(hour, "when", symbol, hour) for hour in HOURS]
    return InlineKeyboardMarkup(
        [[button("After the close", "when", symbol, "close"), button("Before the open", "when", symbol, "open")], hours]
    )


def subscribed_keyboard(symbol: str) -> InlineKeyboardMarkup:
    """Below a subscription that was just made."""
    return InlineKeyboardMarkup(
        [[button("Another time", "subscribe", symbol), button("Stop it", "unsubscribe", symbol)]]
    )


def unsubscribe_keyboard(own: Sequence[Subscription]) -> InlineKeyboardMarkup | None:
    """One button a subscription that ends it."""
    rows = _rows([button(f"Stop {one.symbol}", "unsubscribe", one.symbol) for one in own])
    return InlineKeyboardMarkup(rows) if rows else None


def places_keyboard(places: Sequence[Place]) -> InlineKeyboardMarkup:
    """One button a place that sets its timezone."""
    return InlineKeyboardMarkup([[button(_place_label(place), "timezone", place.timezone)] for place in places])


def alert_keyboard(symbol: str) -> InlineKeyboardMarkup:
    """What a symbol may be watched for; a price has to be typed."""
    bands = [button(f"Leaves the {band} band", "alert", symbol, band) for band in _BANDS]
    chances = [button(f"Chance crosses {level}%", "alert", symbol, "chance", level) for level in _CHANCES]
    return InlineKeyboardMarkup([bands, chances])


def alerts_keyboard(alerts: Sequence[Alert]) -> InlineKeyboardMarkup | None:
    """One button an alert that removes it."""
    rows = [[button(f"Remove {alert_name(alert)}"[:_MAX_LABEL_LENGTH], "unalert", str(alert.id))] for alert in alerts]
    return InlineKeyboardMarkup(rows) if rows else None


def forget_keyboard() -> InlineKeyboardMarkup:
    """The question before everything of a chat is deleted."""
    return InlineKeyboardMarkup([[button("Delete everything", "forget"), button("Keep it", "keep")]])


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    """Buttons in rows that fit a phone."""
    return [buttons[start : start + _PER_ROW] for start in range(0, len(buttons), _PER_ROW)]


def _place_label(place: Place) -> str:
    """A place with its zone, since there are several of the same name."""
    known = place.label.replace(" ", "_")
    return place.timezone if place.timezone.endswith(known) else f"{place.label} · {place.timezone}"[:_MAX_LABEL_LENGTH]
