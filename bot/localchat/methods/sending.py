"""Methods that put new messages into a chat (Bot API, "Available methods": send...)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.localchat import limits
from bot.localchat.api_error import bad_request
from bot.localchat.chat import Chat
from bot.localchat.events import BotIsBusy
from bot.localchat.files import Upload
from bot.localchat.markup import Markup, read_caption, read_markup, read_text
from bot.localchat.message import Location, Message, StoredFile
from bot.localchat.methods.method import Method
from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json
from bot.localchat.world import World

_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip


def send_message(world: World, parameters: Parameters) -> Json:
    """Send a text."""
    draft = _draft(world, parameters)
    return _posted(world, replace(draft, body=read_text(parameters)))


def send_photo(world: World, parameters: Parameters) -> Json:
    """Send a photo, uploaded or by file id."""
    draft = _draft(world, parameters)
    body = read_caption(parameters)
    return _posted(world, replace(draft, body=body, photo=read_photo(world, parameters, "photo")))


def send_document(world: World, parameters: Parameters) -> Json:
    """Send a file of any kind, uploaded or by file id."""
    draft = _draft(world, parameters)
    body = read_caption(parameters)
    return _posted(world, replace(draft, body=body, document=read_document(world, parameters, "document")))


def send_location(world: World, parameters: Parameters) -> Json:
    """Send a point on the earth."""
    place = Location(parameters.number("latitude"), parameters.number("longitude"))
    return _posted(world, replace(_draft(world, parameters), location=place))


def send_media_group(world: World, parameters: Parameters) -> Json:
    """Send an album of 2 to 10 photos or of 2 to 10 documents.

    Raises:
        ApiError: there are fewer or more, the kinds are mixed, or one item is refused.
    """
    items = parameters.records("media")
    draft = _draft(world, parameters)
    if len(items) not in limits.ALBUM_SIZE:
        raise bad_request("media group must include 2-10 items")
    if len({item.text("type") for item in items}) > 1:
        raise bad_request("Document can't be mixed with other media types")
    album_id = str(world.new_number())
    messages = [replace(with_media(world, draft, item), album_id=album_id) for item in items]
    return [_posted(world, message) for message in messages]


def with_media(world: World, message: Message, item: Parameters) -> Message:
    """Return the message with the photo or document and the caption of an InputMedia object.

    Raises:
        ApiError: the kind is another, the file is refused or the caption is.
    """
    body = read_caption(item)
    if item.text("type") == "photo":
        return replace(message, body=body, photo=read_photo(world, item, "media"), document=None)
    if item.text("type") == "document":
        return replace(message, body=body, photo=None, document=read_document(world, item, "media"))
    raise bad_request("can't parse InputMedia: the local chat takes photo and document")


def read_photo(world: World, parameters: Parameters, name: str) -> StoredFile:
    """Return the photo of a parameter, kept now or before.

    Raises:
        ApiError: it is missing, unknown, or no photo that Telegram takes.
    """
    if upload := _upload(parameters, name):
        return world.files.add_photo(upload)
    stored = world.files.get(parameters.text(name))
    if not stored.width:
        raise bad_request("can't use file of type Document as Photo")
    return stored


def read_document(world: World, parameters: Parameters, name: str) -> StoredFile:
    """Return the document of a parameter, kept now or before.

    Raises:
        ApiError: it is missing, unknown, empty or too large.
    """
    if upload := _upload(parameters, name):
        return world.files.add_document(upload)
    return world.files.get(parameters.text(name))


def _upload(parameters: Parameters, name: str) -> Upload | None:
    upload = parameters.upload(name)
    if upload is None and not parameters.text(name):
        raise bad_request(f"there is no {name} in the request")
    return upload


def send_chat_action(world: World, parameters: Parameters) -> Json:
    """Show that the bot is busy.

    Raises:
        ApiError: the chat is closed to the bot or the action is unknown.
    """
    chat = world.open_chat(parameters.required_integer("chat_id"))
    action = parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.publish(BotIsBusy(chat.id, action))
    return True


def _draft(world: World, parameters: Parameters) -> Message:
    """Return an empty message of the bot for the request's chat, topic, reply and keyboard."""
    chat = world.open_chat(parameters.required_integer("chat_id"))
    thread_id = parameters.optional_integer("message_thread_id")
    chat.check_topic(thread_id)
    markup: Markup = read_markup(parameters)
    return Message(
        chat_id=chat.id,
        sender=world.bot,
        thread_id=thread_id,
        reply_to=_reply_to(chat, parameters),
        keyboard=markup.inline,
        reply_keyboard=markup.custom,
    )


def _reply_to(chat: Chat, parameters: Parameters) -> int | None:
    reply = parameters.record("reply_parameters")
    message_id = reply.optional_integer("message_id") or parameters.optional_integer("reply_to_message_id")
    if message_id is None or message_id in chat.messages:
        return message_id
    if reply.flag("allow_sending_without_reply") or parameters.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _posted(world: World, message: Message) -> Json:
    return world.message_json(world.post(message))


METHODS: Final[Mapping[str, Method]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendLocation": send_location,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}
