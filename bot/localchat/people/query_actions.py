"""Pressing buttons, asking inline and choosing a result as a person."""

from __future__ import annotations

from dataclasses import replace

from bot.localchat.api import wire
from bot.localchat.api.request_parameters import Json
from bot.localchat.state import limits
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import Button, Message
from bot.localchat.state.queries import InlineQuery
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person


def press_button(state: ServerState, person: Person, message: Message, button: Button) -> str:
    """Press a button that has callback data; return the id of the callback query.

    Raises:
        ApiError: the person is not in the chat, or the button is not under the message.
    """
    state.chat(message.chat_id).check_member(person)
    if button not in message.buttons or not button.callback_data:
        raise bad_request("BUTTON_DATA_INVALID")
    query_id = state.next_id()
    state.queries.add_callback(query_id, person.id)
    query = {
        "id": query_id,
        "from": wire.user_json(person),
        **_pressed_message_json(state, message),
        "chat_instance": str(message.chat_id),
        "data": button.callback_data,
    }
    state.updates.add("callback_query", query)
    return query_id


def _pressed_message_json(state: ServerState, message: Message) -> Json:
    """Return the message of a callback query, or only its inline message id where it has one."""
    if inline_message_id := state.queries.inline_message_id(message):
        return {"inline_message_id": inline_message_id}
    return {"message": wire.message_json(state.chat(message.chat_id), message)}


def ask_inline(state: ServerState, person: Person, chat_id: int, query: str, offset: str = "") -> str:
    """Type an inline query; return its id.

    Raises:
        ApiError: the query is longer than 256 characters or the person is not in the chat.
    """
    chat = state.chat(chat_id)
    chat.check_member(person)
    if len(query) > limits.INLINE_QUERY_LENGTH:
        raise bad_request("QUERY_TOO_LONG")
    query_id = state.next_id()
    state.queries.add_inline(query_id, InlineQuery(person.id, chat_id, query))
    kind = "sender" if chat.kind == "private" else chat.kind
    payload = {"id": query_id, "from": wire.user_json(person), "query": query, "offset": offset, "chat_type": kind}
    state.updates.add("inline_query", payload)
    return query_id


def choose_inline_result(state: ServerState, query_id: str, result_id: str) -> Message:
    """Send one of the results of an inline query; return the message.

    Raises:
        ApiError: there is no such query or result.
    """
    query = state.queries.inline.get(query_id)
    results = query.results if query else None
    result = next((one for one in results or () if one.result_id == result_id), None)
    if query is None or result is None:
        raise bad_request("RESULT_ID_INVALID")
    person = state.people[query.person_id]
    draft = Message(query.chat_id, person, body=result.body, photo=result.photo, via_bot=state.bot)
    sent = state.post(replace(draft, keyboard=result.keyboard))
    payload = {"result_id": result_id, "from": wire.user_json(person), "query": query.query}
    if result.keyboard:
        payload["inline_message_id"] = f"inline-{query_id}-{sent.message_id}"
        state.queries.add_inline_message(payload["inline_message_id"], sent)
    state.updates.add("chosen_inline_result", payload)
    return sent
