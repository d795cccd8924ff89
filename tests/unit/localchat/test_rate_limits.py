"""The strict mode's rule, with time in hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.api.rate_limits import Rate, RateLimiter, RateLimits

START = datetime(2026, 3, 2, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_one_chat_gets_three_at_once_and_then_one_a_second() -> None:
    limiter = RateLimiter(RateLimits())
    assert [limiter.take(1, 1, at(0)) for _ in range(4)] == [0, 0, 0, 1]
    assert limiter.take(1, 1, at(0.5)) == 1
    assert limiter.take(1, 1, at(1)) == 0
    assert limiter.take(1, 1, at(1.2)) == 1


def test_the_bot_gets_thirty_at_once_and_then_thirty_a_second() -> None:
    limiter = RateLimiter(RateLimits())
    assert [limiter.take(chat, 1, at(0)) for chat in range(1, 31)] == [0] * 30
    assert limiter.take(31, 1, at(0)) == 1
    assert limiter.take(31, 1, at(1 / 30)) == 0
    assert limiter.take(32, 1, at(1 / 30)) == 1


def test_a_group_gets_twenty_a_minute() -> None:
    limiter = RateLimiter(RateLimits(chat=Rate(1000, 1000)))
    assert [limiter.take(-5, 1, at(0)) for _ in range(21)] == [0] * 20 + [3]
    assert limiter.take(-5, 1, at(2.9)) == 1
    assert limiter.take(-5, 1, at(3)) == 0


def test_a_private_chat_knows_no_minute_limit() -> None:
    limiter = RateLimiter(RateLimits())
    assert [limiter.take(5, 1, at(second)) for second in range(60)] == [0] * 60


def test_one_chats_haste_is_not_anothers_wait() -> None:
    limiter = RateLimiter(RateLimits())
    for _ in range(5):
        limiter.take(1, 1, at(0))
    assert limiter.take(2, 1, at(0)) == 0


def test_a_refused_message_takes_nothing() -> None:
    limiter = RateLimiter(RateLimits(overall=Rate(1, 4)))
    assert [limiter.take(1, 1, at(0)) for _ in range(9)] == [0, 0, 0] + [1] * 6
    assert limiter.take(2, 1, at(0)) == 0  # the fourth token of the bot was not lost


def test_an_album_counts_each_item_and_leaves_a_debt() -> None:
    limiter = RateLimiter(RateLimits())
    assert limiter.take(1, 10, at(0)) == 0
    assert limiter.take(1, 1, at(0)) == 8
    assert limiter.take(1, 1, at(8)) == 0


def test_a_clock_that_steps_back_gives_nothing() -> None:
    limiter = RateLimiter(RateLimits())
    for _ in range(3):
        limiter.take(1, 1, at(10))
    assert limiter.take(1, 1, at(0)) == 1


@given(st.lists(st.floats(0, 2), min_size=1, max_size=120))
def test_no_chat_ever_gets_more_than_burst_plus_rate(pauses: list[float]) -> None:
    limiter, now, sent = RateLimiter(RateLimits()), 0.0, 0
    for pause in pauses:
        now += pause
        sent += limiter.take(1, 1, at(now)) == 0
    assert sent <= 3 + now + 0.1


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_waiting_for_retry_after_is_enough(pauses: list[float]) -> None:
    limiter, now = RateLimiter(RateLimits()), 0.0
    for pause in pauses:
        now += pause
        if wait := limiter.take(-1, 1, at(now)):
            now += wait
            assert limiter.take(-1, 1, at(now)) == 0
