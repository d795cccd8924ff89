"""The text of /refetch: what has changed in the stored prices of a symbol."""

from html import escape

from bot.view.text.names import source_name
from bot.view.text.numbers import day
from forecasting.prices.changes import PriceChanges
from forecasting.types.bars import PriceHistory


def refetch_text(history: PriceHistory, changes: PriceChanges) -> str:
    """HTML of what is stored now, and of what is different from before."""
    first, last = day(history.sessions[0].item()), day(history.last_session)
    stored = f"{len(history):,} sessions from {escape(source_name(history.source))}, {first} to {last}."
    return f"<b>{escape(history.symbol)}</b> is fetched anew: {stored}\n{_changes_line(changes)}"


def _changes_line(changes: PriceChanges) -> str:
    """What was added, removed and revised, from which day on."""
    counts = {"added": changes.added, "removed": changes.removed, "revised": changes.revised}
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    if changes.first is None:
        return "Nothing has changed."
    return f"Changed sessions: {said}; the first is {day(changes.first)}."
