"""Texts, captions, photos, documents and inline results read from a request."""

from __future__ import annotations

from dataclasses import replace

from bot.localchat.api.formatting import parse_html, with_detected_entities
from bot.localchat.api.methods.reply_markup import read_reply_markup
from bot.localchat.api.request_parameters import Parameters
from bot.localchat.state import limits
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.files import Upload
from bot.localchat.state.message import Entity, FormattedText, Message, StoredFile
from bot.localchat.state.queries import InlineResult
from bot.localchat.state.server_state import ServerState

_RESULT_ID_BYTES = range(1, 65)


def read_text(parameters: Parameters, name: str = "text") -> FormattedText:
    """Return a message's text.

    Raises:
        ApiError: it is empty, too long or its markup is wrong.
    """
    return with_detected_entities(limits.checked_text(_formatted(parameters, name, "entities")))


def read_caption(parameters: Parameters) -> FormattedText:
    """Return a caption; empty where there is none.

    Raises:
        ApiError: it is too long or its markup is wrong.
    """
    return with_detected_entities(limits.checked_caption(_formatted(parameters, "caption", "caption_entities")))


def _formatted(parameters: Parameters, name: str, entities_name: str) -> FormattedText:
    text = parameters.text(name)
    mode = parameters.text("parse_mode").lower()
    if mode == "html":
        return parse_html(text)
    if mode:
        raise bad_request("unsupported parse_mode (the local chat reads HTML)")
    return FormattedText(text, tuple(map(_entity, parameters.json_objects(entities_name))))


def _entity(entity: Parameters) -> Entity:
    offset, length = entity.integer("offset"), entity.integer("length")
    return Entity(entity.text("type"), offset, length, entity.text("url"), entity.text("language"))


def with_media(state: ServerState, message: Message, media: Parameters) -> Message:
    """Return the message with the photo or document and the caption of an InputMedia object.

    Raises:
        ApiError: it is of another kind, or its file or caption is wrong.
    """
    body = read_caption(media)
    if media.text("type") == "photo":
        return replace(message, body=body, photo=read_photo(state, media, "media"), document=None)
    if media.text("type") == "document":
        return replace(message, body=body, photo=None, document=read_document(state, media, "media"))
    raise bad_request("can't parse InputMedia: the local chat takes photo and document")


def read_photo(state: ServerState, parameters: Parameters, name: str) -> StoredFile:
    """Return the photo of a parameter: an upload, or a file id.

    Raises:
        ApiError: it is missing, unknown, no image, or exceeds a limit.
    """
    if upload := _upload(parameters, name):
        return state.files.add_photo(upload)
    stored = state.files.get(parameters.text(name))
    if not stored.width:
        raise bad_request("can't use file of type Document as Photo")
    return stored


def read_document(state: ServerState, parameters: Parameters, name: str) -> StoredFile:
    """Return the document of a parameter: an upload, or a file id.

    Raises:
        ApiError: it is missing, unknown, empty or too large.
    """
    if upload := _upload(parameters, name):
        return state.files.add_document(upload)
    return state.files.get(parameters.text(name))


def _upload(parameters: Parameters, name: str) -> Upload | None:
    upload = parameters.upload(name)
    if upload is None and not parameters.text(name):
        raise bad_request(f"there is no {name} in the request")
    return upload


def read_inline_result(state: ServerState, result: Parameters) -> InlineResult:
    """Return an article or a cached photo (Bot API, "InlineQueryResult").

    Raises:
        ApiError: it is of another kind, its id is not 1 to 64 bytes, or its message is wrong.
    """
    result_id = result.text("id")
    if len(result_id.encode()) not in _RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    photo = _result_photo(state, result)
    return InlineResult(
        result_id,
        result.text("title"),
        result.text("description"),
        _result_body(result),
        photo,
        read_reply_markup(result).inline,
    )


def _result_photo(state: ServerState, result: Parameters) -> StoredFile | None:
    kind = result.text("type")
    if kind == "article":
        return None
    if kind == "photo" and result.text("photo_file_id"):
        return state.files.get(result.text("photo_file_id"))
    raise bad_request("can't parse inline query result: the local chat takes articles and cached photos")


def _result_body(result: Parameters) -> FormattedText:
    if "input_message_content" in result.values:
        return read_text(result.json_object("input_message_content"), "message_text")
    if result.text("type") == "article":
        raise bad_request("can't parse inline query result: message content must be specified")
    return read_caption(result)
