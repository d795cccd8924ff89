"""The results of an inline query read out of a request (Bot API, "InlineQueryResult")."""

from __future__ import annotations

from bot.localchat.api_error import bad_request
from bot.localchat.inline import InlineResult
from bot.localchat.markup import read_caption, read_markup, read_text
from bot.localchat.message import FormattedText, StoredFile
from bot.localchat.parameters import Parameters
from bot.localchat.world import World

_ID_BYTES = range(1, 65)


def read(world: World, written: Parameters) -> InlineResult:
    """Return an article or a cached photo as a result.

    Raises:
        ApiError: it is of another kind, its id is not 1 to 64 bytes, or its message is refused.
    """
    result_id = written.text("id")
    if len(result_id.encode()) not in _ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    photo = _photo(world, written)
    title, description = written.text("title"), written.text("description")
    return InlineResult(result_id, title, description, _body(written), photo, read_markup(written).inline)


def _photo(world: World, written: Parameters) -> StoredFile | None:
    kind = written.text("type")
    if kind == "article":
        return None
    if kind == "photo" and written.text("photo_file_id"):
        return world.files.get(written.text("photo_file_id"))
    raise bad_request("can't parse inline query result: the local chat takes articles and cached photos")


def _body(written: Parameters) -> FormattedText:
    if "input_message_content" in written.values:
        return read_text(written.record("input_message_content"), "message_text")
    if written.text("type") == "article":
        raise bad_request("can't parse inline query result: message content must be specified")
    return read_caption(written)
