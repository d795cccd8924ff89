"""Values as the JSON objects of the Bot API ("Available types")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.localchat.api.request_parameters import Json
from bot.localchat.state.chat import Chat
from bot.localchat.state.message import Button, Entity, InlineKeyboard, Message, StoredFile
from bot.localchat.state.users import Person


def user_json(person: Person) -> Json:
    """Return a User."""
    optional = _without_empty({"last_name": person.last_name, "username": person.username})
    language = {} if person.is_bot else {"language_code": person.language_code}
    return {"id": person.id, "is_bot": person.is_bot, "first_name": person.first_name} | optional | language


def bot_json(bot: Person) -> Json:
    """Return the User of `getMe`."""
    abilities = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}
    return user_json(bot) | abilities


def chat_json(chat: Chat) -> Json:
    """Return a Chat."""
    if chat.kind != "private":
        return {"id": chat.id, "type": chat.kind, "title": chat.title} | ({"is_forum": True} if chat.topics else {})
    person = chat.members[chat.id]
    names = {"first_name": person.first_name, "last_name": person.last_name, "username": person.username}
    return {"id": chat.id, "type": "private"} | _without_empty(names)


def message_json(chat: Chat, message: Message, *, with_reply: bool = True) -> Json:
    """Return a Message; `reply_to_message` comes without its own reply, as on Telegram."""
    fields = {
        "message_id": message.message_id,
        "from": user_json(message.sender),
        "chat": chat_json(chat),
        "date": unix_seconds(message.date),
    }
    if message.thread_id is not None:
        fields |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    if message.edited_at:
        fields["edit_date"] = unix_seconds(message.edited_at)
    if message.via_bot:
        fields["via_bot"] = user_json(message.via_bot)
    if with_reply and message.reply_to in chat.messages:
        fields["reply_to_message"] = message_json(chat, chat.messages[message.reply_to], with_reply=False)
    if message.keyboard:
        fields["reply_markup"] = keyboard_json(message.keyboard)
    return fields | _content_json(message)


def _content_json(message: Message) -> Json:
    fields: dict[str, Json] = {}
    if message.photo:
        fields["photo"] = photo_json(message.photo)
    if message.document:
        fields["document"] = document_json(message.document)
    if message.album_id:
        fields["media_group_id"] = message.album_id
    if message.location:
        fields["location"] = {"latitude": message.location.latitude, "longitude": message.location.longitude}
    if migration := message.migration:
        ids = {"migrate_to_chat_id": migration.to_chat_id, "migrate_from_chat_id": migration.from_chat_id}
        fields |= _without_empty(ids)
    text, entities = ("caption", "caption_entities") if message.has_media else ("text", "entities")
    if message.body.text:
        fields[text] = message.body.text
    if message.body.entities:
        fields[entities] = [entity_json(entity) for entity in message.body.entities]
    return fields


def entity_json(entity: Entity) -> Json:
    """Return a MessageEntity."""
    optional = _without_empty({"url": entity.url, "language": entity.language})
    return {"type": entity.kind, "offset": entity.offset, "length": entity.length} | optional


def keyboard_json(keyboard: InlineKeyboard) -> Json:
    """Return an InlineKeyboardMarkup."""
    return {"inline_keyboard": [[_button_json(button) for button in row] for row in keyboard.rows]}


def _button_json(button: Button) -> Json:
    actions = {
        "callback_data": button.callback_data or None,
        "url": button.url or None,
        "switch_inline_query": button.switch_inline_query,
        "switch_inline_query_current_chat": button.switch_inline_query_current_chat,
    }
    fields = {"text": button.text} | {name: value for name, value in actions.items() if value is not None}
    return fields | ({"copy_text": {"text": button.copy_text}} if button.copy_text else {})


def photo_json(photo: StoredFile) -> Json:
    """Return the PhotoSizes of a photo: one, the original."""
    return [_file_fields(photo) | {"width": photo.width, "height": photo.height}]


def document_json(document: StoredFile) -> Json:
    """Return a Document."""
    return _file_fields(document) | {"file_name": document.name, "mime_type": document.mime_type}


def file_json(stored: StoredFile) -> Json:
    """Return the File of `getFile`."""
    return _file_fields(stored) | {"file_path": stored.path}


def _file_fields(stored: StoredFile) -> Json:
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": stored.size_bytes}


def unix_seconds(moment: datetime) -> int:
    """Return a time as the Bot API gives it."""
    return int(moment.timestamp())


def _without_empty(fields: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in fields.items() if value}
