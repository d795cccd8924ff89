"""What a message is made of: formatted text, files, places, keyboards; all frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.localchat.people import Person

EPOCH = datetime.fromtimestamp(0, UTC)


def utf16_length(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, the unit of Telegram's offsets and limits."""
    return len(text) + sum(character > "\uffff" for character in text)


@dataclass(frozen=True, slots=True)
class Entity:
    """A formatted stretch of a text; offset and length count UTF-16 code units (Bot API, MessageEntity)."""

    kind: str
    offset: int
    length: int
    url: str = ""
    language: str = ""

    @property
    def end(self) -> int:
        """The offset just behind the stretch."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class FormattedText:
    """A text without markup beside its entities."""

    text: str = ""
    entities: tuple[Entity, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the server keeps: a photo (width and height in pixels above 0) or a document."""

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
    """A point on the earth in degrees."""

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
    """A key of a custom keyboard: it sends its own text, or a location."""

    text: str
    request_location: bool = False


@dataclass(frozen=True, slots=True)
class ReplyKeyboard:
    """A custom keyboard in place of the usual one; without rows it takes the earlier one away."""

    rows: tuple[tuple[ReplyButton, ...], ...]
    one_time: bool = False
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """The service message of a group's upgrade: where it went, or whence it came (chat ids, 0 for none)."""

    to_chat_id: int = 0
    from_chat_id: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """A message as everybody in its chat sees it now; an edit makes a new value with the same id.

    `text` is a photo's or document's caption where there is one. Times are UTC.
    """

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
    moved: Moved | None = None

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
        """Whether a photo or document carries the message, so that its text is a caption."""
        return self.photo is not None or self.document is not None
