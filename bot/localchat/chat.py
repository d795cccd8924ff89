"""One chat: its people, its messages and whether the bot may still write to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.localchat.api_error import ApiError, bad_request, forbidden
from bot.localchat.message import Message
from bot.localchat.people import Group, Person

KEPT_MESSAGES = 2_000
SUPERGROUP_IDS_END = -1_000_000_000_000


@dataclass(slots=True)
class Chat:
    """A private chat (its id is the person's) or a group, with the messages it still keeps."""

    id: int
    kind: str
    title: str
    members: dict[int, Person]
    admin_ids: set[int] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    bot_is_admin: bool = False
    closed_because: str = ""
    migrated_to: int = 0
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0

    def check_open(self) -> None:
        """Check that the bot may write here.

        Raises:
            ApiError: 403 with the reason that closed the chat, or 400 with the id that the group moved to.
        """
        if self.migrated_to:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, reason, migrate_to=self.migrated_to)
        if self.closed_because:
            raise forbidden(self.closed_because)

    def keep(self, message: Message, now: datetime) -> Message:
        """Give a new message its id and time (UTC, whole seconds as on Telegram) and keep it."""
        self.last_message_id += 1
        kept = replace(message, message_id=self.last_message_id, date=now.replace(microsecond=0))
        self.messages[kept.message_id] = kept
        if len(self.messages) > KEPT_MESSAGES:
            del self.messages[next(iter(self.messages))]
        return kept

    def message(self, message_id: int, what: str) -> Message:
        """Return a message that is still here; `what` names it in the refusal ("message to edit").

        Raises:
            ApiError: it is not here.
        """
        if found := self.messages.get(message_id):
            return found
        raise bad_request(f"{what} not found")

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
    """Return the chat of a group as it is configured."""
    kind = "supergroup" if group.id < SUPERGROUP_IDS_END else "group"
    members = {person.id: person for person in (*group.members, *group.admins)}
    admin_ids = {person.id for person in group.admins}
    topics = {topic.id: topic.name for topic in group.topics}
    return Chat(group.id, kind, group.title, members, admin_ids, topics, group.bot_is_admin)
