"""/mydata and /forget: whose data is shown, whose is deleted, and who may do so."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, NoReturn

import pytest

from bot.access.policy import Access
from bot.chats.types import Chat, Member
from bot.handlers import errors, gate, mydata
from forecasting.jobs.queue import JobQueue
from forecasting.types.job_records import Job
from tests import updates
from tests.factories import NOW
from tests.fakes import ManualClock, ManualWorkers, MemoryJobStore
from tests.memory_chats import MemoryChats, MemoryUsage
from tests.recorded_telegram import UNCHANGED, Answer, Call, Process, RecordedTelegram, handling, refusal
from tests.updates import ADA, ANONYMOUS, BEN, EVE, GROUP, SUPERGROUP

DELETED = "Everything is deleted. If you write to me again, I start from nothing."
REFUSED = "In a group only its admins can do that. Ask one of them, or write to me alone."
FORGET, KEEP = "1|forget", "1|keep"
EMOJI = "Ben 🦊 “<b>” \u202e مرحبا"


def never(*_: object) -> NoReturn:
    raise AssertionError


@dataclass
class Stage:
    """What these commands need of the services, and a Telegram."""

    access: Access = field(default_factory=lambda: Access(frozenset({ADA}), frozenset({BEN, GROUP, SUPERGROUP})))
    chats: MemoryChats = field(default_factory=MemoryChats)
    usage: MemoryUsage = field(default_factory=MemoryUsage)
    job_store: MemoryJobStore = field(default_factory=MemoryJobStore)
    clock: ManualClock = field(default_factory=ManualClock)
    telegram: RecordedTelegram = field(default_factory=RecordedTelegram)
    home_timezone: str = "UTC"

    @cached_property
    def jobs(self) -> JobQueue:
        """A queue that never begins."""
        workers = ManualWorkers()
        return JobQueue(
            store=self.job_store, workers=workers, at_a_time=1, prepare=never, finish=never, clock=self.clock
        )

    @property
    def settings(self) -> Access:
        return self.access

    def is_member(self, user_id: int, status: str) -> None:
        """Plan what Telegram answers about somebody in a group."""
        member = {"user": updates.user(user_id), "status": status, "is_anonymous": False, **_RIGHTS}
        self.telegram.plan("getChatMember", Answer(200, {"ok": True, "result": member}))

    def edits(self) -> list[str]:
        return self.telegram.texts("editMessageText")

    def alerts(self) -> list[str]:
        return self.telegram.texts("answerCallbackQuery")

    def sent(self) -> dict[str, Any]:
        """What the file of the last /mydata holds, which is JSON."""
        [file] = self.telegram.of("sendDocument")[-1].files
        found: dict[str, Any] = json.loads(file)
        return found


_RIGHTS = dict.fromkeys(
    (
        "can_be_edited",
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    ),
    False,
)


@pytest.fixture
async def stage() -> Stage:
    """Ben has used the bot alone and in the group, and waits for a training after one that failed; so does Ada."""
    made = Stage()
    made.chats.upsert(Chat(BEN, "private", EMOJI, "Asia/Tokyo", "active", NOW), Member(BEN, EMOJI))
    for person in (ADA, BEN):
        made.chats.upsert(Chat(SUPERGROUP, "supergroup", "Investors", "UTC", "active", NOW), Member(person, "Somebody"))
        made.usage.spend(person, "forecast", NOW, NOW, None)
        made.jobs.submit("train", "AAPL", person)
    made.job_store.add(Job(0, "train", "KO", "failed", (ADA, BEN), NOW))
    return made


@pytest.fixture
async def process(stage: Stage) -> AsyncIterator[Process]:
    handlers = {gate.GROUP: gate.handlers(), 0: mydata.handlers()}
    async with handling(stage.telegram, stage, handlers, errors.report) as ready:
        yield ready


async def test_a_person_is_shown_everything_of_the_chat_and_of_themselves(stage: Stage, process: Process) -> None:
    await process(updates.message("/mydata", BEN))
    data = stage.sent()
    assert set(data) == {"chats", "members", "usage", "used in chats", "jobs"}
    assert data["chats"][0]["timezone"] == "Asia/Tokyo"
    assert data["usage"] == [{"user_id": BEN, "work": "forecast", "at": str(NOW)}]
    assert data["used in chats"] == [SUPERGROUP, BEN]
    assert data["jobs"] == ["1 train AAPL queued", "2 train KO failed"]
    assert stage.telegram.texts("sendDocument") == ["Everything I keep about this chat and you. /forget deletes it."]


async def test_names_are_in_the_file_as_people_write_them(stage: Stage, process: Process) -> None:
    stage.chats.upsert(Chat(GROUP, "group", "", "UTC", "active", NOW), Member(EVE, EMOJI))
    await process(updates.message("/mydata", ADA, GROUP))
    [file] = stage.telegram.of("sendDocument")[0].files
    assert EMOJI in {row["name"] for row in stage.sent()["members"]}
    assert "🦊".encode() in file


async def test_a_group_is_shown_its_own_data_and_none_of_who_asks(stage: Stage, process: Process) -> None:
    await process(updates.message("/mydata", BEN, SUPERGROUP))
    assert set(stage.sent()) == {"chats", "members"}
    assert stage.telegram.texts("sendDocument") == ["Everything I keep about this group. /forget deletes it."]


@pytest.mark.parametrize(
    ("place", "question"),
    [
        (BEN, "Delete everything about you? This cannot be taken back."),
        (SUPERGROUP, "Delete this group's settings and subscriptions? This cannot be taken back."),
    ],
)
async def test_nothing_is_deleted_before_the_question_is_answered(
    stage: Stage, process: Process, place: int, question: str
) -> None:
    await process(updates.message("/forget", BEN, place))
    [question_sent] = stage.telegram.of("sendMessage")
    assert question_sent.text == question
    rows = json.loads(json.dumps(question_sent.parameters["reply_markup"]))["inline_keyboard"]
    assert [button["callback_data"] for button in rows[0]] == [FORGET, KEEP]
    assert stage.chats.get(place)


async def test_keeping_it_deletes_nothing(stage: Stage, process: Process) -> None:
    await process(updates.press(KEEP, BEN))
    assert stage.edits() == ["Nothing was deleted."]
    assert stage.chats.get(BEN)
    assert stage.usage.export(BEN)


async def test_forgetting_oneself_deletes_one_s_own_data_and_no_others(stage: Stage, process: Process) -> None:
    await process(updates.press(FORGET, BEN))
    assert stage.edits() == [DELETED]
    assert stage.chats.get(BEN) is None
    assert stage.chats.memberships(BEN) == ()
    assert stage.usage.export(BEN) == ()
    assert stage.job_store.export(BEN) == ()
    assert [job.asked_by for job in stage.jobs.jobs()] == [(ADA,)], "the training goes on for whoever else asked"
    assert len(stage.job_store.export(ADA)) == 2
    assert stage.chats.members(SUPERGROUP) == (Member(ADA, "Somebody"),)
    assert stage.usage.export(ADA)


@pytest.mark.parametrize("status", ["administrator", "creator"])
async def test_a_group_is_forgotten_by_its_admins_who_keep_their_own_data(
    stage: Stage, process: Process, status: str
) -> None:
    stage.is_member(BEN, status)
    await process(updates.press(FORGET, BEN, SUPERGROUP))
    assert stage.edits() == [DELETED]
    assert stage.chats.get(SUPERGROUP) is None
    assert stage.chats.get(BEN)
    assert stage.usage.export(BEN)
    assert stage.job_store.export(BEN)


@pytest.mark.parametrize(("person", "status"), [(EVE, "member"), (EVE, "left"), (ANONYMOUS, "left")])
async def test_nobody_else_forgets_a_group(stage: Stage, process: Process, person: int, status: str) -> None:
    """An anonymous admin presses under their own name: who presses as the anonymous one is nobody known."""
    stage.is_member(person, status)
    await process(updates.press(FORGET, person, SUPERGROUP))
    assert stage.alerts() == [REFUSED]
    assert stage.edits() == []
    assert stage.chats.get(SUPERGROUP)


async def test_an_admin_of_the_bot_needs_no_right_in_the_group(stage: Stage, process: Process) -> None:
    await process(updates.press(FORGET, ADA, SUPERGROUP))
    assert stage.telegram.of("getChatMember") == []
    assert stage.chats.get(SUPERGROUP) is None


async def test_where_telegram_does_not_say_who_is_an_admin_nothing_is_deleted(stage: Stage, process: Process) -> None:
    stage.telegram.plan("getChatMember", refusal(400, "Bad Request: user not found"))
    await process(updates.press(FORGET, BEN, SUPERGROUP))
    assert stage.edits() == []
    assert stage.chats.get(SUPERGROUP)


async def test_an_old_question_that_telegram_shows_no_more_is_still_an_answer(stage: Stage, process: Process) -> None:
    stage.telegram.plan("editMessageText", refusal(400, "Bad Request: message can't be edited"))
    await process(updates.press_on_a_lost_message(KEEP, BEN))
    assert stage.chats.get(BEN)
    await process(updates.press_on_a_lost_message(FORGET, BEN))
    assert stage.chats.get(BEN) is None
    assert stage.edits() == ["Nothing was deleted.", DELETED]


async def test_two_taps_are_as_good_as_one(stage: Stage, process: Process) -> None:
    stage.telegram.plan("editMessageText", UNCHANGED)
    await asyncio.gather(*(process(updates.press(FORGET, BEN)) for _ in range(2)))
    assert stage.edits() == [DELETED, DELETED]
    assert set(stage.alerts()) == {""}
    assert stage.chats.get(BEN) is None


async def test_who_writes_while_they_are_forgotten_is_known_again_or_gone_but_never_in_part(
    stage: Stage, process: Process
) -> None:
    await asyncio.gather(process(updates.press(FORGET, BEN)), process(updates.message("/mydata", BEN)))
    known = stage.chats.get(BEN)
    assert bool(known) == bool(stage.chats.members(BEN))
    assert known is None or known.timezone == "UTC"


async def test_a_database_that_fails_is_an_error_and_nothing_is_called_deleted(stage: Stage, process: Process) -> None:
    async def breaks(call: Call) -> None:
        if call.method == "getChatMember":
            stage.chats.trouble = True

    stage.is_member(BEN, "creator")
    stage.telegram.meanwhile = breaks
    await process(updates.press(FORGET, BEN, SUPERGROUP))
    assert stage.edits() == []
    [alert] = stage.alerts()
    assert alert.startswith("Something went wrong on my side")


async def test_asking_for_one_s_data_costs_no_write_beyond_being_known(stage: Stage, process: Process) -> None:
    before = stage.chats.writes
    stage.clock.advance(timedelta(days=1))
    await process(updates.message("/mydata", BEN))
    assert stage.chats.writes == before + 1
