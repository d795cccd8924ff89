"""Methods that change or delete messages (Bot API, "Updating messages")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.localchat.api_error import bad_request
from bot.localchat.chat import Chat
from bot.localchat.markup import read_caption, read_markup, read_text
from bot.localchat.message import Message
from bot.localchat.methods.method import Method
from bot.localchat.methods.sending import with_media
from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json
from bot.localchat.world import World

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def edit_text(world: World, parameters: Parameters) -> Json:
    """Change a text message's text and keyboard.

    Raises:
        ApiError: it is not there, not the bot's, no text, or would stay the same.
    """
    message = _editable(world, parameters)
    if message.has_media or not message.text:
        raise bad_request("there is no text in the message to edit")
    return _changed(world, parameters, replace(message, body=read_text(parameters)))


def edit_caption(world: World, parameters: Parameters) -> Json:
    """Change a caption and the keyboard.

    Raises:
        ApiError: it is not there, not the bot's, has no caption, or would stay the same.
    """
    message = _editable(world, parameters)
    if not message.has_media:
        raise bad_request("there is no caption in the message to edit")
    return _changed(world, parameters, replace(message, body=read_caption(parameters)))


def edit_media(world: World, parameters: Parameters) -> Json:
    """Replace the photo or document, its caption and the keyboard; a text message becomes a media message.

    Raises:
        ApiError: it is not there, not the bot's, an album's of another kind, or would stay the same.
    """
    message = _editable(world, parameters)
    item = parameters.record("media")
    if message.album_id and item.text("type") != ("photo" if message.photo else "document"):
        raise bad_request("message can't be edited")
    return _changed(world, parameters, with_media(world, message, item))


def edit_markup(world: World, parameters: Parameters) -> Json:
    """Change the keyboard alone."""
    return _changed(world, parameters, _editable(world, parameters))


def delete_message(world: World, parameters: Parameters) -> Json:
    """Delete a message of the bot, or another's in a private chat or where the bot is an admin."""
    chat = world.open_chat(parameters.required_integer("chat_id"))
    message = chat.message(parameters.integer("message_id"), "message to delete")
    _check_deletable(world, chat, message)
    world.remove(message)
    return True


def delete_messages(world: World, parameters: Parameters) -> Json:
    """Delete 1 to 100 messages; those that are gone already are passed over."""
    chat = world.open_chat(parameters.required_integer("chat_id"))
    for message_id in parameters.json("message_ids") or ():
        if message := chat.messages.get(message_id):
            _check_deletable(world, chat, message)
            world.remove(message)
    return True


def _check_deletable(world: World, chat: Chat, message: Message) -> None:
    if message.sender.id != world.bot.id and chat.kind != "private" and not chat.bot_is_admin:
        raise bad_request("message can't be deleted")


def _editable(world: World, parameters: Parameters) -> Message:
    """Return the message that the request names by chat and id or by its inline id."""
    if inline_id := parameters.text("inline_message_id"):
        if inline_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        place = world.inline_messages[inline_id]
        return world.chat(place.chat_id).message(place.message_id, "message to edit")
    chat = world.open_chat(parameters.required_integer("chat_id"))
    message = chat.message(parameters.integer("message_id"), "message to edit")
    if message.sender.id != world.bot.id:
        raise bad_request("message can't be edited")
    return message


def _changed(world: World, parameters: Parameters, wanted: Message) -> Json:
    wanted = replace(wanted, keyboard=read_markup(parameters).inline)
    if wanted == world.chat(wanted.chat_id).messages[wanted.message_id]:
        raise bad_request(_SAME)
    changed = world.change(wanted)
    return True if parameters.text("inline_message_id") else world.message_json(changed)


METHODS: Final[Mapping[str, Method]] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
