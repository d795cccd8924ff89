"""The JSON that the page receives: a snapshot when it opens, then every event."""

from __future__ import annotations

from bot.localchat.api import wire
from bot.localchat.api.request_parameters import Json
from bot.localchat.state.chat import Chat
from bot.localchat.state.chat_events import (
    CallbackQueryAnswered,
    ChatActionSent,
    Event,
    InlineQueryAnswered,
    MessageDeleted,
    MessageUpdated,
)
from bot.localchat.state.message import Message
from bot.localchat.state.queries import InlineResult
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person

SHOWN_MESSAGES = 200
DEFAULT_WELCOME = "Say hello: /start begins the conversation."


def snapshot_json(state: ServerState, *, with_messages: bool) -> Json:
    """Return people, chats, menus and banner; `with_messages` adds the last 200 messages of every chat."""
    snapshot = {
        "type": "snapshot",
        "bot": wire.user_json(state.bot),
        "banner": state.banner,
        "welcome": state.profile.text("description") or DEFAULT_WELCOME,
        "people": [wire.user_json(person) for person in state.people.values()],
        "chats": [_chat_json(state, chat) for chat in state.chats.values()],
    }
    if with_messages:
        shown = [list(chat.messages.values())[-SHOWN_MESSAGES:] for chat in state.chats.values()]
        snapshot["messages"] = [_message_json(state, message) for messages in shown for message in messages]
    return snapshot


def event_json(state: ServerState, event: Event) -> Json:
    """Return an event; a change of the state is a snapshot without messages."""
    match event:
        case MessageUpdated(message):
            return {"type": "message", "message": _message_json(state, message)}
        case MessageDeleted(chat_id, message_id):
            return {"type": "deleted", "chat_id": chat_id, "message_id": message_id}
        case ChatActionSent(chat_id, action):
            return {"type": "busy", "chat_id": chat_id, "action": action}
        case CallbackQueryAnswered(query_id, person_id, text, alert, url):
            answer = {"text": text, "alert": alert, "url": url}
            return {"type": "answer", "query_id": query_id, "person_id": person_id} | answer
        case InlineQueryAnswered(query_id):
            return _inline_json(state, query_id)
        case _:
            return snapshot_json(state, with_messages=False)


def _chat_json(state: ServerState, chat: Chat) -> Json:
    members = list(chat.members.values())
    return wire.chat_json(chat) | {
        "members": [person.id for person in members],
        "topics": [{"id": topic_id, "name": name} for topic_id, name in chat.topics.items()],
        "closed": chat.forbidden_reason,
        "migrated_to": chat.migrated_to,
        "menus": {str(person.id): _menu_json(state, chat, person) for person in members},
    }


def _menu_json(state: ServerState, chat: Chat, person: Person) -> Json:
    is_admin = person.id in chat.admin_ids
    commands = state.profile.menu_for(chat.id, person.id, person.language_code, is_admin=is_admin)
    return [{"command": command.name, "description": command.description} for command in commands]


def _message_json(state: ServerState, message: Message) -> Json:
    fields = wire.message_json(state.chats[message.chat_id], message)
    if keyboard := message.reply_keyboard:
        rows = [[{"text": key.text, "request_location": key.request_location} for key in row] for row in keyboard.rows]
        fields["custom_keyboard"] = {"rows": rows, "one_time": keyboard.one_time, "hint": keyboard.placeholder}
    return fields


def _inline_json(state: ServerState, query_id: str) -> Json:
    query = state.queries.inline[query_id]
    results = [_result_json(result) for result in query.results or ()]
    return {"type": "inline", "query_id": query_id, "results": results, "button": query.button_text}


def _result_json(result: InlineResult) -> Json:
    photo = result.photo.file_id if result.photo else ""
    title = result.title or result.body.text.partition("\n")[0]
    return {"id": result.result_id, "title": title, "description": result.description, "photo": photo}
