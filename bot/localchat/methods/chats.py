"""Methods about chats, their members and files (Bot API, "Available methods": get...)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.localchat import limits, wire
from bot.localchat.api_error import bad_request
from bot.localchat.chat import Chat
from bot.localchat.events import SceneChanged
from bot.localchat.methods.method import Method
from bot.localchat.parameters import Parameters
from bot.localchat.people import Person
from bot.localchat.updates import Json
from bot.localchat.world import World

_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip


def get_chat(world: World, parameters: Parameters) -> Json:
    """Return a ChatFullInfo."""
    chat = world.open_chat(parameters.required_integer("chat_id"))
    fixed = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _no_gifts()}
    return wire.chat_json(chat) | fixed


def _no_gifts() -> Json:
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return dict.fromkeys(kinds, False)


def get_chat_member(world: World, parameters: Parameters) -> Json:
    """Return a ChatMember; who is not in the chat but known has left it.

    Raises:
        ApiError: the chat or the person is not known.
    """
    chat = world.open_chat(parameters.required_integer("chat_id"))
    user_id = parameters.required_integer("user_id")
    if user_id == world.bot.id:
        return member_json(chat, world.bot)
    person = world.people.get(user_id)
    if person is None:
        raise bad_request("user not found")
    return member_json(chat, person)


def get_chat_administrators(world: World, parameters: Parameters) -> Json:
    """Return the ChatMembers who are admins."""
    chat = _group(world, parameters)
    admins = [chat.members[person_id] for person_id in chat.members if person_id in chat.admin_ids]
    return [member_json(chat, person) for person in admins + ([world.bot] if chat.bot_is_admin else [])]


def get_chat_member_count(world: World, parameters: Parameters) -> Json:
    """Return the number of members, the bot among them."""
    return len(world.open_chat(parameters.required_integer("chat_id")).members) + 1


def leave_chat(world: World, parameters: Parameters) -> Json:
    """Leave a group."""
    chat = _group(world, parameters)
    chat.closed_because = f"bot is not a member of the {chat.kind} chat"
    world.publish(SceneChanged())
    return True


def get_file(world: World, parameters: Parameters) -> Json:
    """Return a File with the path to download it from.

    Raises:
        ApiError: the file is not known or larger than 20 MB.
    """
    if not parameters.text("file_id"):
        raise bad_request("file_id not specified")
    stored = world.files.get(parameters.text("file_id"))
    if stored.size_bytes > limits.DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return wire.file_json(stored)


def member_json(chat: Chat, person: Person) -> Json:
    """Return the ChatMember of a person or the bot in a chat."""
    member = {"user": wire.user_json(person), "status": _status(chat, person)}
    if member["status"] == "creator":
        return member | {"is_anonymous": False}
    if member["status"] == "administrator":
        return member | {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    return member


def _status(chat: Chat, person: Person) -> str:
    """Return a person's standing; the first admin of a group is its creator."""
    if person.is_bot:
        if chat.closed_because:
            return "kicked"
        return "administrator" if chat.bot_is_admin else "member"
    if person.id not in chat.members:
        return "left"
    if person.id not in chat.admin_ids:
        return "member"
    first_admin = next(person_id for person_id in chat.members if person_id in chat.admin_ids)
    return "creator" if person.id == first_admin else "administrator"


def _group(world: World, parameters: Parameters) -> Chat:
    chat = world.open_chat(parameters.required_integer("chat_id"))
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
