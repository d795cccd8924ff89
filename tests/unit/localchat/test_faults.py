"""Planned faults: which request meets which."""

from __future__ import annotations

from bot.localchat.api.faults import Break, Faults, GroupMoves, blocked, flood, server_error


def test_a_fault_is_met_as_often_as_planned() -> None:
    faults = Faults()
    fault = flood(5)
    faults.plan(fault, times=2)
    assert [faults.take("sendMessage", 1) for _ in range(3)] == [fault, fault, None]


def test_method_and_chat_narrow_it() -> None:
    faults = Faults()
    fault = server_error(502)
    faults.plan(fault, method="sendPhoto", chat_id=7)
    assert faults.take("sendPhoto", 8) is None
    assert faults.take("sendMessage", 7) is None
    assert faults.take("SENDPHOTO", 7) is fault


def test_the_oldest_that_fits_comes_first() -> None:
    faults = Faults()
    faults.plan(Break.HANGING, chat_id=1)
    faults.plan(Break.DROPPED_BEFORE)
    assert faults.take("sendMessage", 2) is Break.DROPPED_BEFORE
    assert faults.take("sendMessage", 1) is Break.HANGING


def test_polling_is_spared_unless_it_is_named() -> None:
    faults = Faults()
    faults.plan(GroupMoves())
    assert faults.take("getUpdates", 0) is None
    assert faults.take("getMe", 0) is None
    faults.plan(server_error(500), method="getUpdates")
    assert faults.take("getUpdates", 0) is not None


def test_a_rule_decides_where_nothing_is_planned() -> None:
    faults = Faults()
    refused = blocked()
    faults.plan_by(lambda _, chat_id: refused if chat_id % 10 == 0 else None)
    assert [faults.take("sendMessage", chat) for chat in (9, 10)] == [None, refused]
    faults.clear()
    assert faults.take("sendMessage", 10) is None
