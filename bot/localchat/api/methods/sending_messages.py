"""Methods that send messages and chat actions (Bot API, "Available methods": send...)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.localchat.api import wire
from bot.localchat.api.methods.message_content import read_caption, read_document, read_photo, read_text, with_media
from bot.localchat.api.methods.reply_markup import read_reply_markup
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state import limits
from bot.localchat.state.chat import Chat
from bot.localchat.state.chat_events import ChatActionSent
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import Location, Message
from bot.localchat.state.server_state import ServerState

_ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip


def send_message(state: ServerState, parameters: Parameters) -> Json:
    """Send a text."""
    draft = _draft(state, parameters)
    return _post(state, replace(draft, body=read_text(parameters)))


def send_photo(state: ServerState, parameters: Parameters) -> Json:
    """Send a photo, uploaded or by file id."""
    draft = _draft(state, parameters)
    body = read_caption(parameters)
    return _post(state, replace(draft, body=body, photo=read_photo(state, parameters, "photo")))


def send_document(state: ServerState, parameters: Parameters) -> Json:
    """Send a file of any kind, uploaded or by file id."""
    draft = _draft(state, parameters)
    body = read_caption(parameters)
    return _post(state, replace(draft, body=body, document=read_document(state, parameters, "document")))


def send_location(state: ServerState, parameters: Parameters) -> Json:
    """Send a location."""
    location = Location(parameters.number("latitude"), parameters.number("longitude"))
    return _post(state, replace(_draft(state, parameters), location=location))


def send_media_group(state: ServerState, parameters: Parameters) -> Json:
    """Send an album of 2 to 10 photos or of 2 to 10 documents.

    Raises:
        ApiError: there are fewer or more, the kinds are mixed, or one item is wrong.
    """
    items = parameters.json_objects("media")
    draft = _draft(state, parameters)
    if len(items) not in limits.ALBUM_SIZE:
        raise bad_request("media group must include 2-10 items")
    if len({item.text("type") for item in items}) > 1:
        raise bad_request("Document can't be mixed with other media types")
    album_id = state.next_id()
    messages = [replace(with_media(state, draft, item), album_id=album_id) for item in items]
    return [_post(state, message) for message in messages]


def send_chat_action(state: ServerState, parameters: Parameters) -> Json:
    """Show that the bot is busy, for example typing.

    Raises:
        ApiError: the bot may not write to the chat, or the action is unknown.
    """
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    action = parameters.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    state.events.publish(ChatActionSent(chat.id, action))
    return True


def _draft(state: ServerState, parameters: Parameters) -> Message:
    """Return an empty message of the bot for the request's chat, topic, reply and keyboard."""
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    thread_id = parameters.optional_integer("message_thread_id")
    chat.check_topic(thread_id)
    markup = read_reply_markup(parameters)
    return Message(
        chat_id=chat.id,
        sender=state.bot,
        thread_id=thread_id,
        reply_to=_reply_to(chat, parameters),
        keyboard=markup.inline,
        reply_keyboard=markup.custom,
    )


def _reply_to(chat: Chat, parameters: Parameters) -> int | None:
    reply = parameters.json_object("reply_parameters")
    message_id = reply.optional_integer("message_id") or parameters.optional_integer("reply_to_message_id")
    if message_id is None or message_id in chat.messages:
        return message_id
    if reply.flag("allow_sending_without_reply") or parameters.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def _post(state: ServerState, message: Message) -> Json:
    posted = state.post(message)
    return wire.message_json(state.chats[posted.chat_id], posted)


METHODS: Final[Mapping[str, Method]] = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendLocation": send_location,
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}
