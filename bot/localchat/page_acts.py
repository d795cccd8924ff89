"""What a person can do on the page, by name; each takes the world and the act's parameters."""

from __future__ import annotations

from collections.abc import Callable

from bot.localchat import acts
from bot.localchat.api_error import bad_request
from bot.localchat.message import FormattedText, Location, Message
from bot.localchat.parameters import Parameters
from bot.localchat.people import Person
from bot.localchat.updates import Json
from bot.localchat.world import World


def _person(world: World, parameters: Parameters) -> Person:
    person = world.people.get(parameters.integer("person"))
    if person is None:
        raise bad_request("user not found")
    return person


def _say(world: World, parameters: Parameters) -> Json:
    body = FormattedText(parameters.text("text"))
    draft = Message(
        parameters.integer("chat"),
        _person(world, parameters),
        body=body,
        reply_to=parameters.optional_integer("reply_to"),
        thread_id=parameters.optional_integer("topic"),
    )
    return acts.write(world, draft).message_id


def _locate(world: World, parameters: Parameters) -> Json:
    place = Location(parameters.number("latitude"), parameters.number("longitude"))
    return acts.locate(world, parameters.integer("chat"), _person(world, parameters), place).message_id


def _press(world: World, parameters: Parameters) -> Json:
    chat = world.chat(parameters.integer("chat"))
    message = chat.message(parameters.integer("message"), "message")
    buttons = [button for button in message.buttons if button.callback_data == parameters.text("data")]
    if not buttons:
        raise bad_request("BUTTON_DATA_INVALID")
    return acts.press(world, _person(world, parameters), message, buttons[0])


def _ask(world: World, parameters: Parameters) -> Json:
    return acts.ask_inline(world, _person(world, parameters), parameters.integer("chat"), parameters.text("query"))


def _choose(world: World, parameters: Parameters) -> Json:
    return acts.choose_inline(world, parameters.text("question"), parameters.text("result")).message_id


def _block(world: World, parameters: Parameters) -> Json:
    person = _person(world, parameters)
    if parameters.flag("blocked"):
        acts.close_to_bot(world, person.id, person, "bot was blocked by the user")
    else:
        acts.open_to_bot(world, person.id, person)
    return True


ACTS: dict[str, Callable[[World, Parameters], Json]] = {
    "say": _say,
    "locate": _locate,
    "press": _press,
    "ask": _ask,
    "choose": _choose,
    "block": _block,
}
