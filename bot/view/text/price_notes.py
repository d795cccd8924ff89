"""What the checks of a forecast's prices found, and what its calendar does not know."""

from collections.abc import Sequence
from html import escape
from typing import Final

_LONGEST: Final = 80
"""A caption has room for one line of it."""


def notes_line(notes: Sequence[str]) -> str:
    """One line of HTML for a caption, or empty: every note where they are short, else the first and a count."""
    if not notes:
        return ""
    told = notes if is_told(notes) else (notes[0], f"{len(notes) - 1} more")
    return f"⚠️ Data: {escape('; '.join(told))}."


def notes_text(symbol: str, notes: Sequence[str]) -> str:
    """HTML of every note, one a line."""
    lines = (f"• {escape(note)}" for note in notes) if notes else ("nothing to say about it",)
    return "\n".join((f"<b>{escape(symbol)}</b>, about the data:", *lines))


def is_told(notes: Sequence[str]) -> bool:
    """Whether the caption's line holds every note."""
    return len(notes) < 2 or len("; ".join(notes)) <= _LONGEST  # noqa: PLR2004 - a single note is always told
