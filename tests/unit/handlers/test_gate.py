"""The gate: who is let through, who is told what, and what is kept of whom."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from telegram import Update
from telegram.ext import TypeHandler

from bot.access.policy import Access
from bot.chats.types import Chat, Member
from bot.handlers import errors, gate, groups
from bot.services import Context
from tests import updates
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.memory_chats import MemoryChats
from tests.recorded_telegram import OUR_NAME, Json, Process, RecordedTelegram, handling
from tests.updates import ADA, ANONYMOUS, BEN, EVE, GROUP, SUPERGROUP

PRIVATE = "This bot is private: your chat id is"


@dataclass
class House:
    """What the gate needs of the bot, a Telegram, and whoever got through."""

    access: Access = field(default_factory=lambda: Access(frozenset({ADA}), frozenset({BEN, GROUP})))
    chats: MemoryChats = field(default_factory=MemoryChats)
    clock: ManualClock = field(default_factory=ManualClock)
    telegram: RecordedTelegram = field(default_factory=RecordedTelegram)
    home_timezone: str = "Europe/Berlin"
    through: list[Update] = field(default_factory=list)

    @property
    def settings(self) -> Access:
        return self.access

    async def let_in(self, update: Update, _context: Context) -> None:
        self.through.append(update)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def process(house: House) -> AsyncIterator[Process]:
    last = TypeHandler(Update, house.let_in)
    rooms = {groups.BEFORE_THE_GATE: groups.handlers(), gate.GROUP: gate.handlers(), 0: (last,)}
    async with handling(house.telegram, house, rooms, errors.report) as ready:
        yield ready


@pytest.mark.parametrize("person", [ADA, BEN])
async def test_whom_somebody_named_is_let_through_and_remembered(house: House, process: Process, person: int) -> None:
    await process(updates.message("/predict AAPL", person))
    assert len(house.through) == 1
    assert house.telegram.calls == []
    kept = house.chats.get(person)
    assert kept == Chat(person, "private", kept.title if kept else "", "Europe/Berlin", "active", NOW)
    assert [member.user_id for member in house.chats.members(person)] == [person]


async def test_a_stranger_gets_one_sentence_and_leaves_no_trace(house: House, process: Process) -> None:
    await process(updates.message("hello", EVE))
    assert house.through == []
    [told] = house.telegram.words()
    assert told == (
        f"{PRIVATE} <code>{EVE}</code>; "
        f'ask <a href="tg://user?id={ADA}">this admin</a> to send me <code>/allow {EVE}</code>.'
    )
    assert house.chats.writes == 0


async def test_where_no_admin_is_set_whoever_runs_the_bot_is_named(process: Process, house: House) -> None:
    house.access = Access(frozenset(), frozenset())
    await process(updates.message("hello", EVE))
    assert "ask whoever runs this bot" in house.telegram.words()[0]


@pytest.mark.parametrize(("said", "passes"), [("allowed", True), ("denied", False)])
async def test_what_admins_said_of_a_chat_counts(house: House, process: Process, said: str, passes: bool) -> None:  # noqa: FBT001
    person = BEN if said == "denied" else EVE  # Ben is named by the settings, and yet denied
    house.chats.set_access(person, said, ADA, NOW)  # type: ignore[arg-type]  # one of the two
    await process(updates.message("/help", person))
    assert bool(house.through) is passes


async def test_a_stranger_s_press_is_refused_by_an_alert_and_an_inline_question_by_nothing(
    house: House, process: Process
) -> None:
    await process(updates.press("1|predict|AAPL|20", EVE))
    await process(updates.press_on_a_lost_message("1|predict|AAPL|20", EVE))
    await process(updates.inline("AAPL", EVE))
    assert house.through == []
    for press in house.telegram.of("answerCallbackQuery"):
        assert press.parameters["show_alert"]
        assert press.words == "This bot is private: you may not use it here."
    assert len(house.telegram.of("answerCallbackQuery")) == 2
    [inline] = house.telegram.of("answerInlineQuery")
    assert inline.parameters["results"] == []
    assert house.telegram.words() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("good morning", False),
        ("  ", False),
        ("/predict AAPL", True),
        (f"/predict@{OUR_NAME.upper()} AAPL", True),
        ("/weather@other_bot", False),
        ("I use /predict", False),
    ],
)
async def test_a_strange_group_is_answered_where_it_means_the_bot(
    house: House,
    process: Process,
    text: str,
    told: bool,  # noqa: FBT001
) -> None:
    await process(updates.message(text, EVE, SUPERGROUP))
    assert house.through == []
    assert [words.startswith(f"{PRIVATE} <code>{SUPERGROUP}") for words in house.telegram.words()] == [True] * told


async def test_an_edit_of_a_command_is_checked_as_the_command_was(house: House, process: Process) -> None:
    await process(updates.edited("/predict AAPL", EVE))
    await process(updates.edited("/predict AAPL", BEN))
    assert len(house.telegram.words()) == 1
    assert len(house.through) == 1


async def test_a_group_is_let_through_as_a_whole_whoever_speaks(house: House, process: Process) -> None:
    for person in (EVE, ANONYMOUS):
        await process(updates.message("/predict AAPL", person, GROUP))
    assert len(house.through) == 2
    kept = house.chats.get(GROUP)
    assert kept is not None
    assert (kept.kind, kept.title) == ("group", "Investors & <friends>")
    assert house.chats.members(GROUP) == (Member(EVE, "Eve 🦊 <b>"), Member(ANONYMOUS, "Somebody"))


async def test_an_admin_of_the_bot_is_let_through_in_a_group_that_nobody_named(house: House, process: Process) -> None:
    await process(updates.message("/predict AAPL", ADA, SUPERGROUP))
    assert len(house.through) == 1


async def test_an_inline_question_of_a_friend_passes_and_keeps_nothing(house: House, process: Process) -> None:
    await process(updates.inline("AAPL", BEN))
    assert len(house.through) == 1
    assert house.chats.writes == 0


async def test_what_no_person_says_goes_nowhere_whoever_is_named(house: House, process: Process) -> None:
    house.chats.set_access(SUPERGROUP, "allowed", ADA, NOW)
    writes = house.chats.writes
    await process(updates.channel_post("/predict AAPL", SUPERGROUP))
    assert (house.through, house.telegram.calls, house.chats.writes) == ([], [], writes)


async def test_a_known_chat_keeps_its_settings_and_renews_its_title(house: House, process: Process) -> None:
    house.chats.upsert(Chat(GROUP, "group", "Before", "Asia/Kolkata", "paused", NOW), Member(BEN, "Ben"))
    house.clock.advance(timedelta(days=9))
    await process(updates.message("/help", EVE, GROUP))
    assert house.chats.get(GROUP) == Chat(GROUP, "group", "Investors & <friends>", "Asia/Kolkata", "paused", NOW)


async def test_a_database_that_says_no_lets_nobody_in_unchecked(
    house: House, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    house.chats.trouble = True
    await process(updates.message("/predict AAPL", EVE))
    assert "Something went wrong on my side" in house.telegram.words()[0]
    assert "disk I/O" not in house.telegram.words()[0]
    assert "disk I/O" in caplog.text
    assert house.through == [], "python-telegram-bot goes on with the next group after an error"


async def test_a_group_that_cannot_be_moved_is_told_once_and_nothing_else_happens(
    house: House, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    house.chats.trouble = True
    await process(updates.moved_to(SUPERGROUP, GROUP, BEN))
    assert caplog.text.count("unexpected error") == 1
    assert len(house.telegram.words()) == 1
    house.chats.trouble = False
    assert house.through == []
    assert house.chats.get(GROUP) is None, "the gate does not make the old chat anew"


def stranger_updates() -> list[Json]:
    """Everything that a stranger can send."""
    return [
        updates.message("/allow 33", EVE),
        updates.edited("/allow 33", EVE),
        updates.press("1|forget", EVE, SUPERGROUP),
        updates.inline("AAPL", EVE),
        updates.message("$AAPL", EVE, SUPERGROUP),
    ]


async def test_a_refusal_that_cannot_be_delivered_still_lets_nobody_in(house: House, process: Process) -> None:
    for update in stranger_updates():
        house.telegram.meanwhile = _breaks
        await process(update)
    assert house.through == []


async def _breaks(_call: object) -> None:
    raise ConnectionError
