"""The buttons below messages."""

from collections.abc import Iterable
from typing import Final

from telegram import InlineKeyboardMarkup

from bot.view.buttons import button
from forecasting.trainings import ModelRecord
from forecasting.types import SymbolMatch

HORIZONS: Final = (5, 10, 20)
_LONGEST_LABEL: Final = 40


def forecast_keyboard(symbol: str, horizon: int) -> InlineKeyboardMarkup:
    """Below a fan chart: other horizons, and what else can be done with the symbol."""
    horizons = [
        button(f"✓ {ahead}" if ahead == horizon else f"{ahead} sessions", "predict", symbol, str(ahead))
        for ahead in HORIZONS
    ]
    return InlineKeyboardMarkup(
        [
            horizons,
            [
                button("Evaluate", "evaluate", symbol),
                button("Subscribe", "subscribe", symbol),
                button("Refresh", "refresh", symbol, str(horizon)),
            ],
        ]
    )


def evaluation_keyboard(symbol: str) -> InlineKeyboardMarkup:
    """Below an evaluation: back to the forecast, on to the record."""
    return InlineKeyboardMarkup([[button("Forecast", "show", symbol), button("Record", "record", symbol)]])


def matches_keyboard(matches: Iterable[SymbolMatch]) -> InlineKeyboardMarkup:
    """Up to 5 symbols that a person may have meant."""
    return InlineKeyboardMarkup(
        [[button(f"{match.symbol} · {match.name}"[:_LONGEST_LABEL], "show", match.symbol)] for match in matches]
    )


def start_keyboard() -> InlineKeyboardMarkup:
    """Three things to tap on the first day."""
    return InlineKeyboardMarkup(
        [
            [button("Forecast AAPL", "show", "AAPL")],
            [button("Check it: evaluate AAPL", "evaluate", "AAPL")],
            [button("Send it daily", "subscribe", "AAPL")],
        ]
    )


def rollback_keyboard(symbol: str, past: Iterable[ModelRecord]) -> InlineKeyboardMarkup | None:
    """For admins: each model that may be gone back to, and the base."""
    rows = [
        [button(f"Go back to {record.sha256[:8]}", "rollback", symbol, record.sha256[:16])]
        for record in past
        if record.state == "retired"
    ]
    if any(record.state == "active" for record in past):
        rows.append([button("Go back to the base model", "rollback", symbol, "base")])
    return InlineKeyboardMarkup(rows) if rows else None


def forget_keyboard() -> InlineKeyboardMarkup:
    """The question before everything of a chat is deleted."""
    return InlineKeyboardMarkup([[button("Delete everything", "forget"), button("Keep it", "keep")]])
