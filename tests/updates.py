"""What Telegram tells a bot, as the JSON that it sends: messages, presses, inline questions, service messages."""

from collections.abc import Mapping
from typing import Any

from telegram.constants import ChatID

from tests.recorded_telegram import ME

Json = dict[str, Any]  # Any: Telegram's JSON

ADA, BEN, EVE = 11, 22, 33
"""By custom: an admin of the bot, somebody who is allowed, a stranger."""
GROUP, SUPERGROUP = -400, -100400
ANONYMOUS = int(ChatID.ANONYMOUS_ADMIN)
_NAMES = {ADA: "Ada", BEN: "Ben", EVE: "Eve 🦊 <b>"}


def user(user_id: int) -> Json:
    return {"id": user_id, "is_bot": user_id == ANONYMOUS, "first_name": _NAMES.get(user_id, "Somebody")}


def chat(chat_id: int) -> Json:
    if chat_id > 0:
        return {"id": chat_id, "type": "private", "first_name": _NAMES.get(chat_id, "Somebody")}
    return {"id": chat_id, "type": "group" if chat_id == GROUP else "supergroup", "title": "Investors & <friends>"}


def message(text: str, person: int, place: int | None = None, **more: object) -> Json:
    """Somebody writes, in the chat with the bot where no other place is named."""
    return {"update_id": 1, "message": _message(text, person, place or person, **more)}


def edited(text: str, person: int, place: int | None = None) -> Json:
    """Somebody changes what they wrote."""
    return {"update_id": 1, "edited_message": _message(text, person, place or person, edit_date=1)}


def press(data: str, person: int, place: int | None = None) -> Json:
    """Somebody presses a button below a message of the bot."""
    shown = {**_message("a question", person, place or person), "from": ME}
    return _press(data, person, shown)


def press_on_a_lost_message(data: str, person: int, place: int | None = None) -> Json:
    """Somebody presses below a message that is too old, or deleted: Telegram dates it 0 and shows nothing of it."""
    return _press(data, person, {"message_id": 7, "date": 0, "chat": chat(place or person)})


def inline(text: str, person: int) -> Json:
    """Somebody asks inline, in a chat that the bot is not told of."""
    return {"update_id": 1, "inline_query": {"id": "q", "from": user(person), "query": text, "offset": ""}}


def channel_post(text: str, place: int) -> Json:
    """A channel says something; nobody in person does."""
    channel = {"id": place, "type": "channel", "title": "News"}
    return {"update_id": 1, "channel_post": {"message_id": 7, "date": 1, "chat": channel, "text": text}}


def moved_to(new_id: int, old_id: int, person: int) -> Json:
    """What a group says when it becomes a supergroup."""
    return {"update_id": 1, "message": _service(person, old_id, {"migrate_to_chat_id": new_id})}


def moved_from(old_id: int, new_id: int, person: int) -> Json:
    """What a new supergroup says first."""
    return {"update_id": 2, "message": _service(person, new_id, {"migrate_from_chat_id": old_id})}


def _message(text: str, person: int, place: int, **more: object) -> Json:
    command, *_ = text.split(maxsplit=1) or [""]
    entities = [{"type": "bot_command", "offset": 0, "length": len(command)}] if text.startswith("/") else []
    written = {"message_id": 7, "date": 1, "from": user(person), "chat": chat(place), "text": text}
    return {**written, "entities": entities, **more}


def _service(person: int, place: int, what: Mapping[str, int]) -> Json:
    return {"message_id": 7, "date": 1, "from": user(person), "chat": chat(place), **what}


def _press(data: str, person: int, shown: Json) -> Json:
    return {
        "update_id": 1,
        "callback_query": {"id": "p", "from": user(person), "chat_instance": "c", "data": data, "message": shown},
    }
