"""The one mutable thing: every chat, file, menu and open question of the local chat."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.localchat import wire
from bot.localchat.api_error import bad_request
from bot.localchat.chat import Chat, group_chat, private_chat
from bot.localchat.events import Event, MessageGone, MessageShown, SceneChanged
from bot.localchat.files import Files
from bot.localchat.inline import InlineQuestion, MessagePlace
from bot.localchat.message import Message
from bot.localchat.people import Group, Person
from bot.localchat.profile import Profile
from bot.localchat.updates import Json, Updates

Clock = Callable[[], datetime]


@dataclass(slots=True)
class World:
    """All state of one local chat; it changes only through its methods and those of its parts."""

    bot: Person
    clock: Clock
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: Files = field(default_factory=Files)
    profile: Profile = field(default_factory=Profile)
    updates: Updates = field(default_factory=Updates)
    open_presses: dict[str, int] = field(default_factory=dict)
    inline_questions: dict[str, InlineQuestion] = field(default_factory=dict)
    inline_messages: dict[str, MessagePlace] = field(default_factory=dict)
    banner: str = ""
    _listeners: list[Callable[[Event], None]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def add_person(self, person: Person) -> None:
        """Let a person open a private chat with the bot."""
        self.people[person.id] = person
        self.chats[person.id] = private_chat(person)
        self.publish(SceneChanged())

    def add_group(self, group: Group) -> None:
        """Open a group with the bot in it; its members become known people."""
        for person in (*group.members, *group.admins):
            if person.id not in self.people:
                self.add_person(person)
        self.chats[group.id] = group_chat(group)
        self.publish(SceneChanged())

    def chat(self, chat_id: int) -> Chat:
        """Return a chat that exists, open to the bot or not.

        Raises:
            ApiError: there is none of this id.
        """
        if found := self.chats.get(chat_id):
            return found
        raise bad_request("chat not found")

    def open_chat(self, chat_id: int) -> Chat:
        """Return a chat that the bot may write to.

        Raises:
            ApiError: there is none, it moved, or the bot was blocked or removed.
        """
        chat = self.chat(chat_id)
        chat.check_open()
        return chat

    def post(self, message: Message) -> Message:
        """Put a new message into its chat and show it; return it with its id and time."""
        kept = self.chats[message.chat_id].keep(message, self.clock())
        self.publish(MessageShown(kept))
        return kept

    def change(self, message: Message) -> Message:
        """Replace a message by its edited form and show it; return it with the time of the edit."""
        edited = replace(message, edited_at=self.clock().replace(microsecond=0))
        self.chats[message.chat_id].messages[message.message_id] = edited
        self.publish(MessageShown(edited))
        return edited

    def remove(self, message: Message) -> None:
        """Take a message away."""
        del self.chats[message.chat_id].messages[message.message_id]
        self.publish(MessageGone(message.chat_id, message.message_id))

    def message_json(self, message: Message) -> Json:
        """Return a message of one of the chats as the Bot API writes it."""
        return wire.message_json(self.chats[message.chat_id], message)

    def new_number(self) -> int:
        """Return a number that was never returned before, for ids of queries and albums."""
        return next(self._numbers)

    def publish(self, event: Event) -> None:
        """Tell every listener what happened."""
        for listener in tuple(self._listeners):
            listener(event)

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; return the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


def new_world(bot: Person, people: Iterable[Person], groups: Iterable[Group], clock: Clock) -> World:
    """Return a world with these people and groups and no messages yet."""
    world = World(bot, clock)
    for person in people:
        world.add_person(person)
    for group in groups:
        world.add_group(group)
    return world
