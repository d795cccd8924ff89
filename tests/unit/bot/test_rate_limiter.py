"""Inside Telegram's limits whatever is asked, people before pushes, a 429 held where it belongs."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bot.telegram.rate_limiter import BURST, CHAT_BURST, MESSAGES_PER_SECOND, Priority, TelegramRateLimiter
from tests.waiting import run


@dataclass
class Telegram:
    """Records when each chat was written to, and answers 429 where it is told to."""

    log: list[tuple[float, int]] = field(default_factory=list)
    floods: deque[tuple[int, int]] = field(default_factory=deque)  # chat, seconds

    async def send(self, chat: int) -> bool:
        if self.floods and self.floods[0][0] == chat:
            raise RetryAfter(timedelta(seconds=self.floods.popleft()[1]))
        self.log.append((asyncio.get_running_loop().time(), chat))
        return True

    def times(self, chat: int) -> list[float]:
        return [at for at, to in self.log if to == chat]


async def ask(limiter: TelegramRateLimiter, telegram: Telegram, chat: int, priority: int | None = None) -> None:
    data = {"chat_id": chat}
    await limiter.process_request(telegram.send, (chat,), {}, "sendPhoto", data, priority)


def most_in(window_s: float, times: list[float]) -> int:
    """The most messages in any span of that length, its end not included."""
    return max(sum(start <= at < start + window_s for at in times) for start in times)


def test_a_thousand_chats_take_little_longer_than_the_limit_allows() -> None:
    async def push() -> Telegram:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        await asyncio.gather(*(ask(limiter, telegram, chat, Priority.PUSH) for chat in range(1, 1001)))
        return telegram

    times = [at for at, _ in run(push()).log]
    assert len(times) == 1000
    assert times[-1] < 1.1 * 1000 / 30
    assert most_in(1.0, times) <= MESSAGES_PER_SECOND + BURST


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=60), st.integers(1, 45))
def test_no_chat_gets_more_than_one_a_second_after_a_short_burst(chats: list[int], to_group: int) -> None:
    async def push() -> Telegram:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        await asyncio.gather(*(ask(limiter, telegram, chat) for chat in [*chats, *[-7] * to_group]))
        return telegram

    telegram = run(push())
    for chat in set(chats):
        times = telegram.times(chat)
        assert all(most_in(span, times) <= CHAT_BURST + span for span in (1.0, 5.0, 30.0))
    assert most_in(60.0, telegram.times(-7)) <= 2 * 20
    assert len(telegram.log) == len(chats) + to_group


def test_a_group_s_limit_holds_over_waves_whether_it_was_forgotten_between_them_or_not() -> None:
    async def push() -> Telegram:
        limiter, telegram, asked = TelegramRateLimiter(), Telegram(), []
        for quiet_s in (10, 50, 59.9, 75, 200, 0):
            asked += [asyncio.create_task(ask(limiter, telegram, -7)) for _ in range(25)]
            await asyncio.sleep(quiet_s)
        await asyncio.gather(*asked)
        return telegram

    times = run(push()).times(-7)
    assert len(times) == 6 * 25
    assert all(most_in(span, times) <= 20 + span / 3 for span in (1.0, 30.0, 60.0, 120.0, 300.0))


def test_a_reply_overtakes_every_waiting_push() -> None:
    async def push() -> tuple[float, float]:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        pushes = [asyncio.create_task(ask(limiter, telegram, chat, Priority.PUSH)) for chat in range(1, 301)]
        await asyncio.sleep(1)
        asked = asyncio.get_running_loop().time()
        await ask(limiter, telegram, 999, Priority.REPLY)
        answered = asyncio.get_running_loop().time()
        await asyncio.gather(*pushes)
        return answered - asked, telegram.log[-1][0]

    waited, ended = run(push())
    assert waited <= 2 / MESSAGES_PER_SECOND
    assert ended > 9


def test_who_stops_waiting_costs_nobody_their_place() -> None:
    async def push() -> int:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        pushes = [asyncio.create_task(ask(limiter, telegram, chat, Priority.PUSH)) for chat in range(1, 101)]
        await asyncio.sleep(1)
        for task in pushes[60:90]:
            task.cancel()
        await asyncio.gather(*pushes, return_exceptions=True)
        return len(telegram.log)

    assert run(push()) == 70


def test_a_reply_told_to_wait_is_sent_after_exactly_that_and_others_go_on() -> None:
    async def push() -> tuple[float, float]:
        limiter, telegram = TelegramRateLimiter(), Telegram(floods=deque([(1, 5)]))
        held = asyncio.create_task(ask(limiter, telegram, 1))
        await asyncio.sleep(0.5)
        await ask(limiter, telegram, 2)
        other = asyncio.get_running_loop().time()
        await held
        return other, asyncio.get_running_loop().time()

    other, held = run(push())
    assert other == pytest.approx(0.5, abs=1e-3)
    assert held == pytest.approx(5.1, abs=1e-3)


def test_a_second_chat_told_to_wait_holds_everything() -> None:
    async def push() -> float:
        limiter, telegram = TelegramRateLimiter(), Telegram(floods=deque([(1, 5), (2, 7)]))
        held = [asyncio.create_task(ask(limiter, telegram, chat)) for chat in (1, 2)]
        await asyncio.sleep(0.5)
        await ask(limiter, telegram, 3)
        third = asyncio.get_running_loop().time()
        await asyncio.gather(*held)
        return third

    assert run(push()) == pytest.approx(7.1, abs=1e-3)


def test_a_push_told_to_wait_goes_back_to_the_sender_and_its_chat_stays_held() -> None:
    async def push() -> float:
        limiter, telegram = TelegramRateLimiter(), Telegram(floods=deque([(1, 5)]))
        with pytest.raises(RetryAfter):
            await ask(limiter, telegram, 1, Priority.PUSH)
        await ask(limiter, telegram, 1, Priority.REPLY)
        return asyncio.get_running_loop().time()

    assert run(push()) == pytest.approx(5.1, abs=1e-3)


def test_a_push_to_a_chat_that_is_held_is_given_back_at_once_and_keeps_nobody_waiting() -> None:
    async def push() -> float:
        limiter, telegram = TelegramRateLimiter(), Telegram(floods=deque([(1, 30)]))
        held = asyncio.create_task(ask(limiter, telegram, 1, Priority.REPLY))
        await asyncio.sleep(0.5)
        with pytest.raises(RetryAfter, match="30"):
            await ask(limiter, telegram, 1, Priority.PUSH)
        await ask(limiter, telegram, 2, Priority.PUSH)
        second = asyncio.get_running_loop().time()
        await held
        return second

    assert run(push()) == pytest.approx(0.5, abs=1e-3)


def test_a_reply_that_is_told_to_wait_for_ever_fails_in_the_end() -> None:
    async def push() -> None:
        await ask(TelegramRateLimiter(), Telegram(floods=deque([(1, 1)] * 10)), 1)

    with pytest.raises(RetryAfter):
        run(push())


@pytest.mark.parametrize("endpoint", ["answerCallbackQuery", "sendChatAction", "getChatMember"])
def test_what_makes_no_message_does_not_wait(endpoint: str) -> None:
    async def push() -> float:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        for _ in range(100):
            await limiter.process_request(telegram.send, (1,), {}, endpoint, {"chat_id": 1}, None)
        return asyncio.get_running_loop().time()

    assert run(push()) == pytest.approx(0, abs=1e-3)


def test_an_album_counts_one_an_item() -> None:
    async def push() -> float:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        data = {"chat_id": 1, "media": [{}] * 10}
        await limiter.process_request(telegram.send, (1,), {}, "sendMediaGroup", data, Priority.PUSH)
        return asyncio.get_running_loop().time()

    assert run(push()) == pytest.approx(10 - CHAT_BURST, abs=1e-3)


def test_chats_of_long_ago_are_forgotten() -> None:
    async def push() -> int:
        limiter, telegram = TelegramRateLimiter(), Telegram()
        for chat in range(1, 2001):
            await ask(limiter, telegram, chat, Priority.PUSH)
        return len(limiter._chats)  # noqa: SLF001 - how much is remembered shows nowhere else

    assert run(push()) < 100
