"""Methods about the bot itself: its user, command menus, name and descriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from bot.localchat.api import wire
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state import limits
from bot.localchat.state.bot_profile import Command, Scope
from bot.localchat.state.chat_events import StateChanged
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.server_state import ServerState

_COMMAND = re.compile(rf"[a-z0-9_]{{1,{limits.COMMAND_LENGTH}}}")
_SCOPES = frozenset({
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
    "chat", "chat_administrators", "chat_member",
})  # fmt: skip
_TEXT_LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def get_me(state: ServerState, _: Parameters) -> Json:
    """Return the bot's User."""
    return wire.bot_json(state.bot)


def set_my_commands(state: ServerState, parameters: Parameters) -> Json:
    """Set the command menu of a scope and language.

    Raises:
        ApiError: a name, a description or the scope is wrong, or there are more than 100 commands.
    """
    commands = tuple(map(_command, parameters.json_objects("commands")))
    if len(commands) > limits.COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    state.profile.menus[_scope(state, parameters), parameters.text("language_code")] = commands
    state.events.publish(StateChanged())
    return True


def get_my_commands(state: ServerState, parameters: Parameters) -> Json:
    """Return the command menu of a scope and language."""
    commands = state.profile.menus.get((_scope(state, parameters), parameters.text("language_code")), ())
    return [{"command": command.name, "description": command.description} for command in commands]


def delete_my_commands(state: ServerState, parameters: Parameters) -> Json:
    """Delete the command menu of a scope and language."""
    state.profile.menus.pop((_scope(state, parameters), parameters.text("language_code")), None)
    state.events.publish(StateChanged())
    return True


def _command(command: Parameters) -> Command:
    name, description = command.text("command").removeprefix("/"), command.text("description").strip()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description or len(description) > limits.COMMAND_DESCRIPTION_LENGTH:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return Command(name, description)


def _scope(state: ServerState, parameters: Parameters) -> Scope:
    scope = parameters.json_object("scope")
    kind = scope.text("type", "default")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    chat_id = scope.integer("chat_id")
    if kind in ("chat", "chat_administrators", "chat_member"):
        state.chat(chat_id)
    return Scope(kind, chat_id, scope.integer("user_id"))


def _set_text(name: str, state: ServerState, parameters: Parameters) -> Json:
    text = parameters.text(name)
    if len(text) > _TEXT_LENGTHS[name]:
        raise bad_request(f"BOT_{name.upper()}_TOO_LONG")
    state.profile.texts[name, parameters.text("language_code")] = text
    state.events.publish(StateChanged())
    return True


def _get_text(name: str, state: ServerState, parameters: Parameters) -> Json:
    return {name: state.profile.text(name, parameters.text("language_code"))}


def _accept(_: ServerState, __: Parameters) -> Json:
    """Accept what has no effect here."""
    return True


METHODS: Final[Mapping[str, Method]] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": partial(_set_text, "name"),
    "getMyName": partial(_get_text, "name"),
    "setMyDescription": partial(_set_text, "description"),
    "getMyDescription": partial(_get_text, "description"),
    "setMyShortDescription": partial(_set_text, "short_description"),
    "getMyShortDescription": partial(_get_text, "short_description"),
    "setChatMenuButton": _accept,
    "logOut": _accept,
    "close": _accept,
}
