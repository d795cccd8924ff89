"""A group that becomes a supergroup: reported by both chats and by a push, and moved once, whoever reports it first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest

import storage
from bot.access.chat_migration import move_chat
from bot.access.policy import Access
from bot.chats.types import Chat, Member
from bot.handlers import errors, gate, groups
from bot.messages.chart_cache import ChartCache
from bot.push.types import Delivery, Subscription
from bot.sending.outgoing import OutgoingMessage
from bot.sending.sender import Sender
from bot.telegram.client import Bot
from storage import Stores
from storage.chats import SqliteChatStore
from tests import updates
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.recorded_telegram import Process, RecordedTelegram, handling, migrated, recorded_bot
from tests.updates import ADA, BEN, GROUP, SUPERGROUP

REPORTS = ("the old chat", "the new chat", "a push")


class CountedChats(SqliteChatStore):
    """Counts the moves."""

    moves = 0

    def move(self, old_id: int, new_id: int) -> None:
        self.moves += 1
        super().move(old_id, new_id)


@dataclass
class Stage:
    """A bot with one group, that follows a symbol and waits for a push."""

    access: Access
    chats: CountedChats
    stores: Stores
    clock: ManualClock
    telegram: RecordedTelegram
    sender: Sender
    bot: Bot
    process: Process | None = None
    home_timezone: str = "UTC"

    @property
    def settings(self) -> Access:
        return self.access

    async def report(self, who: str) -> None:
        """Have the move reported by one of the three."""
        assert self.process
        if who == "a push":
            await self.sender.drain(self.bot)
        elif who == "the old chat":
            await self.process(updates.moved_to(SUPERGROUP, GROUP, ADA))
        else:
            await self.process(updates.moved_from(GROUP, SUPERGROUP, ADA))

    def check(self) -> None:
        """Everything is where the group is now, and nothing is left where it was."""
        chat = self.chats.get(SUPERGROUP)
        assert chat is not None
        assert (chat.kind, chat.timezone, chat.state) == ("supergroup", "Asia/Kolkata", "active")
        assert [one.symbol for one in self.stores.subscriptions.of_chat(SUPERGROUP)] == ["AAPL"]
        assert {member.user_id for member in self.chats.members(SUPERGROUP)} >= {ADA, BEN}
        assert self.chats.access_status(SUPERGROUP) == "allowed"
        assert self.chats.export(GROUP) == ()


@asynccontextmanager
async def stage(folder: Path, *, is_known: bool = True) -> AsyncIterator[Stage]:
    """The group is named by the settings; where it is known it has members, a symbol and a push that waits."""
    with closing(storage.open(folder / "fanchart.db")) as stores:
        chats, clock, telegram = CountedChats(stores.database), ManualClock(), RecordedTelegram()
        access = Access(frozenset({ADA}), frozenset({GROUP}))

        async def compose(_delivery: Delivery, _bot_id: int) -> OutgoingMessage:
            return OutgoingMessage("the forecast")

        sender = Sender(
            deliveries=stores.deliveries,
            chats=chats,
            charts=ChartCache(stores.charts),
            compose=compose,
            move_chat=lambda old_id, new_id: move_chat(chats, access, old_id, new_id, clock()),
            may_push_to=lambda _: True,
            clock=clock,
        )
        if is_known:
            settle(stores)
        async with recorded_bot(telegram) as bot:
            made = Stage(access, chats, stores, clock, telegram, sender, bot)
            handlers = {groups.BEFORE_THE_GATE: groups.handlers(), gate.GROUP: gate.handlers()}
            async with handling(telegram, made, handlers, errors.report) as made.process:
                yield made


def settle(stores: Stores) -> None:
    """Two people use the bot in the group, which follows a symbol and waits for its push."""
    for person in (ADA, BEN):
        stores.chats.upsert(
            Chat(GROUP, "group", "Investors", "Asia/Kolkata", "active", NOW), Member(person, "Somebody")
        )
    stores.subscriptions.save([Subscription(GROUP, "AAPL", "XNYS", "close", NOW)])
    tomorrow = NOW + timedelta(days=1)
    stores.deliveries.add([Delivery(GROUP, "digest", ("AAPL",), date(2024, 7, 3), NOW, tomorrow, NOW)])


@pytest.mark.parametrize("order", list(permutations(REPORTS)), ids=", then ".join)
async def test_three_reports_in_any_order_are_one_move(tmp_path: Path, order: tuple[str, ...]) -> None:
    async with stage(tmp_path) as here:
        if order[0] == "a push":
            here.telegram.plan("sendMessage", migrated(SUPERGROUP))
        for who in order:
            await here.report(who)
        here.check()
        assert here.chats.moves == 1
        sent = here.telegram.of("sendMessage")
        assert [call.parameters["chat_id"] for call in sent][-1] == SUPERGROUP
        assert len(sent) == 1 + (order[0] == "a push"), "each push arrives once, and nothing else is sent"


async def test_reports_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        here.telegram.plan("sendMessage", migrated(SUPERGROUP))
        await asyncio.gather(*(here.report(who) for who in (*REPORTS[:2] * 4, "a push")))
        here.check()


async def test_a_supergroup_that_has_written_before_it_is_reported_takes_over_the_rest(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        fresh = Chat(SUPERGROUP, "supergroup", "Investors", "UTC", "active", NOW + timedelta(seconds=1))
        here.chats.upsert(fresh, Member(33, "Eve"))
        here.stores.subscriptions.save([Subscription(SUPERGROUP, "AAPL", "XNYS", "open", NOW)])
        for who in REPORTS[:2]:
            await here.report(who)
        here.check()
        assert {member.user_id for member in here.chats.members(SUPERGROUP)} == {ADA, BEN, 33}
        assert here.chats.moves == 1


async def test_what_the_old_chat_kept_between_two_reports_comes_along_too(tmp_path: Path) -> None:
    """Updates are handled side by side: a message from before the move may be handled after it."""
    async with stage(tmp_path) as here:
        await here.report("the old chat")
        here.chats.upsert(Chat(GROUP, "group", "", "Asia/Kolkata", "active", NOW), Member(44, "Dora"))
        await here.report("the new chat")
        here.check()
        assert 44 in {member.user_id for member in here.chats.members(SUPERGROUP)}


async def test_a_group_that_has_never_spoken_keeps_what_admins_decided(tmp_path: Path) -> None:
    for status in ("allowed", "denied"):
        (tmp_path / status).mkdir()
        async with stage(tmp_path / status, is_known=False) as here:
            here.chats.set_access(GROUP, status, ADA, NOW)
            for who in REPORTS[:2] * 2:
                await here.report(who)
            assert here.chats.access_status(SUPERGROUP) == status, "also where the settings name the old chat"
            assert here.chats.moves == 0


async def test_what_admins_decide_about_the_new_chat_counts(tmp_path: Path) -> None:
    async with stage(tmp_path) as here:
        await here.report("the old chat")
        here.chats.set_access(SUPERGROUP, "denied", ADA, NOW)
        await here.report("the new chat")
        assert here.chats.access_status(SUPERGROUP) == "denied"
