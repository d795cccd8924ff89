"""What a person can do on the page, by name; each takes the state and the parameters of the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.people.bot_membership import block_bot, unblock_bot
from bot.localchat.people.message_actions import send_location, send_message
from bot.localchat.people.query_actions import ask_inline, choose_inline_result, press_button
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import FormattedText, Location, Message
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person


def _person(state: ServerState, parameters: Parameters) -> Person:
    person = state.people.get(parameters.integer("person"))
    if person is None:
        raise bad_request("user not found")
    return person


def _say(state: ServerState, parameters: Parameters) -> Json:
    draft = Message(
        parameters.integer("chat"),
        _person(state, parameters),
        body=FormattedText(parameters.text("text")),
        reply_to=parameters.optional_integer("reply_to"),
        thread_id=parameters.optional_integer("topic"),
    )
    return send_message(state, draft).message_id


def _locate(state: ServerState, parameters: Parameters) -> Json:
    location = Location(parameters.number("latitude"), parameters.number("longitude"))
    return send_location(state, parameters.integer("chat"), _person(state, parameters), location).message_id


def _press(state: ServerState, parameters: Parameters) -> Json:
    chat = state.chat(parameters.integer("chat"))
    message = chat.message(parameters.integer("message"), "message")
    buttons = [button for button in message.buttons if button.callback_data == parameters.text("data")]
    if not buttons:
        raise bad_request("BUTTON_DATA_INVALID")
    return press_button(state, _person(state, parameters), message, buttons[0])


def _ask(state: ServerState, parameters: Parameters) -> Json:
    return ask_inline(state, _person(state, parameters), parameters.integer("chat"), parameters.text("query"))


def _choose(state: ServerState, parameters: Parameters) -> Json:
    return choose_inline_result(state, parameters.text("query_id"), parameters.text("result")).message_id


def _block(state: ServerState, parameters: Parameters) -> Json:
    person = _person(state, parameters)
    if parameters.flag("blocked"):
        block_bot(state, person)
    else:
        unblock_bot(state, person)
    return True


ACTIONS: Final[dict[str, Callable[[ServerState, Parameters], Json]]] = {
    "say": _say,
    "locate": _locate,
    "press": _press,
    "ask": _ask,
    "choose": _choose,
    "block": _block,
}
