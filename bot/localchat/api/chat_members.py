"""Who is in a chat, the bot's own membership, and the upgrade of a group (Bot API, "ChatMember")."""

from __future__ import annotations

from dataclasses import replace

from bot.localchat.api import wire
from bot.localchat.api.request_parameters import Json
from bot.localchat.state.chat import SUPERGROUP_IDS_END, Chat
from bot.localchat.state.chat_events import StateChanged
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import Message, Migration
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person

_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
)  # fmt: skip


def member_json(chat: Chat, person: Person) -> Json:
    """Return the ChatMember of a person or the bot in a chat."""
    member = {"user": wire.user_json(person), "status": _status(chat, person)}
    if member["status"] == "creator":
        return member | {"is_anonymous": False}
    if member["status"] == "administrator":
        return member | {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(_RIGHTS, True)
    return member


def _status(chat: Chat, person: Person) -> str:
    """Return a member's status; the first admin of a group is its creator."""
    if person.is_bot:
        if chat.forbidden_reason:
            return "kicked"
        return "administrator" if chat.bot_is_admin else "member"
    if person.id not in chat.members:
        return "left"
    if person.id not in chat.admin_ids:
        return "member"
    first_admin = next(person_id for person_id in chat.members if person_id in chat.admin_ids)
    return "creator" if person.id == first_admin else "administrator"


def set_forbidden(state: ServerState, chat: Chat, person: Person, reason: str) -> None:
    """Let a person block or remove the bot, with the reason that the 403 gives; an empty one lets it in again."""
    old = _bot_member_json(state, chat)
    chat.forbidden_reason = reason
    payload = {
        "chat": wire.chat_json(chat),
        "from": wire.user_json(person),
        "date": wire.unix_seconds(state.clock()),
        "old_chat_member": old,
        "new_chat_member": _bot_member_json(state, chat),
    }
    state.updates.add("my_chat_member", payload)
    state.events.publish(StateChanged())


def _bot_member_json(state: ServerState, chat: Chat) -> Json:
    member = member_json(chat, state.bot)
    return member | {"until_date": 0} if member["status"] == "kicked" else member


def upgrade_group(state: ServerState, chat_id: int) -> int:
    """Make a supergroup of a group; return the new chat's id.

    Raises:
        ApiError: there is no such group.
    """
    old = state.chat(chat_id)
    if old.kind != "group" or old.migrated_to:
        raise bad_request("chat is not a group")
    new_id = SUPERGROUP_IDS_END + chat_id
    person = next(iter(old.members.values()))
    state.chats[new_id] = replace(old, id=new_id, kind="supergroup", messages={}, last_message_id=0)
    for draft in (
        Message(old.id, person, migration=Migration(to_chat_id=new_id)),
        Message(new_id, person, migration=Migration(from_chat_id=old.id)),
    ):
        message = state.post(draft)
        state.updates.add("message", wire.message_json(state.chats[message.chat_id], message))
    old.migrated_to = new_id
    state.events.publish(StateChanged())
    return new_id
