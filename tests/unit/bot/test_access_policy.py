"""Who is served: decided from lists and counts alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access.policy import Access, Visitor, refusal
from bot.access.quotas import DAILY_QUOTAS, QUOTA_SPAN, Quotas, Work
from forecasting.errors import AccessDenied, LimitReached
from tests.fakes import ManualClock
from tests.memory_chats import MemoryUsage

ADMIN, FRIEND, GROUP, STRANGER = 1, 2, -3, 4
ACCESS = Access(admins=frozenset({ADMIN}), allowed=frozenset({FRIEND, GROUP}))
STATUSES = st.sampled_from(("allowed", "denied", "unknown"))


@given(chat=st.integers(), user=st.integers())
def test_with_empty_lists_nobody_is_served(chat: int, user: int) -> None:
    assert not Access(frozenset(), frozenset()).may_talk(Visitor(chat, user))


@given(chat=st.integers(), status=STATUSES)
def test_admins_are_served_everywhere(chat: int, status: str) -> None:
    assert ACCESS.may_talk(Visitor(chat, ADMIN), status)  # type: ignore[arg-type]  # sampled from the three words


@given(user=st.integers().filter(lambda user: user != ADMIN))
def test_denied_beats_allowed(user: int) -> None:
    assert ACCESS.may_talk(Visitor(GROUP, user))
    assert not ACCESS.may_talk(Visitor(GROUP, user), "denied")
    assert ACCESS.may_talk(Visitor(-99, user), "allowed")


def test_a_friend_in_a_group_that_nobody_named_is_not_served() -> None:
    assert ACCESS.may_talk(Visitor(FRIEND, FRIEND))
    assert not ACCESS.may_talk(Visitor(-99, FRIEND))


def test_only_admins_pass_where_admins_are_required() -> None:
    ACCESS.require_admin(Visitor(GROUP, ADMIN))
    with pytest.raises(AccessDenied):
        ACCESS.require_admin(Visitor(FRIEND, FRIEND))


@pytest.mark.parametrize("work", list(DAILY_QUOTAS))
def test_quotas_hold_for_everybody_but_admins(work: Work) -> None:
    quota, clock = DAILY_QUOTAS[work], ManualClock()
    quotas = Quotas(MemoryUsage(), ACCESS, clock)
    for _ in range(quota):
        quotas.spend(Visitor(FRIEND, FRIEND), work)
        quotas.spend(Visitor(ADMIN, ADMIN), work)
    quotas.spend(Visitor(ADMIN, ADMIN), work)
    with pytest.raises(LimitReached, match=f"your {quota} for today"):
        quotas.spend(Visitor(FRIEND, FRIEND), work)
    clock.advance(QUOTA_SPAN + timedelta(seconds=1))
    quotas.spend(Visitor(FRIEND, FRIEND), work)


def test_a_stranger_is_told_their_id_and_whom_to_ask() -> None:
    told = refusal(Visitor(STRANGER, STRANGER), frozenset({ADMIN}))
    assert "<code>4</code>" in told
    assert 'href="tg://user?id=1"' in told
    assert "/allow 4" in told
    assert "whoever runs this bot" in refusal(Visitor(STRANGER, STRANGER), frozenset())
