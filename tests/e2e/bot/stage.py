"""The real bot over HTTP against the local chat, on generated CSV files: what the chat tests stand on."""

import csv
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import AnyHttpUrl, SecretStr

import storage
from bot.app import App, Patience, build
from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Group, LocalChat, Message, Person
from bot.settings import Settings
from forecasting.model.artefact import base_artefact, dump, load
from forecasting.ports import PriceSource, Workers
from forecasting.types.bars import PriceHistory
from storage import Stores
from tests.factories import price_history
from tests.fakes import ManualClock, ManualWorkers
from tests.recorded_telegram import NoRateLimiter
from tests.waiting import PATIENCE_S

OpenStores = Callable[[Path], Stores]

EVE = Person(id=9990001112, first_name="Eve")
"""Nobody named her: a stranger."""


def write_csv(folder: Path, history: PriceHistory) -> None:
    """Write a history in the layout of Yahoo's downloads."""
    columns = (history.open, history.high, history.low, history.close, history.volume)
    with (folder / f"{history.symbol}.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Date", "Open", "High", "Low", "Close", "Volume"])
        for row, session in enumerate(history.sessions):
            writer.writerow([session, *(repr(float(column[row])) for column in columns)])


def price_folder(folder: Path) -> Path:
    """A folder with three symbols that can be forecast and one that is too young."""
    folder.mkdir(exist_ok=True)
    for seed, symbol in enumerate(("AAPL", "MSFT", "KO")):
        write_csv(folder, price_history(symbol, seed=seed))
    write_csv(folder, price_history("YOUNG", 100))
    return folder


@dataclass
class Stage:
    """A running bot and the chat it is in; Ada administers the bot, Ben is allowed, Eve is a stranger."""

    chat: LocalChat
    app: App
    workers: ManualWorkers
    clock: ManualClock
    read: dict[int, int] = field(default_factory=dict)

    def write(
        self, text: str, person: Person = ADA, place: Person | Group | None = None, topic: int | None = None
    ) -> None:
        """Write a text, in the person's own chat with the bot if no place is named."""
        self.chat.write(place or person, person, text, topic=topic)

    async def next(self, place: Person | Group | int = ADA, seconds: float = PATIENCE_S) -> Message:
        """The bot's next message in a chat that was not looked at yet."""
        chat_id = place if isinstance(place, int) else place.id
        seen = self.read.get(chat_id, 0)
        messages = await self.chat.wait_for(lambda: self.chat.bot_messages(chat_id)[seen:], seconds)
        self.read[chat_id] = seen + 1
        return messages[0]

    async def ask(self, text: str, person: Person = ADA, place: Person | Group | None = None) -> Message:
        """Write a text and return the answer."""
        self.write(text, person, place)
        return await self.next(place or person)

    async def press(self, message: Message, label: str, person: Person | None = None) -> str:
        """Press a button and return what the bot answers to the press."""
        presser = person or self.chat.state.people[message.chat_id]
        before = len(self.chat.answers(presser))
        self.chat.press(message, label, presser)
        answers = await self.chat.wait_for(lambda: self.chat.answers(presser)[before:], PATIENCE_S)
        return answers[0].text

    def now(self, message: Message) -> Message:
        """A message as it stands now."""
        return self.chat.state.chat(message.chat_id).messages[message.message_id]

    async def changed(self, message: Message, text: str) -> Message:
        """The message once its text holds `text`."""
        await self.chat.wait_for(lambda: text in self.now(message).text, PATIENCE_S)
        return self.now(message)


def settings_for(chat: LocalChat, folder: Path, **changes: object) -> Settings:
    """Settings that name the local chat, a database and a price folder; nothing of the environment."""
    values: dict[str, object] = {
        "telegram_token": SecretStr(chat.token),
        "telegram_api_url": AnyHttpUrl(chat.url),
        "database": folder / "fanchart.db",
        "price_sources": f"csv:{folder / 'prices'}",
        "admins": frozenset({ADA.id}),
        "allowed_chats": frozenset({ADA.id, BEN.id, SUNDAY_INVESTORS.id}),
        **changes,
    }
    return Settings.model_validate(values)


@asynccontextmanager
async def stage(
    folder: Path,
    *,
    people: Iterable[Person] = (ADA, BEN, EVE),
    groups: Iterable[Group] = (SUNDAY_INVESTORS,),
    sources: tuple[PriceSource, ...] = (),
    workers: Workers | None = None,
    open_stores: OpenStores = storage.open,
    threads: Executor | None = None,
    patience_s: float = PATIENCE_S,
    **changes: object,
) -> AsyncIterator[Stage]:
    """A local chat with a bot in it, on the files of `folder`; the same folder again is the bot after a restart."""
    price_folder(folder / "prices")
    async with LocalChat(people, groups) as chat:
        settings = settings_for(chat, folder, **changes)
        async with playing(chat, settings, sources, workers, open_stores, threads, patience_s) as running:
            yield running


@asynccontextmanager
async def playing(
    chat: LocalChat,
    settings: Settings,
    sources: tuple[PriceSource, ...] = (),
    workers: Workers | None = None,
    open_stores: OpenStores = storage.open,
    threads: Executor | None = None,
    patience_s: float = PATIENCE_S,
) -> AsyncIterator[Stage]:
    """A bot in a local chat that may have seen others before."""
    manual, clock = ManualWorkers(), ManualClock()
    app = build(
        settings,
        clock=clock,
        sources=sources,
        workers=workers or manual,
        rate_limiter=NoRateLimiter(),
        update_every_s=0.01,
        open_stores=open_stores,
        patience=Patience(patience_s, patience_s),
    )
    async with app.running(threads):
        yield Stage(chat, app, manual, clock)


def other_model() -> bytes:
    """A model that answers like the base and is not the same: what a training might give."""
    return dump(replace(load(base_artefact()), kind="symbol", symbol="AAPL", seed=99))
