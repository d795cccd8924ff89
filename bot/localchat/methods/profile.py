"""Methods about the bot itself: who it is, its command menus and descriptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from bot.localchat import limits, wire
from bot.localchat.api_error import bad_request
from bot.localchat.events import SceneChanged
from bot.localchat.methods.method import Method
from bot.localchat.parameters import Parameters
from bot.localchat.profile import Command, Scope
from bot.localchat.updates import Json
from bot.localchat.world import World

_COMMAND = re.compile(rf"[a-z0-9_]{{1,{limits.COMMAND_LENGTH}}}")
_SCOPES = frozenset({
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators",
    "chat", "chat_administrators", "chat_member",
})  # fmt: skip
_TEXT_LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Parameters) -> Json:
    """Return the bot's User."""
    return wire.bot_json(world.bot)


def set_my_commands(world: World, parameters: Parameters) -> Json:
    """Set the command menu of a scope and language.

    Raises:
        ApiError: a name, a description or the scope is wrong, or there are more than 100 commands.
    """
    commands = tuple(map(_command, parameters.records("commands")))
    if len(commands) > limits.COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile.menus[_scope(world, parameters), parameters.text("language_code")] = commands
    world.publish(SceneChanged())
    return True


def get_my_commands(world: World, parameters: Parameters) -> Json:
    """Return the command menu of a scope and language."""
    commands = world.profile.menus.get((_scope(world, parameters), parameters.text("language_code")), ())
    return [{"command": command.name, "description": command.description} for command in commands]


def delete_my_commands(world: World, parameters: Parameters) -> Json:
    """Delete the command menu of a scope and language."""
    world.profile.menus.pop((_scope(world, parameters), parameters.text("language_code")), None)
    world.publish(SceneChanged())
    return True


def _command(written: Parameters) -> Command:
    name, description = written.text("command").removeprefix("/"), written.text("description").strip()
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description or len(description) > limits.COMMAND_DESCRIPTION_LENGTH:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return Command(name, description)


def _scope(world: World, parameters: Parameters) -> Scope:
    written = parameters.record("scope")
    kind = written.text("type", "default")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    chat_id = written.integer("chat_id")
    if kind in ("chat", "chat_administrators", "chat_member"):
        world.chat(chat_id)
    return Scope(kind, chat_id, written.integer("user_id"))


def _set_text(name: str, world: World, parameters: Parameters) -> Json:
    text = parameters.text(name)
    if len(text) > _TEXT_LENGTHS[name]:
        raise bad_request(f"BOT_{name.upper()}_TOO_LONG")
    world.profile.texts[name, parameters.text("language_code")] = text
    world.publish(SceneChanged())
    return True


def _get_text(name: str, world: World, parameters: Parameters) -> Json:
    return {name: world.profile.text(name, parameters.text("language_code"))}


def _done(_: World, __: Parameters) -> Json:
    """Accept what has no effect here: leaving the public server, the default menu button."""
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
    "setChatMenuButton": _done,
    "logOut": _done,
    "close": _done,
}
