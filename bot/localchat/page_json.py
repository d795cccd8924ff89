"""What the page is told: the whole scene when it opens, then every event."""

from __future__ import annotations

from bot.localchat import wire
from bot.localchat.chat import Chat
from bot.localchat.events import BotIsBusy, Event, InlineAnswered, MessageGone, MessageShown, PressAnswered
from bot.localchat.inline import InlineResult
from bot.localchat.message import Message
from bot.localchat.people import Person
from bot.localchat.updates import Json
from bot.localchat.world import World

SHOWN_MESSAGES = 200
DEFAULT_WELCOME = "Say hello: /start begins the conversation."


def scene_json(world: World, *, with_messages: bool) -> Json:
    """Return people, chats, menus and banner; on opening also the last 200 messages of every chat."""
    scene = {
        "type": "scene",
        "bot": wire.user_json(world.bot),
        "banner": world.banner,
        "welcome": world.profile.text("description") or DEFAULT_WELCOME,
        "people": [wire.user_json(person) for person in world.people.values()],
        "chats": [_chat_json(world, chat) for chat in world.chats.values()],
    }
    if with_messages:
        shown = [list(chat.messages.values())[-SHOWN_MESSAGES:] for chat in world.chats.values()]
        scene["messages"] = [_message_json(world, message) for messages in shown for message in messages]
    return scene


def event_json(world: World, event: Event) -> Json:
    """Return what the page needs to know of an event."""
    match event:
        case MessageShown(message):
            return {"type": "message", "message": _message_json(world, message)}
        case MessageGone(chat_id, message_id):
            return {"type": "gone", "chat_id": chat_id, "message_id": message_id}
        case BotIsBusy(chat_id, action):
            return {"type": "busy", "chat_id": chat_id, "action": action}
        case PressAnswered(query_id, person_id, text, alert, url):
            answer = {"text": text, "alert": alert, "url": url}
            return {"type": "answer", "query_id": query_id, "person_id": person_id} | answer
        case InlineAnswered(question_id):
            return _inline_json(world, question_id)
        case _:
            return scene_json(world, with_messages=False)


def _chat_json(world: World, chat: Chat) -> Json:
    members = list(chat.members.values())
    return wire.chat_json(chat) | {
        "members": [person.id for person in members],
        "topics": [{"id": topic_id, "name": name} for topic_id, name in chat.topics.items()],
        "closed": chat.closed_because,
        "migrated_to": chat.migrated_to,
        "menus": {str(person.id): _menu_json(world, chat, person) for person in members},
    }


def _menu_json(world: World, chat: Chat, person: Person) -> Json:
    is_admin = person.id in chat.admin_ids
    commands = world.profile.menu_for(chat.id, person.id, person.language_code, is_admin=is_admin)
    return [{"command": command.name, "description": command.description} for command in commands]


def _message_json(world: World, message: Message) -> Json:
    written = world.message_json(message)
    if keyboard := message.reply_keyboard:
        rows = [[{"text": key.text, "request_location": key.request_location} for key in row] for row in keyboard.rows]
        written["custom_keyboard"] = {"rows": rows, "one_time": keyboard.one_time, "hint": keyboard.placeholder}
    return written


def _inline_json(world: World, question_id: str) -> Json:
    question = world.inline_questions[question_id]
    results = [_result_json(result) for result in question.results or ()]
    return {"type": "inline", "question_id": question_id, "results": results, "button": question.button_text}


def _result_json(result: InlineResult) -> Json:
    photo = result.photo.file_id if result.photo else ""
    title = result.title or result.body.text.partition("\n")[0]
    return {"id": result.result_id, "title": title, "description": result.description, "photo": photo}
