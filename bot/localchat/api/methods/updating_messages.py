"""Methods that change or delete messages (Bot API, "Updating messages")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.localchat.api import wire
from bot.localchat.api.methods.message_content import read_caption, read_text, with_media
from bot.localchat.api.methods.reply_markup import read_reply_markup
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state.chat import Chat
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import Message
from bot.localchat.state.server_state import ServerState

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_text(state: ServerState, parameters: Parameters) -> Json:
    """Edit a text message's text and keyboard.

    Raises:
        ApiError: it is not there, not the bot's, has no text, or would stay the same.
    """
    message = _editable(state, parameters)
    if message.has_media or not message.text:
        raise bad_request("there is no text in the message to edit")
    return _edited(state, parameters, replace(message, body=read_text(parameters)))


def edit_caption(state: ServerState, parameters: Parameters) -> Json:
    """Edit a caption and the keyboard.

    Raises:
        ApiError: it is not there, not the bot's, has no caption, or would stay the same.
    """
    message = _editable(state, parameters)
    if not message.has_media:
        raise bad_request("there is no caption in the message to edit")
    return _edited(state, parameters, replace(message, body=read_caption(parameters)))


def edit_media(state: ServerState, parameters: Parameters) -> Json:
    """Replace the photo or document, its caption and the keyboard; a text message becomes a media message.

    Raises:
        ApiError: it is not there, not the bot's, of an album of another kind, or would stay the same.
    """
    message = _editable(state, parameters)
    item = parameters.json_object("media")
    if message.album_id and item.text("type") != ("photo" if message.photo else "document"):
        raise bad_request("message can't be edited")
    return _edited(state, parameters, with_media(state, message, item))


def edit_markup(state: ServerState, parameters: Parameters) -> Json:
    """Edit the keyboard alone."""
    return _edited(state, parameters, _editable(state, parameters))


def delete_message(state: ServerState, parameters: Parameters) -> Json:
    """Delete a message of the bot, or another's in a private chat or where the bot is an admin."""
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    message = chat.message(parameters.integer("message_id"), "message to delete")
    _check_deletable(state, chat, message)
    state.delete(message)
    return True


def delete_messages(state: ServerState, parameters: Parameters) -> Json:
    """Delete 1 to 100 messages; those that do not exist are skipped."""
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    for message_id in parameters.json("message_ids") or ():
        if message := chat.messages.get(message_id):
            _check_deletable(state, chat, message)
            state.delete(message)
    return True


def _check_deletable(state: ServerState, chat: Chat, message: Message) -> None:
    if message.sender.id != state.bot.id and chat.kind != "private" and not chat.bot_is_admin:
        raise bad_request("message can't be deleted")


def _editable(state: ServerState, parameters: Parameters) -> Message:
    """Return the message that the request names by chat and id or by its inline id."""
    if inline_id := parameters.text("inline_message_id"):
        if inline_id not in state.queries.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        key = state.queries.inline_messages[inline_id]
        return state.chat(key.chat_id).message(key.message_id, "message to edit")
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    message = chat.message(parameters.integer("message_id"), "message to edit")
    if message.sender.id != state.bot.id:
        raise bad_request("message can't be edited")
    return message


def _edited(state: ServerState, parameters: Parameters, message: Message) -> Json:
    message = replace(message, keyboard=read_reply_markup(parameters).inline)
    if message == state.chat(message.chat_id).messages[message.message_id]:
        raise bad_request(_NOT_MODIFIED)
    edited = state.edit(message)
    return True if parameters.text("inline_message_id") else wire.message_json(state.chats[edited.chat_id], edited)


METHODS: Final[Mapping[str, Method]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
