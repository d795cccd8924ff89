"""What every `DeliveryStore` promises."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.chats.ports import ChatStore
from bot.chats.types import Chat, Member
from bot.push.ports import DeliveryStore
from bot.push.types import AlertFact, Delivery
from storage import Stores
from tests.factories import NOW
from tests.memory_chats import MemoryChats
from tests.memory_deliveries import MemoryDeliveries

LATER = NOW + timedelta(hours=1)
FACT = AlertFact("A&B", "chance", 0.6, 227.52, "USD", 0.1 + 0.2)


@dataclass
class Ledger:
    """Two chats and what waits for them."""

    chats: ChatStore
    rows: DeliveryStore

    def book(self, chat: int, symbol: str = "AAPL", **changes: object) -> None:
        row = Delivery(chat, "digest", (symbol,), date(2024, 7, 3), NOW, LATER, NOW)
        self.rows.add([replace(row, **changes)])  # type: ignore[arg-type]  # each test names fields of Delivery

    def waiting(self) -> list[tuple[int, str]]:
        return [(row.chat_id, row.symbols[0]) for row in self.rows.waiting(NOW, 9)]


@pytest.fixture(params=("memory", "sqlite"))
def ledger(request: pytest.FixtureRequest, stores: Stores) -> Ledger:
    memory = MemoryChats()
    for chats in (memory, stores.chats):
        for chat in (1, 2):
            chats.upsert(Chat(chat, "private", "", "UTC", "active", NOW), Member(chat, "Somebody"))
    if request.param == "memory":
        return Ledger(memory, MemoryDeliveries(memory))
    return Ledger(stores.chats, stores.deliveries)


def test_the_same_push_is_booked_once(ledger: Ledger) -> None:
    for _ in range(2):
        ledger.book(1)
    [row] = ledger.rows.waiting(NOW, 9)
    ledger.rows.save(replace(row, state="sent"))
    ledger.book(1)
    assert ledger.waiting() == []


def test_what_may_go_comes_in_order_and_at_most_so_many(ledger: Ledger) -> None:
    ledger.book(1, "B", not_before=NOW - timedelta(minutes=1))
    ledger.book(2, "A")
    ledger.book(1, "C", not_before=LATER)
    ledger.book(2, "D", not_before=NOW - timedelta(minutes=2))
    assert ledger.waiting() == [(2, "D"), (1, "B"), (2, "A")]
    assert len(ledger.rows.waiting(NOW, 2)) == 2


def test_chats_that_are_not_active_wait_and_are_not_waited_for(ledger: Ledger) -> None:
    ledger.book(1)
    ledger.chats.set_state(1, "paused")
    assert (ledger.waiting(), ledger.rows.next_at()) == ([], None)
    ledger.book(2, not_before=LATER)
    assert ledger.rows.next_at() == LATER


def test_a_row_keeps_what_came_of_it(ledger: Ledger) -> None:
    ledger.book(1, topic=5)
    [row] = ledger.rows.waiting(NOW, 9)
    changed = replace(row, state="queued", topic=None, attempts=2, chunks_sent=1, message_id=9, error="why ☔")
    ledger.rows.save(changed)
    assert ledger.rows.get(row.id) == changed
    assert ledger.rows.get(999) is None


def test_what_was_cut_off_is_queued_again(ledger: Ledger) -> None:
    ledger.book(1)
    [row] = ledger.rows.waiting(NOW, 9)
    ledger.rows.save(replace(row, state="sending"))
    assert ledger.waiting() == []
    assert (ledger.rows.resume(), ledger.rows.resume()) == (1, 0)
    assert ledger.waiting() == [(1, "AAPL")]


def test_what_is_too_old_is_given_up(ledger: Ledger) -> None:
    ledger.book(1)
    assert ledger.rows.expire(LATER - timedelta(seconds=1)) == 0
    assert ledger.rows.expire(LATER) == 1
    assert ledger.waiting() == []


def test_a_closed_chats_waiting_rows_fail_and_no_others(ledger: Ledger) -> None:
    for chat in (1, 2):
        ledger.book(chat)
    [row, other] = ledger.rows.waiting(NOW, 9)
    ledger.rows.fail_chat(1, "blocked")
    assert ledger.rows.get(row.id) == replace(row, state="failed", error="blocked")
    assert ledger.rows.get(other.id) == other


def test_an_alerts_facts_come_back_to_the_last_bit(ledger: Ledger) -> None:
    facts = (FACT, replace(FACT, kind="price", level=250.0))
    ledger.book(1, "A&B", kind="alert", alerts=facts)
    [row] = ledger.rows.waiting(NOW, 9)
    assert (row.kind, row.alerts, row.older_body) == ("alert", facts, "")


def test_a_transaction_that_fails_books_nothing(ledger: Ledger) -> None:
    def fail() -> None:
        with ledger.rows.transaction():
            ledger.book(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert ledger.waiting() == []
    with ledger.rows.transaction():
        ledger.book(1)
    assert ledger.waiting() == [(1, "AAPL")]


def test_old_rows_are_pruned_that_are_at_their_end(ledger: Ledger) -> None:
    for state in ("queued", "sending", "sent", "failed", "expired"):
        ledger.book(1, state, state=state)
    assert ledger.rows.prune(NOW) == 0
    assert [ledger.rows.prune(LATER), ledger.rows.prune(LATER)] == [3, 0]
    assert ledger.waiting() == [(1, "queued")]
