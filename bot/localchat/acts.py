"""What people do: write, press, ask inline, block the bot, upgrade a group; each tells the bot by an update."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from bot.localchat import limits, wire
from bot.localchat.api_error import bad_request
from bot.localchat.autolink import with_links
from bot.localchat.chat import SUPERGROUP_IDS_END, Chat
from bot.localchat.events import SceneChanged
from bot.localchat.inline import InlineQuestion, MessagePlace
from bot.localchat.message import Button, FormattedText, Location, Message, Moved, utf16_length
from bot.localchat.methods.chats import member_json
from bot.localchat.people import Person
from bot.localchat.updates import Json
from bot.localchat.world import World

KEPT_QUESTIONS = 1_000
_Question = TypeVar("_Question")


def write(world: World, message: Message) -> Message:
    """Put a person's message into a chat and tell the bot if it may see it; return it with id and time.

    Raises:
        ApiError: the person is not in the chat, the topic does not exist, or the text is empty or too long.
    """
    chat = world.chat(message.chat_id)
    _check_present(chat, message.sender)
    chat.check_topic(message.thread_id)
    if message.photo is None and message.location is None and message.document is None:
        message = replace(message, body=with_links(limits.checked_text(message.body)))
    posted = world.post(message)
    if not chat.closed_because and _bot_sees(world, chat, posted):
        world.updates.add("message", world.message_json(posted))
    return posted


def say(world: World, chat_id: int, person: Person, text: str) -> Message:
    """Write a plain text.

    Raises:
        ApiError: as `write`.
    """
    return write(world, Message(chat_id, person, body=FormattedText(text)))


def locate(world: World, chat_id: int, person: Person, place: Location) -> Message:
    """Send a location.

    Raises:
        ApiError: as `write`.
    """
    return write(world, Message(chat_id, person, location=place))


def rewrite(world: World, message: Message, text: str) -> Message:
    """Let a person edit their own text.

    Raises:
        ApiError: the text is empty or too long.
    """
    body = with_links(limits.checked_text(FormattedText(text)))
    edited = world.change(replace(message, body=body))
    if _bot_sees(world, world.chat(edited.chat_id), edited):
        world.updates.add("edited_message", world.message_json(edited))
    return edited


def press(world: World, person: Person, message: Message, button: Button) -> str:
    """Press a button that has callback data; return the id of the query that the bot shall answer.

    Raises:
        ApiError: the person is not in the chat, or the button is not under the message.
    """
    _check_present(world.chat(message.chat_id), person)
    if button not in message.buttons or not button.callback_data:
        raise bad_request("BUTTON_DATA_INVALID")
    query_id = str(world.new_number())
    _remember(world.open_presses, query_id, person.id)
    query = {
        "id": query_id,
        "from": wire.user_json(person),
        **_pressed_json(world, message),
        "chat_instance": str(message.chat_id),
        "data": button.callback_data,
    }
    world.updates.add("callback_query", query)
    return query_id


def _pressed_json(world: World, message: Message) -> Json:
    """Return the message of a callback query, or only its inline id where a person sent it by an inline query."""
    place = MessagePlace(message.chat_id, message.message_id)
    for inline_id, known in world.inline_messages.items():
        if known == place:
            return {"inline_message_id": inline_id}
    return {"message": world.message_json(message)}


def _remember(questions: dict[str, _Question], question_id: str, question: _Question) -> None:
    """Keep an open question, and forget the oldest beyond 1,000."""
    questions[question_id] = question
    if len(questions) > KEPT_QUESTIONS:
        del questions[next(iter(questions))]


def ask_inline(world: World, person: Person, chat_id: int, query: str, offset: str = "") -> str:
    """Type an inline query; return its id.

    Raises:
        ApiError: the query is longer than 256 characters or the person is not in the chat.
    """
    chat = world.chat(chat_id)
    _check_present(chat, person)
    if len(query) > limits.INLINE_QUERY_LENGTH:
        raise bad_request("QUERY_TOO_LONG")
    question_id = str(world.new_number())
    _remember(world.inline_questions, question_id, InlineQuestion(person.id, chat_id, query))
    kind = "sender" if chat.kind == "private" else chat.kind
    payload = {"id": question_id, "from": wire.user_json(person), "query": query, "offset": offset, "chat_type": kind}
    world.updates.add("inline_query", payload)
    return question_id


def choose_inline(world: World, question_id: str, result_id: str) -> Message:
    """Send one of the results of an inline query; return the message.

    Raises:
        ApiError: there is no such query or result.
    """
    question = world.inline_questions.get(question_id)
    results = question.results if question else None
    result = next((one for one in results or () if one.result_id == result_id), None)
    if question is None or result is None:
        raise bad_request("RESULT_ID_INVALID")
    person = world.people[question.person_id]
    draft = Message(question.chat_id, person, body=result.body, photo=result.photo, via_bot=world.bot)
    posted = world.post(replace(draft, keyboard=result.keyboard))
    payload = {"result_id": result_id, "from": wire.user_json(person), "query": question.query}
    if result.keyboard:
        payload["inline_message_id"] = f"inline-{question_id}-{posted.message_id}"
        place = MessagePlace(posted.chat_id, posted.message_id)
        _remember(world.inline_messages, payload["inline_message_id"], place)
    world.updates.add("chosen_inline_result", payload)
    return posted


def close_to_bot(world: World, chat_id: int, person: Person, reason: str) -> None:
    """Block the bot in a private chat or remove it from a group; `reason` is what Telegram's 403 says.

    Raises:
        ApiError: there is no such chat.
    """
    _change_bots_membership(world, world.chat(chat_id), person, reason)


def open_to_bot(world: World, chat_id: int, person: Person) -> None:
    """Unblock the bot, or add it to a group again.

    Raises:
        ApiError: there is no such chat.
    """
    _change_bots_membership(world, world.chat(chat_id), person, "")


def _change_bots_membership(world: World, chat: Chat, person: Person, reason: str) -> None:
    old = member_json(chat, world.bot)
    chat.closed_because = reason
    payload = {
        "chat": wire.chat_json(chat),
        "from": wire.user_json(person),
        "date": wire.unix_seconds(world.clock()),
        "old_chat_member": old,
        "new_chat_member": member_json(chat, world.bot),
    }
    for member in ("old_chat_member", "new_chat_member"):
        if payload[member]["status"] == "kicked":
            payload[member]["until_date"] = 0
    world.updates.add("my_chat_member", payload)
    world.publish(SceneChanged())


def upgrade_group(world: World, chat_id: int) -> int:
    """Make a supergroup of a group; return the new chat's id.

    Raises:
        ApiError: there is no such group.
    """
    old = world.chat(chat_id)
    if old.kind != "group" or old.migrated_to:
        raise bad_request("chat is not a group")
    new_id = SUPERGROUP_IDS_END + chat_id
    person = next(iter(old.members.values()))
    world.chats[new_id] = replace(old, id=new_id, kind="supergroup", messages={}, last_message_id=0)
    moves = (Message(old.id, person, moved=Moved(to_chat_id=new_id)), Message(new_id, person, moved=Moved(0, old.id)))
    for notice in moves:
        world.updates.add("message", world.message_json(world.post(notice)))
    old.migrated_to = new_id
    world.publish(SceneChanged())
    return new_id


def _check_present(chat: Chat, person: Person) -> None:
    if person.id not in chat.members:
        raise bad_request("user is not a member of the chat")


def _bot_sees(world: World, chat: Chat, message: Message) -> bool:
    """Whether the bot gets a message: in groups its privacy mode hides what is not meant for it.

    Source: Telegram Bot Features, "Privacy mode".
    """
    if chat.kind == "private" or chat.bot_is_admin or message.location:
        return True
    replied = chat.messages.get(message.reply_to or 0)
    if replied and replied.sender.id == world.bot.id:
        return True
    handle = f"@{world.bot.username}".lower()
    return any(_is_meant(_stretch(message, e.offset, e.length).lower(), e.kind, handle) for e in message.body.entities)


def _is_meant(stretch: str, kind: str, handle: str) -> bool:
    if kind == "bot_command":
        return "@" not in stretch or stretch.endswith(handle)
    return kind == "mention" and stretch == handle


def _stretch(message: Message, offset: int, length: int) -> str:
    if utf16_length(message.text) == len(message.text):
        return message.text[offset : offset + length]
    return message.text.encode("utf-16-le")[offset * 2 : (offset + length) * 2].decode("utf-16-le")
