"""The limits that Telegram checks, with its own error descriptions (Bot API, the parameters of each method)."""

from __future__ import annotations

from typing import Final

from bot.localchat.state.error_responses import ApiError, bad_request
from bot.localchat.state.message import Button, FormattedText, InlineKeyboard, utf16_length

TEXT_LENGTH: Final = 4096
CAPTION_LENGTH: Final = 1024
CALLBACK_DATA_BYTES: Final = 64
CALLBACK_ANSWER_LENGTH: Final = 200
PHOTO_BYTES: Final = 10 * 1024 * 1024
DOCUMENT_BYTES: Final = 50 * 1024 * 1024
DOWNLOAD_BYTES: Final = 20 * 1024 * 1024
PHOTO_SIDES_SUM: Final = 10_000
PHOTO_SIDES_RATIO: Final = 20
ALBUM_SIZE: Final = range(2, 11)
KEYBOARD_BUTTONS: Final = 100
COMMANDS: Final = 100
COMMAND_LENGTH: Final = 32
COMMAND_DESCRIPTION_LENGTH: Final = 256
INLINE_RESULTS: Final = 50
INLINE_QUERY_LENGTH: Final = 256
SECRET_TOKEN_LENGTH: Final = 256


def checked_text(body: FormattedText) -> FormattedText:
    """Return the text as Telegram stores it: 1 to 4096 UTF-16 units after entities parsing.

    Raises:
        ApiError: it is empty or longer.
    """
    if not body.text:
        raise bad_request("message text is empty")
    trimmed = body.trimmed()
    if not trimmed.text:
        raise bad_request("text must be non-empty")
    if utf16_length(trimmed.text) > TEXT_LENGTH:
        raise bad_request("message is too long")
    return trimmed


def checked_caption(body: FormattedText) -> FormattedText:
    """Return the caption as Telegram stores it: 0 to 1024 UTF-16 units after entities parsing.

    Raises:
        ApiError: it is longer.
    """
    trimmed = body.trimmed()
    if utf16_length(trimmed.text) > CAPTION_LENGTH:
        raise bad_request("message caption is too long")
    return trimmed


def check_keyboard(keyboard: InlineKeyboard) -> None:
    """Check the number of buttons, their texts and their data.

    Raises:
        ApiError: a button has no text, no or two actions, data beyond 64 bytes, a wrong link, or there are too many.
    """
    buttons = [button for row in keyboard.rows for button in row]
    if len(buttons) > KEYBOARD_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_button(button)


def _check_button(button: Button) -> None:
    if not button.text.strip():
        raise bad_request("can't parse inline keyboard button: Text must be non-empty")
    actions = [button.callback_data, button.url, button.copy_text]
    switches = [button.switch_inline_query, button.switch_inline_query_current_chat]
    if sum(map(bool, actions)) + sum(query is not None for query in switches) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(button.callback_data.encode()) > CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.url and not button.url.startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Unsupported URL protocol")


def check_callback_answer(text: str) -> None:
    """Check the text of a callback answer: 0 to 200 characters.

    Raises:
        ApiError: it is longer.
    """
    if utf16_length(text) > CALLBACK_ANSWER_LENGTH:
        raise bad_request("MESSAGE_TOO_LONG")


def check_photo_sides(width: int, height: int) -> None:
    """Check a photo's sides in pixels: together at most 10000, one at most 20 times the other.

    Raises:
        ApiError: they are not.
    """
    if width + height > PHOTO_SIDES_SUM or max(width, height) > PHOTO_SIDES_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def check_size(size_bytes: int, max_bytes: int) -> None:
    """Check the size of an upload.

    Raises:
        ApiError: 400 where it is empty, 413 where it is larger than `max_bytes`.
    """
    if size_bytes == 0:
        raise bad_request("file must be non-empty")
    if size_bytes > max_bytes:
        raise ApiError(413, "Request Entity Too Large")
