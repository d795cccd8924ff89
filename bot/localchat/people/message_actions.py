"""Sending and editing messages as a person; the bot gets an update of those that its privacy mode lets it see."""

from __future__ import annotations

from dataclasses import replace

from bot.localchat.api import wire
from bot.localchat.api.formatting import with_detected_entities
from bot.localchat.state import limits
from bot.localchat.state.chat import Chat
from bot.localchat.state.message import Entity, FormattedText, Location, Message, utf16_slice
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person


def send_message(state: ServerState, message: Message) -> Message:
    """Send a message; return it with its id and time.

    Raises:
        ApiError: the person is not in the chat, the topic does not exist, or the text is empty or too long.
    """
    chat = state.chat(message.chat_id)
    chat.check_member(message.sender)
    chat.check_topic(message.thread_id)
    if message.photo is None and message.location is None and message.document is None:
        message = replace(message, body=with_detected_entities(limits.checked_text(message.body)))
    sent = state.post(message)
    if not chat.forbidden_reason and _bot_sees(state, chat, sent):
        state.updates.add("message", wire.message_json(chat, sent))
    return sent


def send_text(state: ServerState, chat_id: int, person: Person, text: str) -> Message:
    """Send a plain text.

    Raises:
        ApiError: as `send_message`.
    """
    return send_message(state, Message(chat_id, person, body=FormattedText(text)))


def send_location(state: ServerState, chat_id: int, person: Person, location: Location) -> Message:
    """Send a location.

    Raises:
        ApiError: as `send_message`.
    """
    return send_message(state, Message(chat_id, person, location=location))


def edit_text(state: ServerState, message: Message, text: str) -> Message:
    """Edit a person's own text.

    Raises:
        ApiError: the text is empty or too long.
    """
    body = with_detected_entities(limits.checked_text(FormattedText(text)))
    edited = state.edit(replace(message, body=body))
    chat = state.chat(edited.chat_id)
    if _bot_sees(state, chat, edited):
        state.updates.add("edited_message", wire.message_json(chat, edited))
    return edited


def _bot_sees(state: ServerState, chat: Chat, message: Message) -> bool:
    """Whether the bot gets a message: in groups, privacy mode hides what is not addressed to it.

    Source: Telegram Bot Features, "Privacy mode".
    """
    if chat.kind == "private" or chat.bot_is_admin or message.location:
        return True
    replied = chat.messages.get(message.reply_to or 0)
    if replied and replied.sender.id == state.bot.id:
        return True
    username = f"@{state.bot.username}".lower()
    return any(_addresses(username, message, entity) for entity in message.body.entities)


def _addresses(username: str, message: Message, entity: Entity) -> bool:
    text = utf16_slice(message.text, entity.offset, entity.end).lower()
    if entity.kind == "bot_command":
        return "@" not in text or text.endswith(username)
    return entity.kind == "mention" and text == username
