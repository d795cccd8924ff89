"""The buttons below digests, subscriptions, alerts and timezones."""

from collections.abc import Sequence
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.view.alerts import alert_name
from bot.view.buttons import button
from bot.view.places import Place
from storage.alerts import Alert
from storage.subscriptions import Subscription

HOURS: Final = ("07:00", "08:00", "18:00", "22:00")
_BANDS: Final = ("80%", "95%")
_CHANCES: Final = ("40", "60")
_IN_A_ROW: Final = 3
_LONGEST_LABEL: Final = 60


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
    rows = [[button(f"Remove {alert_name(alert)}"[:_LONGEST_LABEL], "unalert", str(alert.id))] for alert in alerts]
    return InlineKeyboardMarkup(rows) if rows else None


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    """Buttons in rows that a phone can show."""
    return [buttons[start : start + _IN_A_ROW] for start in range(0, len(buttons), _IN_A_ROW)]


def _place_label(place: Place) -> str:
    """A place with its zone, since there are several of the same name."""
    known = place.label.replace(" ", "_")
    return place.timezone if place.timezone.endswith(known) else f"{place.label} · {place.timezone}"[:_LONGEST_LABEL]
