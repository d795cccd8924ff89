"""The local chat as the demo and the tests drive it: start it, act as a person, wait for what the bot does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self, TypeVar

from bot.localchat.api.bot_api import BotApi
from bot.localchat.api.chat_members import upgrade_group
from bot.localchat.api.faults import Faults
from bot.localchat.api.journal import Journal
from bot.localchat.api.rate_limits import RateLimiter, RateLimits
from bot.localchat.api.webhook_sender import WebhookSender
from bot.localchat.people import bot_membership, message_actions, query_actions
from bot.localchat.server import LOOPBACK, Server
from bot.localchat.state.chat_events import CallbackQueryAnswered, Event, StateChanged
from bot.localchat.state.files import Upload
from bot.localchat.state.message import FormattedText, Location, Message
from bot.localchat.state.queries import InlineResult
from bot.localchat.state.server_state import Clock, ServerState, new_state
from bot.localchat.state.users import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, Group, Person

Place = Person | Group | int
_Found = TypeVar("_Found")
_TIMEOUT_S = 60.0


def utc_now() -> datetime:
    """Return the time of the machine's clock in UTC."""
    return datetime.now(UTC)


class LocalChat:
    """A Bot API server on 127.0.0.1 with its page, in the caller's event loop.

    A place is a person (their private chat with the bot), a group, or a chat id. `rate_limits` switches
    strict mode on. `clock` gives UTC times to messages, journal and limits.
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
        self.state: ServerState = new_state(bot, people, groups, clock)
        self.faults = Faults()
        self._changed = asyncio.Event()
        self.journal = Journal(self._changed.set)
        self._answers: list[CallbackQueryAnswered] = []
        self._port = port
        limiter = RateLimiter(rate_limits) if rate_limits else None
        self._server = Server(BotApi(self.state, self.token, self.journal, self.faults, limiter))
        self._webhook = WebhookSender(self.state)
        self._delivery: asyncio.Task[None] | None = None
        self.state.events.listen(self._on_event)

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
        """Stop listening and end open requests; the state stays readable."""
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
        """Show a line above the page's chat, such as "simulated prices"; an empty one removes it."""
        self.state.banner = text
        self.state.events.publish(StateChanged())

    def write(
        self, place: Place, person: Person, text: str, *, reply_to: Message | None = None, topic: int | None = None
    ) -> Message:
        """Send a text as a person.

        Raises:
            ApiError: the person is not in the chat, or the text is empty or too long.
        """
        draft = Message(_id(place), person, body=FormattedText(text), thread_id=topic)
        return message_actions.send_message(
            self.state, replace(draft, reply_to=reply_to.message_id if reply_to else None)
        )

    def send_location(self, place: Place, person: Person, latitude: float, longitude: float) -> Message:
        """Share a location (degrees) as a person.

        Raises:
            ApiError: the person is not in the chat.
        """
        return message_actions.send_location(self.state, _id(place), person, Location(latitude, longitude))

    def send_photo(self, place: Place, person: Person, image: bytes) -> Message:
        """Send a photo as a person.

        Raises:
            ApiError: it is no image, or exceeds a limit.
        """
        photo = self.state.files.add_photo(Upload("photo", "", image))
        return message_actions.send_message(self.state, Message(_id(place), person, photo=photo))

    def edit(self, message: Message, text: str) -> Message:
        """Edit a person's own text.

        Raises:
            ApiError: the text is empty or too long.
        """
        return message_actions.edit_text(self.state, message, text)

    def press(self, message: Message, label: str, person: Person | None = None) -> str:
        """Press the button with this text, as the private chat's person or another; return the callback query's id.

        Raises:
            LookupError: there is no such button, or nobody named to press one in a group.
            ApiError: the button has no callback data.
        """
        button = next((button for button in message.buttons if button.text == label), None)
        presser = person or self.state.people.get(message.chat_id)
        if button is None or presser is None:
            raise LookupError(f"no {label!r} among {[b.text for b in message.buttons]}, or nobody to press it")
        return query_actions.press_button(self.state, presser, message, button)

    async def ask_inline(self, place: Place, person: Person, query: str) -> Sequence[InlineResult]:
        """Type `@bot query` as a person; return the bot's results.

        Raises:
            TimeoutError: the bot does not answer.
        """
        query_id = query_actions.ask_inline(self.state, person, _id(place), query)
        queries = self.state.queries.inline
        await self.wait_for(lambda: queries[query_id].results is not None)
        return queries[query_id].results or ()

    def block(self, person: Person, reason: str = bot_membership.BLOCKED) -> None:
        """Block the bot as a person: from now on every send to them is a 403 with this reason."""
        bot_membership.block_bot(self.state, person, reason)

    def unblock(self, person: Person) -> None:
        """Unblock the bot as a person."""
        bot_membership.unblock_bot(self.state, person)

    def remove_bot(self, group: Place, person: Person) -> None:
        """Remove the bot from a group as a person."""
        bot_membership.remove_bot(self.state, _id(group), person)

    def add_bot(self, group: Place, person: Person) -> None:
        """Add the bot to a group again as a person."""
        bot_membership.add_bot(self.state, _id(group), person)

    def upgrade_group(self, group: Place) -> int:
        """Make a supergroup of a group; return the id of the new chat."""
        return upgrade_group(self.state, _id(group))

    def messages(self, place: Place) -> tuple[Message, ...]:
        """Return a chat's messages as they are now, oldest first."""
        return tuple(self.state.chat(_id(place)).messages.values())

    def bot_messages(self, place: Place) -> tuple[Message, ...]:
        """Return the bot's own messages in a chat, oldest first."""
        return tuple(m for m in self.messages(place) if m.sender.id == self.state.bot.id)

    def answers(self, person: Person) -> tuple[CallbackQueryAnswered, ...]:
        """Return the bot's answers to a person's callback queries, oldest first."""
        return tuple(answer for answer in self._answers if answer.person_id == person.id)

    async def wait_for(self, predicate: Callable[[], _Found], seconds: float = _TIMEOUT_S) -> _Found:
        """Return the predicate's value as soon as it is true; it is called again after every event and request.

        Raises:
            TimeoutError: it stays false; the error shows the last messages and requests.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := predicate()):
                    self._changed.clear()
                    await self._changed.wait()
                return found
        except TimeoutError as error:
            raise TimeoutError(f"not within {seconds} s; {self._recent_activity()}") from error

    def _on_event(self, event: Event) -> None:
        if isinstance(event, CallbackQueryAnswered):
            self._answers.append(event)
        self._changed.set()

    def _recent_activity(self) -> str:
        last = [next(reversed(chat.messages.values())) for chat in self.state.chats.values() if chat.messages]
        messages = "; ".join(f"{m.sender.first_name} in {m.chat_id}: {m.text[:200]!r}" for m in last[-5:])
        requests = "; ".join(f"{e.method} {e.code} {e.outcome}" for e in list(self.journal)[-5:])
        return f"last messages: {messages or 'none'}; last requests: {requests or 'none'}"


def _id(place: Place) -> int:
    return place if isinstance(place, int) else place.id
