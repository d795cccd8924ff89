"""/mydata and /forget: whose things are shown, whose are deleted, and who may do so."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
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


class PersonsJobs(MemoryJobStore):
    """Jobs that can be shown and taken from a person, as SQLite's can."""

    def export(self, user_id: int) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs.values() if user_id in job.asked_by)

    def forget(self, user_id: int) -> None:
        for job in self.export(user_id):
            self.update(replace(job, asked_by=tuple(one for one in job.asked_by if one != user_id)))


def never(*_: object) -> NoReturn:
    raise AssertionError


@dataclass
class House:
    """What these commands need of the bot, and a Telegram."""

    access: Access = field(default_factory=lambda: Access(frozenset({ADA}), frozenset({BEN, GROUP, SUPERGROUP})))
    chats: MemoryChats = field(default_factory=MemoryChats)
    usage: MemoryUsage = field(default_factory=MemoryUsage)
    job_store: PersonsJobs = field(default_factory=PersonsJobs)
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
        """What Telegram says of somebody in a group."""
        member = {"user": updates.user(user_id), "status": status, "is_anonymous": False, **_RIGHTS}
        self.telegram.plan("getChatMember", Answer(200, {"ok": True, "result": member}))

    def edits(self) -> list[str]:
        return self.telegram.words("editMessageText")

    def alerts(self) -> list[str]:
        return self.telegram.words("answerCallbackQuery")

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
async def house() -> House:
    """Ben has used the bot alone and in the group, and waits for a training after one that failed; so does Ada."""
    made = House()
    made.chats.upsert(Chat(BEN, "private", EMOJI, "Asia/Tokyo", "active", NOW), Member(BEN, EMOJI))
    for person in (ADA, BEN):
        made.chats.upsert(Chat(SUPERGROUP, "supergroup", "Investors", "UTC", "active", NOW), Member(person, "Somebody"))
        made.usage.spend(person, "forecast", NOW, NOW, None)
        made.jobs.submit("train", "AAPL", person)
    made.job_store.add(Job(0, "train", "KO", "failed", (ADA, BEN), NOW))
    return made


@pytest.fixture
async def process(house: House) -> AsyncIterator[Process]:
    rooms = {gate.GROUP: gate.handlers(), 0: mydata.handlers()}
    async with handling(house.telegram, house, rooms, errors.report) as ready:
        yield ready


async def test_a_person_is_shown_everything_of_the_chat_and_of_themselves(house: House, process: Process) -> None:
    await process(updates.message("/mydata", BEN))
    kept = house.sent()
    assert set(kept) == {"chats", "members", "usage", "used in chats", "jobs"}
    assert kept["chats"][0]["timezone"] == "Asia/Tokyo"
    assert kept["usage"] == [{"user_id": BEN, "work": "forecast", "at": str(NOW)}]
    assert kept["used in chats"] == [SUPERGROUP, BEN]
    assert kept["jobs"] == ["1 train AAPL queued", "2 train KO failed"]
    assert house.telegram.words("sendDocument") == ["Everything I keep about this chat and you. /forget deletes it."]


async def test_names_stand_in_the_file_as_people_write_them(house: House, process: Process) -> None:
    house.chats.upsert(Chat(GROUP, "group", "", "UTC", "active", NOW), Member(EVE, EMOJI))
    await process(updates.message("/mydata", ADA, GROUP))
    [file] = house.telegram.of("sendDocument")[0].files
    assert EMOJI in {row["name"] for row in house.sent()["members"]}
    assert "🦊".encode() in file


async def test_a_group_is_shown_its_own_things_and_nothing_of_who_asks(house: House, process: Process) -> None:
    await process(updates.message("/mydata", BEN, SUPERGROUP))
    assert set(house.sent()) == {"chats", "members"}
    assert house.telegram.words("sendDocument") == ["Everything I keep about this group. /forget deletes it."]


@pytest.mark.parametrize(
    ("place", "question"),
    [
        (BEN, "Delete everything about you? This cannot be taken back."),
        (SUPERGROUP, "Delete this group's settings and subscriptions? This cannot be taken back."),
    ],
)
async def test_nothing_is_deleted_before_the_question_is_answered(
    house: House, process: Process, place: int, question: str
) -> None:
    await process(updates.message("/forget", BEN, place))
    [asked] = house.telegram.of("sendMessage")
    assert asked.words == question
    rows = json.loads(json.dumps(asked.parameters["reply_markup"]))["inline_keyboard"]
    assert [button["callback_data"] for button in rows[0]] == [FORGET, KEEP]
    assert house.chats.get(place)


async def test_keeping_it_deletes_nothing(house: House, process: Process) -> None:
    await process(updates.press(KEEP, BEN))
    assert house.edits() == ["Nothing was deleted."]
    assert house.chats.get(BEN)
    assert house.usage.export(BEN)


async def test_forgetting_oneself_deletes_one_s_own_things_and_no_others(house: House, process: Process) -> None:
    await process(updates.press(FORGET, BEN))
    assert house.edits() == [DELETED]
    assert house.chats.get(BEN) is None
    assert house.chats.memberships(BEN) == ()
    assert house.usage.export(BEN) == ()
    assert house.job_store.export(BEN) == ()
    assert [job.asked_by for job in house.jobs.jobs()] == [(ADA,)], "the training goes on for whoever else asked"
    assert len(house.job_store.export(ADA)) == 2
    assert house.chats.members(SUPERGROUP) == (Member(ADA, "Somebody"),)
    assert house.usage.export(ADA)


@pytest.mark.parametrize("status", ["administrator", "creator"])
async def test_a_group_is_forgotten_by_its_admins_who_keep_their_own_things(
    house: House, process: Process, status: str
) -> None:
    house.is_member(BEN, status)
    await process(updates.press(FORGET, BEN, SUPERGROUP))
    assert house.edits() == [DELETED]
    assert house.chats.get(SUPERGROUP) is None
    assert house.chats.get(BEN)
    assert house.usage.export(BEN)
    assert house.job_store.export(BEN)


@pytest.mark.parametrize(("person", "status"), [(EVE, "member"), (EVE, "left"), (ANONYMOUS, "left")])
async def test_nobody_else_forgets_a_group(house: House, process: Process, person: int, status: str) -> None:
    """An anonymous admin presses under their own name: who presses as the anonymous one is nobody known."""
    house.is_member(person, status)
    await process(updates.press(FORGET, person, SUPERGROUP))
    assert house.alerts() == [REFUSED]
    assert house.edits() == []
    assert house.chats.get(SUPERGROUP)


async def test_an_admin_of_the_bot_needs_no_right_in_the_group(house: House, process: Process) -> None:
    await process(updates.press(FORGET, ADA, SUPERGROUP))
    assert house.telegram.of("getChatMember") == []
    assert house.chats.get(SUPERGROUP) is None


async def test_where_telegram_does_not_say_who_is_an_admin_nothing_is_deleted(house: House, process: Process) -> None:
    house.telegram.plan("getChatMember", refusal(400, "Bad Request: user not found"))
    await process(updates.press(FORGET, BEN, SUPERGROUP))
    assert house.edits() == []
    assert house.chats.get(SUPERGROUP)


async def test_an_old_question_that_telegram_shows_no_more_is_still_an_answer(house: House, process: Process) -> None:
    house.telegram.plan("editMessageText", refusal(400, "Bad Request: message can't be edited"))
    await process(updates.press_on_a_lost_message(KEEP, BEN))
    assert house.chats.get(BEN)
    await process(updates.press_on_a_lost_message(FORGET, BEN))
    assert house.chats.get(BEN) is None
    assert house.edits() == ["Nothing was deleted.", DELETED]


async def test_two_taps_are_as_good_as_one(house: House, process: Process) -> None:
    house.telegram.plan("editMessageText", UNCHANGED)
    await asyncio.gather(*(process(updates.press(FORGET, BEN)) for _ in range(2)))
    assert house.edits() == [DELETED, DELETED]
    assert set(house.alerts()) == {""}
    assert house.chats.get(BEN) is None


async def test_who_speaks_while_they_are_forgotten_is_known_again_or_gone_but_never_in_part(
    house: House, process: Process
) -> None:
    await asyncio.gather(process(updates.press(FORGET, BEN)), process(updates.message("/mydata", BEN)))
    known = house.chats.get(BEN)
    assert bool(known) == bool(house.chats.members(BEN))
    assert known is None or known.timezone == "UTC"


async def test_a_database_that_says_no_is_told_and_nothing_is_called_deleted(house: House, process: Process) -> None:
    async def breaks(call: Call) -> None:
        if call.method == "getChatMember":
            house.chats.trouble = True

    house.is_member(BEN, "creator")
    house.telegram.meanwhile = breaks
    await process(updates.press(FORGET, BEN, SUPERGROUP))
    assert house.edits() == []
    [told] = house.alerts()
    assert told.startswith("Something went wrong on my side")


async def test_asking_for_one_s_data_costs_no_write_beyond_being_known(house: House, process: Process) -> None:
    before = house.chats.writes
    house.clock.advance(timedelta(days=1))
    await process(updates.message("/mydata", BEN))
    assert house.chats.writes == before + 1
