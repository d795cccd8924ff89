"""One chat: its members, its messages and whether the bot may write to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.localchat.state.error_responses import ApiError, bad_request, forbidden
from bot.localchat.state.message import Message
from bot.localchat.state.users import Group, Person

MAX_MESSAGES = 2_000
SUPERGROUP_IDS_END = -1_000_000_000_000


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's) or a group, with its newest 2,000 messages.

    `forbidden_reason` is what Telegram's 403 says where the bot was blocked or removed.
    """

    id: int
    kind: str
    title: str
    members: dict[int, Person]
    admin_ids: set[int] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    bot_is_admin: bool = False
    forbidden_reason: str = ""
    migrated_to: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0

    def check_writable(self) -> None:
        """Check that the bot may write to this chat.

        Raises:
            ApiError: 403 with `forbidden_reason`, or 400 with the id that the group migrated to.
        """
        if self.migrated_to:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, reason, migrate_to=self.migrated_to)
        if self.forbidden_reason:
            raise forbidden(self.forbidden_reason)

    def add(self, message: Message, now: datetime) -> Message:
        """Add a message; return it with its id and time (UTC, whole seconds as on Telegram)."""
        self.last_message_id += 1
        added = replace(message, message_id=self.last_message_id, date=now.replace(microsecond=0))
        self.messages[added.message_id] = added
        if len(self.messages) > MAX_MESSAGES:
            del self.messages[next(iter(self.messages))]
        return added

    def message(self, message_id: int, what: str) -> Message:
        """Return a message; `what` names it in the error ("message to edit").

        Raises:
            ApiError: it was deleted or never was.
        """
        if found := self.messages.get(message_id):
            return found
        raise bad_request(f"{what} not found")

    def check_member(self, person: Person) -> None:
        """Check that a person is in the chat.

        Raises:
            ApiError: they are not.
        """
        if person.id not in self.members:
            raise bad_request("user is not a member of the chat")

    def check_topic(self, thread_id: int | None) -> None:
        """Check that a forum topic exists.

        Raises:
            ApiError: it does not.
        """
        if thread_id is not None and thread_id not in self.topics:
            raise bad_request("message thread not found")


def private_chat(person: Person) -> Chat:
    """Return the chat of a person with the bot."""
    return Chat(person.id, "private", person.name, {person.id: person})


def group_chat(group: Group) -> Chat:
    """Return the chat of a group."""
    kind = "supergroup" if group.id < SUPERGROUP_IDS_END else "group"
    members = {person.id: person for person in (*group.members, *group.admins)}
    admin_ids = {person.id for person in group.admins}
    topics = {topic.id: topic.name for topic in group.topics}
    return Chat(group.id, kind, group.title, members, admin_ids, topics, group.bot_is_admin)
