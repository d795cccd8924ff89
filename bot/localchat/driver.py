"""The local chat as the demo and the tests drive it: start it, be a person in it, wait for what the bot does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self, TypeVar

from bot.localchat import acts
from bot.localchat.bot_api import BotApi
from bot.localchat.events import Event, PressAnswered, SceneChanged
from bot.localchat.faults import Faults
from bot.localchat.files import Upload
from bot.localchat.inline import InlineResult
from bot.localchat.journal import Journal
from bot.localchat.message import FormattedText, Location, Message
from bot.localchat.people import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, Group, Person
from bot.localchat.rate_limits import RateLimiter, RateLimits
from bot.localchat.server import LOOPBACK, Server
from bot.localchat.webhook import WebhookSender
from bot.localchat.world import Clock, World, new_world

Place = Person | Group | int
_Found = TypeVar("_Found")
_PATIENCE_SECONDS = 60.0


def utc_now() -> datetime:
    """Return the time of the machine's clock in UTC."""
    return datetime.now(UTC)


class LocalChat:
    """A Bot API server on 127.0.0.1 with its page, in the caller's event loop.

    A place is a person (their private chat with the bot), a group, or a chat id. `rate_limits` switches the strict
    mode on. `clock` gives UTC times to messages, journal and limits.
    """

    def __init__(
        self,
        people: Iterable[Person] = (ADA, BEN),
        groups: Iterable[Group] = (SUNDAY_INVESTORS,),
        *,
        bot: Person = DEMO_BOT,
        token: str = "",
        port: int = 0,
        rate_limits: RateLimits | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Prepare the chat; an empty token means a fresh random one, port 0 a free one."""
        self.token = token or f"{bot.id}:{secrets.token_urlsafe(26)}"
        self.world: World = new_world(bot, people, groups, clock)
        self.faults = Faults()
        self._changed = asyncio.Event()
        self.journal = Journal(self._changed.set)
        self._answers: list[PressAnswered] = []
        self._port = port
        limiter = RateLimiter(rate_limits) if rate_limits else None
        self._server = Server(BotApi(self.world, self.token, self.journal, self.faults, limiter))
        self._webhook = WebhookSender(self.world)
        self._delivery: asyncio.Task[None] | None = None
        self.world.listen(self._hear)

    @property
    def url(self) -> str:
        """The root of the server: the page's address, and what `TELEGRAM_API_URL` wants."""
        return f"http://{LOOPBACK}:{self._port}"

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self._port = self._server.start(self._port)
        self._delivery = asyncio.create_task(self._webhook.run())

    async def stop(self) -> None:
        """Stop listening, end open requests and forget nothing."""
        if self._delivery:
            self._delivery.cancel()
            await asyncio.wait([self._delivery])
        await self._server.stop()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def set_banner(self, text: str) -> None:
        """Show a line above the page's chat, such as "simulated prices"; an empty one takes it away."""
        self.world.banner = text
        self.world.publish(SceneChanged())

    def say(
        self, place: Place, person: Person, text: str, *, reply_to: Message | None = None, topic: int | None = None
    ) -> Message:
        """Write a text as a person.

        Raises:
            ApiError: the person is not in the chat, or the text is empty or too long.
        """
        draft = Message(_id(place), person, body=FormattedText(text), thread_id=topic)
        return acts.write(self.world, replace(draft, reply_to=reply_to.message_id if reply_to else None))

    def send_location(self, place: Place, person: Person, latitude: float, longitude: float) -> Message:
        """Share a location (degrees) as a person.

        Raises:
            ApiError: the person is not in the chat.
        """
        return acts.locate(self.world, _id(place), person, Location(latitude, longitude))

    def send_photo(self, place: Place, person: Person, image: bytes) -> Message:
        """Send a photo as a person.

        Raises:
            ApiError: it is no photo that Telegram takes.
        """
        photo = self.world.files.add_photo(Upload("photo", "", image))
        return acts.write(self.world, Message(_id(place), person, photo=photo))

    def edit(self, message: Message, text: str) -> Message:
        """Edit a person's own text.

        Raises:
            ApiError: the text is empty or too long.
        """
        return acts.rewrite(self.world, message, text)

    def press(self, message: Message, label: str, person: Person | None = None) -> str:
        """Press the button with this text, as the private chat's person or another; return the query's id.

        Raises:
            LookupError: there is no such button, or nobody named to press one in a group.
            ApiError: the button has no callback data.
        """
        button = next((button for button in message.buttons if button.text == label), None)
        presser = person or self.world.people.get(message.chat_id)
        if button is None or presser is None:
            raise LookupError(f"no {label!r} among {[b.text for b in message.buttons]}, or nobody to press it")
        return acts.press(self.world, presser, message, button)

    async def ask_inline(self, place: Place, person: Person, query: str) -> Sequence[InlineResult]:
        """Type `@bot query` as a person; return the bot's results, whose choice `choose_inline` sends.

        Raises:
            TimeoutError: the bot does not answer.
        """
        question_id = acts.ask_inline(self.world, person, _id(place), query)
        question = self.world.inline_questions[question_id]
        await self.wait_for(lambda: question.results is not None)
        return question.results or ()

    def block(self, person: Person, reason: str = "bot was blocked by the user") -> None:
        """Let a person block the bot: from now on every send to them is a 403 with this reason."""
        acts.close_to_bot(self.world, person.id, person, reason)

    def unblock(self, person: Person) -> None:
        """Let a person take the bot back."""
        acts.open_to_bot(self.world, person.id, person)

    def remove_bot(self, group: Place, person: Person) -> None:
        """Let a person remove the bot from a group."""
        kind = self.world.chat(_id(group)).kind
        acts.close_to_bot(self.world, _id(group), person, f"bot was kicked from the {kind} chat")

    def upgrade_group(self, group: Place) -> int:
        """Make a supergroup of a group; return the id of the new chat."""
        return acts.upgrade_group(self.world, _id(group))

    def messages(self, place: Place) -> tuple[Message, ...]:
        """Return a chat's messages as they stand now, oldest first."""
        return tuple(self.world.chat(_id(place)).messages.values())

    def bot_messages(self, place: Place) -> tuple[Message, ...]:
        """Return the bot's own messages in a chat, oldest first."""
        return tuple(m for m in self.messages(place) if m.sender.id == self.world.bot.id)

    def answers(self, person: Person) -> tuple[PressAnswered, ...]:
        """Return the bot's answers to a person's presses, oldest first."""
        return tuple(answer for answer in self._answers if answer.person_id == person.id)

    async def wait_for(self, predicate: Callable[[], _Found], seconds: float = _PATIENCE_SECONDS) -> _Found:
        """Return the predicate's value as soon as it is true; it is asked again whenever anything happens.

        Raises:
            TimeoutError: it stays false; the message shows what the chats last said.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := predicate()):
                    self._changed.clear()
                    await self._changed.wait()
                return found
        except TimeoutError as error:
            raise TimeoutError(f"not within {seconds} s; {self._last_said()}") from error

    def _hear(self, event: Event) -> None:
        if isinstance(event, PressAnswered):
            self._answers.append(event)
        self._changed.set()

    def _last_said(self) -> str:
        last = [next(reversed(chat.messages.values())) for chat in self.world.chats.values() if chat.messages]
        said = "; ".join(f"{m.sender.first_name} in {m.chat_id}: {m.text[:200]!r}" for m in last[-5:])
        requests = "; ".join(f"{e.method} {e.code} {e.outcome}" for e in list(self.journal)[-5:])
        return f"last messages: {said or 'none'}; last requests: {requests or 'none'}"


def _id(place: Place) -> int:
    return place if isinstance(place, int) else place.id
