"""Values written as the JSON objects of the Bot API ("Available types")."""

from __future__ import annotations

from datetime import datetime

from bot.localchat.chat import Chat
from bot.localchat.message import Button, Entity, InlineKeyboard, Message, StoredFile
from bot.localchat.people import Person
from bot.localchat.updates import Json


def user_json(person: Person) -> Json:
    """Return a User."""
    optional = {"last_name": person.last_name, "username": person.username}
    language = {} if person.is_bot else {"language_code": person.language_code}
    fixed = {"id": person.id, "is_bot": person.is_bot, "first_name": person.first_name}
    return fixed | {name: value for name, value in optional.items() if value} | language


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
    return {"id": chat.id, "type": "private"} | {name: value for name, value in names.items() if value}


def message_json(chat: Chat, message: Message, *, with_reply: bool = True) -> Json:
    """Return a Message; the one it replies to comes along without its own reply, as on Telegram."""
    written = {
        "message_id": message.message_id,
        "from": user_json(message.sender),
        "chat": chat_json(chat),
        "date": unix_seconds(message.date),
    }
    if message.thread_id is not None:
        written |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    if message.edited_at:
        written["edit_date"] = unix_seconds(message.edited_at)
    if message.via_bot:
        written["via_bot"] = user_json(message.via_bot)
    if with_reply and message.reply_to in chat.messages:
        written["reply_to_message"] = message_json(chat, chat.messages[message.reply_to], with_reply=False)
    if message.keyboard:
        written["reply_markup"] = keyboard_json(message.keyboard)
    return written | _content_json(message)


def _content_json(message: Message) -> Json:
    written: dict[str, Json] = {}
    if message.photo:
        written["photo"] = photo_json(message.photo)
    if message.document:
        written["document"] = document_json(message.document)
    if message.album_id:
        written["media_group_id"] = message.album_id
    if message.location:
        written["location"] = {"latitude": message.location.latitude, "longitude": message.location.longitude}
    if message.moved:
        moved = {"migrate_to_chat_id": message.moved.to_chat_id, "migrate_from_chat_id": message.moved.from_chat_id}
        written |= {name: chat_id for name, chat_id in moved.items() if chat_id}
    text, entities = ("caption", "caption_entities") if message.has_media else ("text", "entities")
    if message.body.text:
        written[text] = message.body.text
    if message.body.entities:
        written[entities] = [entity_json(entity) for entity in message.body.entities]
    return written


def entity_json(entity: Entity) -> Json:
    """Return a MessageEntity."""
    optional = {"url": entity.url, "language": entity.language}
    fixed = {"type": entity.kind, "offset": entity.offset, "length": entity.length}
    return fixed | {name: value for name, value in optional.items() if value}


def keyboard_json(keyboard: InlineKeyboard) -> Json:
    """Return an InlineKeyboardMarkup."""
    return {"inline_keyboard": [[_button_json(button) for button in row] for row in keyboard.rows]}


def _button_json(button: Button) -> Json:
    actions = {"callback_data": button.callback_data or None, "url": button.url or None}
    actions["switch_inline_query"] = button.switch_inline_query
    actions["switch_inline_query_current_chat"] = button.switch_inline_query_current_chat
    written = {"text": button.text} | {name: value for name, value in actions.items() if value is not None}
    return written | ({"copy_text": {"text": button.copy_text}} if button.copy_text else {})


def photo_json(photo: StoredFile) -> Json:
    """Return the PhotoSizes of a photo: the local chat keeps one size, the original."""
    return [_file_json(photo) | {"width": photo.width, "height": photo.height}]


def document_json(document: StoredFile) -> Json:
    """Return a Document."""
    return _file_json(document) | {"file_name": document.name, "mime_type": document.mime_type}


def _file_json(stored: StoredFile) -> Json:
    return {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": stored.size_bytes}


def file_json(stored: StoredFile) -> Json:
    """Return the File of `getFile`."""
    return _file_json(stored) | {"file_path": stored.path}


def unix_seconds(moment: datetime) -> int:
    """Return a time as Telegram writes it."""
    return int(moment.timestamp())
