"""Users and groups, and those of the demo."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A Telegram user, or the bot itself; a person's private chat with the bot has the same id."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    is_bot: bool = False

    @property
    def name(self) -> str:
        """The first and last name."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Topic:
    """A forum topic of a supergroup; its id is the `message_thread_id`."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is when the server starts; the bot is a member of it.

    The id is negative; an id below -1000000000000 is a supergroup, as on Telegram. Only a supergroup has topics.
    """

    id: int
    title: str
    members: tuple[Person, ...]
    admins: tuple[Person, ...] = ()
    topics: tuple[Topic, ...] = ()
    bot_is_admin: bool = False


ADA = Person(id=5210034611, first_name="Ada", username="ada_demo")
BEN = Person(id=6120475832, first_name="Ben", username="ben_demo")
SUNDAY_INVESTORS = Group(id=-4630571928, title="Sunday investors", members=(ADA, BEN), admins=(ADA,))
DEMO_BOT = Person(id=7104482915, first_name="Fanchart", username="fanchart_local_bot", is_bot=True)
