"""The state of one server: every chat, file, menu, update and query."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.localchat.state.bot_profile import BotProfile
from bot.localchat.state.chat import Chat, group_chat, private_chat
from bot.localchat.state.chat_events import EventPublisher, MessageDeleted, MessageUpdated, StateChanged
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.files import Files
from bot.localchat.state.message import Message
from bot.localchat.state.queries import Queries
from bot.localchat.state.update_queue import UpdateQueue
from bot.localchat.state.users import Group, Person

Clock = Callable[[], datetime]


@dataclass(slots=True)
class ServerState:
    """All that the server knows; `clock` gives UTC times."""

    bot: Person
    clock: Clock
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    profile: BotProfile = field(default_factory=BotProfile)
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    queries: Queries = field(default_factory=Queries)
    events: EventPublisher = field(default_factory=EventPublisher)
    banner: str = ""
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add_person(self, person: Person) -> None:
        """Add a person and their private chat with the bot."""
        self.people[person.id] = person
        self.chats[person.id] = private_chat(person)
        self.events.publish(StateChanged())

    def add_group(self, group: Group) -> None:
        """Add a group with the bot in it, and those of its members who are not known yet."""
        for person in (*group.members, *group.admins):
            if person.id not in self.people:
                self.add_person(person)
        self.chats[group.id] = group_chat(group)
        self.events.publish(StateChanged())

    def chat(self, chat_id: int) -> Chat:
        """Return a chat, whether or not the bot may write to it.

        Raises:
            ApiError: there is none of this id.
        """
        if found := self.chats.get(chat_id):
            return found
        raise bad_request("chat not found")

    def writable_chat(self, chat_id: int) -> Chat:
        """Return a chat that the bot may write to.

        Raises:
            ApiError: there is none, it migrated, or the bot was blocked or removed.
        """
        chat = self.chat(chat_id)
        chat.check_writable()
        return chat

    def post(self, message: Message) -> Message:
        """Add a new message to its chat; return it with its id and time."""
        posted = self.chats[message.chat_id].add(message, self.clock())
        self.events.publish(MessageUpdated(posted))
        return posted

    def edit(self, message: Message) -> Message:
        """Replace the message of the same id; return it with the time of the edit."""
        edited = replace(message, edited_at=self.clock().replace(microsecond=0))
        self.chats[message.chat_id].messages[message.message_id] = edited
        self.events.publish(MessageUpdated(edited))
        return edited

    def delete(self, message: Message) -> None:
        """Delete a message."""
        del self.chats[message.chat_id].messages[message.message_id]
        self.events.publish(MessageDeleted(message.chat_id, message.message_id))

    def next_id(self) -> str:
        """Return a fresh id for a query or an album."""
        return str(next(self._ids))


def new_state(bot: Person, people: Iterable[Person], groups: Iterable[Group], clock: Clock) -> ServerState:
    """Return a state with these people and groups and no messages yet."""
    state = ServerState(bot, clock)
    for person in people:
        state.add_person(person)
    for group in groups:
        state.add_group(group)
    return state
