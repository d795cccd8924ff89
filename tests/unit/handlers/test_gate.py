"""The gate: who is let through, who gets which refusal, and what is stored of whom."""

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
class Stage:
    """What the gate needs of the services, a Telegram, and the updates that got through."""

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
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def process(stage: Stage) -> AsyncIterator[Process]:
    last = TypeHandler(Update, stage.let_in)
    handlers = {groups.BEFORE_THE_GATE: groups.handlers(), gate.GROUP: gate.handlers(), 0: (last,)}
    async with handling(stage.telegram, stage, handlers, errors.report) as ready:
        yield ready


@pytest.mark.parametrize("person", [ADA, BEN])
async def test_whom_somebody_named_is_let_through_and_remembered(stage: Stage, process: Process, person: int) -> None:
    await process(updates.message("/predict AAPL", person))
    assert len(stage.through) == 1
    assert stage.telegram.calls == []
    stored = stage.chats.get(person)
    assert stored == Chat(person, "private", stored.title if stored else "", "Europe/Berlin", "active", NOW)
    assert [member.user_id for member in stage.chats.members(person)] == [person]


async def test_a_stranger_gets_one_sentence_and_leaves_no_trace(stage: Stage, process: Process) -> None:
    await process(updates.message("hello", EVE))
    assert stage.through == []
    [refusal] = stage.telegram.texts()
    assert refusal == (
        f"{PRIVATE} <code>{EVE}</code>; "
        f'ask <a href="tg://user?id={ADA}">this admin</a> to send me <code>/allow {EVE}</code>.'
    )
    assert stage.chats.writes == 0


async def test_where_no_admin_is_set_whoever_runs_the_bot_is_named(process: Process, stage: Stage) -> None:
    stage.access = Access(frozenset(), frozenset())
    await process(updates.message("hello", EVE))
    assert "ask whoever runs this bot" in stage.telegram.texts()[0]


@pytest.mark.parametrize(("status", "passes"), [("allowed", True), ("denied", False)])
async def test_what_admins_decided_about_a_chat_counts(
    stage: Stage,
    process: Process,
    status: str,
    passes: bool,  # noqa: FBT001
) -> None:
    person = BEN if status == "denied" else EVE  # Ben is named by the settings, and yet denied
    stage.chats.set_access(person, status, ADA, NOW)  # type: ignore[arg-type]  # one of the two
    await process(updates.message("/help", person))
    assert bool(stage.through) is passes


async def test_a_stranger_s_press_is_refused_by_an_alert_and_an_inline_query_by_nothing(
    stage: Stage, process: Process
) -> None:
    await process(updates.press("1|predict|AAPL|20", EVE))
    await process(updates.press_on_a_lost_message("1|predict|AAPL|20", EVE))
    await process(updates.inline("AAPL", EVE))
    assert stage.through == []
    for press in stage.telegram.of("answerCallbackQuery"):
        assert press.parameters["show_alert"]
        assert press.text == "This bot is private: you may not use it here."
    assert len(stage.telegram.of("answerCallbackQuery")) == 2
    [inline] = stage.telegram.of("answerInlineQuery")
    assert inline.parameters["results"] == []
    assert stage.telegram.texts() == []


@pytest.mark.parametrize(
    ("text", "is_answered"),
    [
        ("good morning", False),
        ("  ", False),
        ("/predict AAPL", True),
        (f"/predict@{OUR_NAME.upper()} AAPL", True),
        ("/weather@other_bot", False),
        ("I use /predict", False),
    ],
)
async def test_a_strange_group_is_answered_where_it_addresses_the_bot(
    stage: Stage,
    process: Process,
    text: str,
    is_answered: bool,  # noqa: FBT001
) -> None:
    await process(updates.message(text, EVE, SUPERGROUP))
    assert stage.through == []
    assert [text.startswith(f"{PRIVATE} <code>{SUPERGROUP}") for text in stage.telegram.texts()] == [True] * is_answered


async def test_an_edit_of_a_command_is_checked_as_the_command_was(stage: Stage, process: Process) -> None:
    await process(updates.edited("/predict AAPL", EVE))
    await process(updates.edited("/predict AAPL", BEN))
    assert len(stage.telegram.texts()) == 1
    assert len(stage.through) == 1


async def test_a_group_is_let_through_as_a_whole_whoever_writes(stage: Stage, process: Process) -> None:
    for person in (EVE, ANONYMOUS):
        await process(updates.message("/predict AAPL", person, GROUP))
    assert len(stage.through) == 2
    stored = stage.chats.get(GROUP)
    assert stored is not None
    assert (stored.kind, stored.title) == ("group", "Investors & <friends>")
    assert stage.chats.members(GROUP) == (Member(EVE, "Eve 🦊 <b>"), Member(ANONYMOUS, "Somebody"))


async def test_an_admin_of_the_bot_is_let_through_in_a_group_that_nobody_named(stage: Stage, process: Process) -> None:
    await process(updates.message("/predict AAPL", ADA, SUPERGROUP))
    assert len(stage.through) == 1


async def test_an_inline_query_of_an_allowed_person_passes_and_stores_nothing(stage: Stage, process: Process) -> None:
    await process(updates.inline("AAPL", BEN))
    assert len(stage.through) == 1
    assert stage.chats.writes == 0


async def test_what_no_person_sent_goes_nowhere_whoever_is_named(stage: Stage, process: Process) -> None:
    stage.chats.set_access(SUPERGROUP, "allowed", ADA, NOW)
    writes = stage.chats.writes
    await process(updates.channel_post("/predict AAPL", SUPERGROUP))
    assert (stage.through, stage.telegram.calls, stage.chats.writes) == ([], [], writes)


async def test_a_known_chat_keeps_its_settings_and_renews_its_title(stage: Stage, process: Process) -> None:
    stage.chats.upsert(Chat(GROUP, "group", "Before", "Asia/Kolkata", "paused", NOW), Member(BEN, "Ben"))
    stage.clock.advance(timedelta(days=9))
    await process(updates.message("/help", EVE, GROUP))
    assert stage.chats.get(GROUP) == Chat(GROUP, "group", "Investors & <friends>", "Asia/Kolkata", "paused", NOW)


async def test_a_database_that_fails_lets_nobody_in_unchecked(
    stage: Stage, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    stage.chats.trouble = True
    await process(updates.message("/predict AAPL", EVE))
    assert "Something went wrong on my side" in stage.telegram.texts()[0]
    assert "disk I/O" not in stage.telegram.texts()[0]
    assert "disk I/O" in caplog.text
    assert stage.through == [], "python-telegram-bot goes on with the next group after an error"


async def test_a_group_that_cannot_be_moved_gets_one_error_and_nothing_else_happens(
    stage: Stage, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    stage.chats.trouble = True
    await process(updates.moved_to(SUPERGROUP, GROUP, BEN))
    assert caplog.text.count("unexpected error") == 1
    assert len(stage.telegram.texts()) == 1
    stage.chats.trouble = False
    assert stage.through == []
    assert stage.chats.get(GROUP) is None, "the gate does not make the old chat anew"


def stranger_updates() -> list[Json]:
    """Everything that a stranger can send."""
    return [
        updates.message("/allow 33", EVE),
        updates.edited("/allow 33", EVE),
        updates.press("1|forget", EVE, SUPERGROUP),
        updates.inline("AAPL", EVE),
        updates.message("$AAPL", EVE, SUPERGROUP),
    ]


async def test_a_refusal_that_cannot_be_delivered_still_lets_nobody_in(stage: Stage, process: Process) -> None:
    for update in stranger_updates():
        stage.telegram.meanwhile = _breaks
        await process(update)
    assert stage.through == []


async def _breaks(_call: object) -> None:
    raise ConnectionError
