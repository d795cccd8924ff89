"""What the checks of a symbol's prices found, and what /refetch has changed in them."""

from collections.abc import Sequence
from html import escape
from typing import Final

from bot.view.text.names import source_name
from bot.view.text.numbers import day
from forecasting.prices.changes import PriceChanges
from forecasting.types.bars import PriceHistory

_LONGEST: Final = 80
"""A caption has room for one line of it."""


def notes_line(notes: Sequence[str]) -> str:
    """One line of HTML for a caption, or empty: every note where they are short, else the first and a count."""
    if not notes:
        return ""
    shown = notes if fits_caption(notes) else (notes[0], f"{len(notes) - 1} more")
    return f"⚠️ Data: {escape('; '.join(shown))}."


def notes_text(symbol: str, notes: Sequence[str]) -> str:
    """HTML of every note, one a line."""
    lines = (f"• {escape(note)}" for note in notes) if notes else ("nothing to say about it",)
    return "\n".join((f"<b>{escape(symbol)}</b>, about the data:", *lines))


def fits_caption(notes: Sequence[str]) -> bool:
    """Whether the caption's line holds every note."""
    return len(notes) < 2 or len("; ".join(notes)) <= _LONGEST  # noqa: PLR2004 - a single note is always told


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
