"""A message and its parts: formatted text, files, locations, keyboards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.localchat.state.users import Person

EPOCH = datetime.fromtimestamp(0, UTC)


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, the unit of Telegram's offsets and limits."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, offset: int, end: int) -> str:
    """Return the part of `text` between two offsets in UTF-16 code units."""
    if utf16_length(text) == len(text):
        return text[offset:end]
    return text.encode("utf-16-le")[offset * 2 : end * 2].decode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Entity:
    """A special part of a text; offset and length count UTF-16 code units (Bot API, MessageEntity)."""

    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""

    @property
    def end(self) -> int:
        """The offset just behind the part."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text without markup, and its entities."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def trimmed(self) -> FormattedText:
        """Return the text as Telegram stores it: no white space at its end, none before its first entity.

        Entities are clipped to what remains; empty ones are dropped.
        """
        first = min((entity.offset for entity in self.entities), default=utf16_length(self.text))
        lead = min(len(self.text) - len(self.text.lstrip()), first)
        text = self.text[lead:].rstrip()
        length = utf16_length(text)
        clipped = (
            Entity(e.kind, e.offset - lead, min(e.end - lead, length) - (e.offset - lead), e.url, e.language)
            for e in self.entities
        )
        return FormattedText(text, tuple(entity for entity in clipped if entity.length > 0))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A stored file: a photo (width and height in pixels above 0) or a document."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    size_bytes: int
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Location:
    """A latitude and longitude in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button; exactly one of its actions is set (Bot API, InlineKeyboardButton)."""

    text: str
    callback_data: str = ""
    url: str = ""
    switch_inline_query: str | None = None
    switch_inline_query_current_chat: str | None = None
    copy_text: str = ""


@dataclass(frozen=True, slots=True)
class InlineKeyboard:
    """Rows of buttons under a message."""

    rows: tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class ReplyButton:
    """A button of a custom keyboard: it sends its own text, or a location."""

    text: str
    request_location: bool = False


@dataclass(frozen=True, slots=True)
class ReplyKeyboard:
    """A custom keyboard in place of the usual one; without rows it removes the earlier one."""

    rows: tuple[tuple[ReplyButton, ...], ...]
    one_time: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """The service message of a group's upgrade: the id of the new chat or of the old one, 0 for none."""

    to_chat_id: int = 0
    from_chat_id: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message; an edit makes a new value with the same id. Times are UTC."""

    chat_id: int
    sender: Person
    message_id: int = 0
    date: datetime = EPOCH
    body: FormattedText = FormattedText()
    photo: StoredFile | None = None
    document: StoredFile | None = None
    location: Location | None = None
    keyboard: InlineKeyboard | None = None
    reply_keyboard: ReplyKeyboard | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    album_id: str = ""
    edited_at: datetime | None = None
    via_bot: Person | None = None
    migration: Migration | None = None

    @property
    def text(self) -> str:
        """The plain text, or the caption of a photo or document."""
        return self.body.text

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All inline buttons, row after row."""
        return tuple(button for row in self.keyboard.rows for button in row) if self.keyboard else ()

    @property
    def has_media(self) -> bool:
        """Whether it has a photo or document, so that its text is a caption."""
        return self.photo is not None or self.document is not None
