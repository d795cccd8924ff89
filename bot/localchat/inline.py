"""Inline mode: a person's question, the bot's results, and where the chosen ones went."""

from __future__ import annotations

from dataclasses import dataclass

from bot.localchat.message import FormattedText, InlineKeyboard, StoredFile


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result to choose from: a line in the list, and the message that choosing it sends."""

    result_id: str
    title: str
    description: str
    body: FormattedText
    photo: StoredFile | None
    keyboard: InlineKeyboard | None


@dataclass(slots=True)
class InlineQuestion:
    """An inline query that a person typed; `results` is None until the bot has answered."""

    person_id: int
    chat_id: int
    query: str
    results: tuple[InlineResult, ...] | None = None
    button_text: str = ""


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """Where the message of an inline message id is."""

    chat_id: int
    message_id: int
