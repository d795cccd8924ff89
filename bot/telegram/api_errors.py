"""Pure: what Telegram's refusals mean; its codes do not tell them apart, its words do."""

from typing import Final

from telegram.error import BadRequest, Forbidden, TelegramError

_CHAT_GONE: Final = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated")
_MAY_NOT_WRITE: Final = ("not enough rights to send text", "have no rights to send a message", "chat_write_forbidden")
_TOPIC_GONE: Final = ("thread not found", "topic_closed", "topic_deleted")


def is_chat_closed(error: TelegramError) -> bool:
    """Whether the bot cannot write to the chat at all: blocked, kicked, deactivated, deleted or muted."""
    return isinstance(error, Forbidden) or _says(error, *_CHAT_GONE, *_MAY_NOT_WRITE)


def is_topic_gone(error: TelegramError) -> bool:
    """Whether the forum topic is closed or deleted, while the chat is there."""
    return _says(error, *_TOPIC_GONE)


def is_bad_message(error: TelegramError) -> bool:
    """Whether the message itself is refused, so that another one may be taken."""
    return isinstance(error, BadRequest) and not is_chat_closed(error) and not is_topic_gone(error)


def _says(error: TelegramError, *marks: str) -> bool:
    """Whether a bad request's words hold one of the marks."""
    return isinstance(error, BadRequest) and any(mark in error.message.lower() for mark in marks)
