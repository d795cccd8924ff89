"""Pure: what Telegram's errors mean: it tells them apart by their descriptions, which this file alone reads."""

from typing import Final

from telegram.error import BadRequest, Forbidden, TelegramError

_CHAT_GONE: Final = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated")
_MAY_NOT_WRITE: Final = ("not enough rights to send text", "have no rights to send a message", "chat_write_forbidden")
_TOPIC_GONE: Final = ("thread not found", "topic_closed", "topic_deleted")
_MESSAGE_GONE: Final = ("to edit not found", "can't be edited", "message_id_invalid")


def is_chat_closed(error: TelegramError) -> bool:
    """Whether the bot cannot write to the chat at all: blocked, kicked, deactivated, deleted or muted."""
    return isinstance(error, Forbidden) or _mentions(error, *_CHAT_GONE, *_MAY_NOT_WRITE)


def is_topic_gone(error: TelegramError) -> bool:
    """Whether the forum topic is closed or deleted, while the chat is there."""
    return _mentions(error, *_TOPIC_GONE)


def is_bad_message(error: TelegramError) -> bool:
    """Whether the message itself is refused, so that another one may be taken."""
    return isinstance(error, BadRequest) and not is_chat_closed(error) and not is_topic_gone(error)


def is_unmodified(error: Exception) -> bool:
    """Whether an edit would have changed nothing, as at the second tap of two."""
    return _mentions(error, "not modified")


def is_message_gone(error: Exception) -> bool:
    """Whether a message cannot be edited because it was deleted, or is not ours."""
    return _mentions(error, *_MESSAGE_GONE)


def is_chart(error: Exception) -> bool:
    """Whether the words of a message cannot be edited because they are a caption."""
    return _mentions(error, "no text in the message")


def is_bad_file(error: Exception) -> bool:
    """Whether a file id is refused: of another bot, or too old."""
    return _mentions(error, "file")


def _mentions(error: Exception, *marks: str) -> bool:
    """Whether it is a bad request whose description holds one of the marks."""
    return isinstance(error, BadRequest) and any(mark in error.message.lower() for mark in marks)
