"""What Telegram may answer to a push: nothing is lost, nothing is doubled, everyone else is on time."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chats.types import ChartKey
from bot.localchat import Break, Group, GroupMoves, flood, server_error
from bot.messages.chart_cache import Chart
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage
from tests.database import all_deliveries
from tests.e2e.push.outbox import PEOPLE, outbox
from tests.factories import sample_photo

EVERYBODY = [person.id for person in PEOPLE]
FAN = ChartKey(1, "AAPL", date(2024, 7, 3), "a" * 64, "fan 5")


def plain(delivery: Delivery) -> OutgoingMessage:
    return OutgoingMessage(f"<b>{delivery.symbols[0]}</b>")


async def test_one_chat_told_to_wait_waits_alone(tmp_path: Path) -> None:
    async with outbox(tmp_path, plain) as box:
        box.book(EVERYBODY)
        box.chat.faults.plan(flood(5), chat_id=7)
        await box.sender.drain(box.bot)
        assert [one for one in EVERYBODY if not box.texts(one)] == [7]
        await box.pass_time(4.9)
        assert not box.texts(7)
        await box.pass_time(0.3)
        assert box.texts(7) == ["AAPL"]


async def test_bursts_of_server_errors_and_dropped_connections_lose_nothing(tmp_path: Path) -> None:
    async with outbox(tmp_path, plain) as box:
        box.book(EVERYBODY)
        box.chat.faults.plan(server_error(502), method="sendMessage", times=9)
        box.chat.faults.plan(server_error(500), chat_id=20, times=4)
        box.chat.faults.plan(Break.DROPPED_BEFORE, chat_id=30, times=3)
        await box.sender.drain(box.bot)
        for _ in range(8):
            await box.pass_time(40)
        assert all(box.texts(one) == ["AAPL"] for one in EVERYBODY)
        assert set(box.states().values()) == {"sent"}


async def test_those_who_blocked_the_bot_are_closed_and_the_others_served(tmp_path: Path) -> None:
    gone = EVERYBODY[::10]
    async with outbox(tmp_path, plain) as box:
        box.book(EVERYBODY)
        box.book(EVERYBODY, symbol="MSFT")
        for person in PEOPLE[::10]:
            box.chat.block(person)
        await box.sender.drain(box.bot)
        assert all(box.texts(one) == ["AAPL", "MSFT"] for one in EVERYBODY if one not in gone)
        rows = all_deliveries(box.stores)
        assert all(row.state == "failed" and "blocked" in row.error for row in rows if row.chat_id in gone)
        assert sum(box.stores.chats.get(one).state == "blocked" for one in EVERYBODY) == len(gone)  # type: ignore[union-attr]
        refused = box.chat.journal.refused(403)
        assert len(refused) == len(gone), "who has said no is not asked twice"


async def test_a_group_that_becomes_a_supergroup_in_mid_push_gets_its_digest_there(tmp_path: Path) -> None:
    group = Group(-500, "Investors", PEOPLE[:3])
    async with outbox(tmp_path, plain, groups=[group]) as box:
        box.book([*EVERYBODY[:20], group.id, *EVERYBODY[20:]])
        box.chat.faults.plan(GroupMoves(), chat_id=group.id)
        await box.sender.drain(box.bot)
        moved = next(row for row in all_deliveries(box.stores) if row.chat_id < 0)
        assert moved.chat_id != group.id
        assert moved.state == "sent"
        assert box.texts(moved.chat_id) == ["AAPL"]
        assert all(box.texts(one) == ["AAPL"] for one in EVERYBODY)


async def test_a_closed_topic_sends_the_digest_to_the_group_itself(tmp_path: Path) -> None:
    group = Group(-500, "Investors", PEOPLE[:3])
    async with outbox(tmp_path, plain, groups=[group]) as box:
        box.book([group.id], topic=99)
        await box.sender.drain(box.bot)
        assert box.texts(group.id) == ["AAPL"]


async def test_a_picture_goes_up_once_and_then_by_its_id(tmp_path: Path) -> None:
    drawn: list[int] = []

    def draw() -> bytes:
        drawn.append(1)
        return sample_photo()

    async with outbox(tmp_path, lambda _: OutgoingMessage("caption", Chart(FAN, draw))) as box:
        box.book(EVERYBODY)
        await box.sender.drain(box.bot)
        assert len(drawn) == 1
        photos = {box.chat.bot_messages(one)[0].photo.file_id for one in EVERYBODY}  # type: ignore[union-attr]
        assert len(photos) == 1


@pytest.mark.parametrize("png", [b"no picture", sample_photo(20, 900)])
async def test_a_bad_photo_falls_back_to_text(tmp_path: Path, png: bytes) -> None:
    async with outbox(tmp_path, lambda _: OutgoingMessage("the words", Chart(FAN, lambda: png))) as box:
        box.book([1])
        await box.sender.drain(box.bot)
        assert box.texts(1) == ["the words"]
        assert box.states() == {1: "sent"}


async def test_a_chart_that_cannot_be_drawn_falls_back_to_text(tmp_path: Path) -> None:
    def broken() -> bytes:
        raise ZeroDivisionError

    async with outbox(tmp_path, lambda _: OutgoingMessage("the words", Chart(FAN, broken))) as box:
        box.book([1])
        await box.sender.drain(box.bot)
        assert box.texts(1) == ["the words"]


async def test_too_long_a_text_is_split_at_a_line_and_each_part_sent_once(tmp_path: Path) -> None:
    lines = [f"<b>line {number}</b> &amp; its words" for number in range(100)]
    async with outbox(tmp_path, lambda _: OutgoingMessage("\n".join(lines), Chart(FAN, sample_photo))) as box:
        box.book([1, 2])
        await box.sender.drain(box.bot)
        assert all(len(box.chat.bot_messages(one)) == 1 for one in (1, 2)), "one message a second in a chat"
        box.chat.faults.plan(server_error(), chat_id=1)
        await box.pass_time(1.1)
        await box.pass_time(10)
        for one in (1, 2):
            first, second = box.chat.bot_messages(one)
            assert first.photo
            assert not second.photo
            assert f"{first.text}\n{second.text}".split("\n") == [f"line {n} & its words" for n in range(100)]


async def test_what_waits_for_its_prices_is_written_again_later(tmp_path: Path) -> None:
    def write(delivery: Delivery) -> OutgoingMessage | Deferred:
        return plain(delivery) if box.clock() >= late else Deferred(late, "no prices yet")

    async with outbox(tmp_path, write) as box:
        late = box.clock() + timedelta(minutes=5)
        box.book([1])
        await box.pass_time(200)
        assert not box.texts(1)
        await box.pass_time(101)
        assert box.texts(1) == ["AAPL"]


async def test_what_cannot_be_written_is_tried_again_and_stops_nobody(tmp_path: Path) -> None:
    broken = {3}

    def write(delivery: Delivery) -> OutgoingMessage:
        if delivery.chat_id in broken:
            raise ZeroDivisionError
        return plain(delivery)

    async with outbox(tmp_path, write) as box:
        box.book([1, 2, 3, 4])
        await box.sender.drain(box.bot)
        assert [one for one in (1, 2, 3, 4) if box.texts(one)] == [1, 2, 4]
        broken.clear()
        await box.pass_time(3)
        assert box.texts(3) == ["AAPL"]


async def test_what_is_too_old_is_not_sent(tmp_path: Path) -> None:
    async with outbox(tmp_path, plain) as box:
        box.book([1])
        await box.pass_time(86_401)
        assert not box.texts(1)
        assert box.states() == {1: "expired"}


async def test_a_paused_chat_gets_nothing_until_it_goes_on(tmp_path: Path) -> None:
    async with outbox(tmp_path, plain) as box:
        box.book([1, 2])
        box.stores.chats.set_state(1, "paused")
        await box.sender.drain(box.bot)
        assert (box.texts(1), box.texts(2)) == ([], ["AAPL"])
        box.stores.chats.set_state(1, "active")
        await box.pass_time(1)
        assert box.texts(1) == ["AAPL"]


async def test_an_answer_that_was_lost_repeats_the_message_since_nobody_can_know(tmp_path: Path) -> None:
    async with outbox(tmp_path, plain) as box:
        box.book([1])
        box.chat.faults.plan(Break.DROPPED_AFTER, chat_id=1)
        await box.sender.drain(box.bot)
        await box.pass_time(5)
        assert box.texts(1) == ["AAPL", "AAPL"]
        assert box.states() == {1: "sent"}


async def test_a_message_that_telegram_does_not_understand_fails_alone(tmp_path: Path) -> None:
    async with outbox(tmp_path, lambda d: OutgoingMessage("<b>broken" if d.chat_id == 1 else "fine")) as box:
        box.book([1, 2])
        await box.sender.drain(box.bot)
        assert box.states() == {1: "failed", 2: "sent"}


async def test_an_error_of_our_own_while_sending_stops_nobody_else(tmp_path: Path) -> None:
    broken = {2}

    def write(delivery: Delivery) -> OutgoingMessage:
        keyboard = InlineKeyboardMarkup([[Unreadable("A", callback_data="a")]]) if delivery.chat_id in broken else None
        return OutgoingMessage("fine", keyboard=keyboard)

    async with outbox(tmp_path, write) as box:
        box.book([1, 2, 3])
        await box.sender.drain(box.bot)
        assert box.states() == {1: "sent", 2: "queued", 3: "sent"}
        broken.clear()
        await box.pass_time(3)
        assert box.texts(2) == ["fine"]


class Unreadable(InlineKeyboardButton):
    """A button that cannot be written down."""

    def to_dict(self, recursive: bool = True) -> NoReturn:  # noqa: FBT001, FBT002 - python-telegram-bot's own signature
        del recursive
        raise ZeroDivisionError


async def test_what_is_under_way_when_the_bot_stops_ends_and_is_not_repeated(tmp_path: Path) -> None:
    async with outbox(tmp_path, plain) as box:
        box.book([1, 2])
        sending = asyncio.create_task(box.sender.run(box.bot))

        def stop(_method: str, _chat_id: int) -> None:
            sending.cancel()

        box.chat.faults.plan_by(stop)
        await asyncio.wait([sending])
        assert box.states() == {1: "sent", 2: "queued"}
        assert box.texts(1) == ["AAPL"]


async def test_a_chat_that_is_forgotten_in_mid_push_gets_nothing_and_stops_nobody(tmp_path: Path) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        if delivery.chat_id == 1:
            box.stores.chats.forget(3)
        return plain(delivery)

    async with outbox(tmp_path, write) as box:
        box.book([1, 2, 3, 4])
        await box.sender.drain(box.bot)
        assert [one for one in (1, 2, 3, 4) if box.texts(one)] == [1, 2, 4]
        assert box.states() == {1: "sent", 2: "sent", 4: "sent"}


async def test_a_number_that_was_given_to_another_delivery_sends_no_others_words(tmp_path: Path) -> None:
    def write(delivery: Delivery) -> OutgoingMessage:
        if delivery.symbols == ("MSFT",) and box.texts(2) == []:
            box.stores.chats.forget(1)
            box.book([2], symbol="KO")
        return plain(delivery)

    async with outbox(tmp_path, write) as box:
        box.book([1], symbol="MSFT")
        await box.sender.drain(box.bot)
        assert (box.texts(1), box.texts(2)) == ([], ["KO"])
