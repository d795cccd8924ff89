"""The callback and inline queries that the bot may answer, and the messages that inline results became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import FormattedText, InlineKeyboard, Message, StoredFile

MAX_QUERIES = 1_000
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One result to choose from: a line in the list, and the message that choosing it sends."""

    result_id: str
    title: str
    description: str
    body: FormattedText
    photo: StoredFile | None
    keyboard: InlineKeyboard | None


@dataclass(frozen=True, slots=True)
class InlineQuery:
    """An inline query that a person typed; `results` is None until the bot has answered."""

    person_id: int
    chat_id: int
    query: str
    results: tuple[InlineResult, ...] | None = None
    button_text: str = ""


@dataclass(frozen=True, slots=True)
class MessageKey:
    """The chat id and message id of a message."""

    chat_id: int
    message_id: int


@dataclass(slots=True)
class Queries:
    """The newest 1,000 of each kind: callback queries (by id, who pressed), inline queries, inline messages."""

    callback: dict[str, int] = field(default_factory=dict)
    inline: dict[str, InlineQuery] = field(default_factory=dict)
    inline_messages: dict[str, MessageKey] = field(default_factory=dict)

    def add_callback(self, query_id: str, person_id: int) -> None:
        """Add the press of a button, still to be answered."""
        _add(self.callback, query_id, person_id)

    def close_callback(self, query_id: str) -> int:
        """Remove a callback query and return who pressed.

        Raises:
            ApiError: it was answered already or never was.
        """
        person_id = self.callback.pop(query_id, None)
        if person_id is None:
            raise bad_request(_TOO_OLD)
        return person_id

    def add_inline(self, query_id: str, query: InlineQuery) -> None:
        """Add an inline query, still to be answered."""
        _add(self.inline, query_id, query)

    def check_unanswered(self, query_id: str) -> None:
        """Check that an inline query still waits for its results.

        Raises:
            ApiError: it was answered already or never was.
        """
        query = self.inline.get(query_id)
        if query is None or query.results is not None:
            raise bad_request(_TOO_OLD)

    def answer_inline(self, query_id: str, results: Sequence[InlineResult], button_text: str) -> None:
        """Store the results of an inline query that `check_unanswered` let pass."""
        self.inline[query_id] = replace(self.inline[query_id], results=tuple(results), button_text=button_text)

    def add_inline_message(self, inline_message_id: str, message: Message) -> None:
        """Add the message that an inline result with a keyboard became."""
        _add(self.inline_messages, inline_message_id, MessageKey(message.chat_id, message.message_id))

    def inline_message_id(self, message: Message) -> str | None:
        """Return the inline message id of a message, or None where no inline query sent it."""
        key = MessageKey(message.chat_id, message.message_id)
        return next((inline_id for inline_id, known in self.inline_messages.items() if known == key), None)


def _add(values: dict[str, _Value], key: str, value: _Value) -> None:
    values[key] = value
    if len(values) > MAX_QUERIES:
        del values[next(iter(values))]
