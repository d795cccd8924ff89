"""Methods about chats, their members and files (Bot API, "Available methods": get...)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.localchat.api import wire
from bot.localchat.api.chat_members import member_json
from bot.localchat.api.request_parameters import Json, Method, Parameters
from bot.localchat.state import limits
from bot.localchat.state.chat import Chat
from bot.localchat.state.chat_events import StateChanged
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.server_state import ServerState


def get_chat(state: ServerState, parameters: Parameters) -> Json:
    """Return a ChatFullInfo."""
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    fixed = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _no_gifts()}
    return wire.chat_json(chat) | fixed


def _no_gifts() -> Json:
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return dict.fromkeys(kinds, False)


def get_chat_member(state: ServerState, parameters: Parameters) -> Json:
    """Return a ChatMember; the status of a known person who is not in the chat is "left".

    Raises:
        ApiError: the chat or the person is not known.
    """
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    user_id = parameters.required_integer("user_id")
    if user_id == state.bot.id:
        return member_json(chat, state.bot)
    person = state.people.get(user_id)
    if person is None:
        raise bad_request("user not found")
    return member_json(chat, person)


def get_chat_administrators(state: ServerState, parameters: Parameters) -> Json:
    """Return the ChatMembers who are administrators."""
    chat = _group(state, parameters)
    admins = [chat.members[person_id] for person_id in chat.members if person_id in chat.admin_ids]
    return [member_json(chat, person) for person in admins + ([state.bot] if chat.bot_is_admin else [])]


def get_chat_member_count(state: ServerState, parameters: Parameters) -> Json:
    """Return the number of members, the bot among them."""
    return len(state.writable_chat(parameters.required_integer("chat_id")).members) + 1


def leave_chat(state: ServerState, parameters: Parameters) -> Json:
    """Leave a group."""
    chat = _group(state, parameters)
    chat.forbidden_reason = f"bot is not a member of the {chat.kind} chat"
    state.events.publish(StateChanged())
    return True


def get_file(state: ServerState, parameters: Parameters) -> Json:
    """Return a File with the path to download it from.

    Raises:
        ApiError: the file is not known or larger than 20 MB.
    """
    if not parameters.text("file_id"):
        raise bad_request("file_id not specified")
    stored = state.files.get(parameters.text("file_id"))
    if stored.size_bytes > limits.DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return wire.file_json(stored)


def _group(state: ServerState, parameters: Parameters) -> Chat:
    chat = state.writable_chat(parameters.required_integer("chat_id"))
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return chat


METHODS: Final[Mapping[str, Method]] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "getFile": get_file,
}
