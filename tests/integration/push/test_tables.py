"""The push's tables in real SQLite: what is kept comes back, moves and goes with its chat."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from bot.chats.ports import ChatStore
from bot.chats.types import ChartKey, Chat, Member, QuietHours
from bot.push.pruning import Pruning
from bot.push.types import Alert, Delivery, Subscription
from forecasting.errors import StorageError
from forecasting.types.bars import Listing
from storage import Stores
from tests.database import all_deliveries
from tests.factories import NOW, forecast, price_history

DAY = date(2024, 7, 3)


@pytest.fixture
def tables(stores: Stores) -> Stores:
    for number in (1, 2, -3):
        stores.chats.upsert(Chat(number, "private", "", "UTC", "active", NOW), Member(9, "Somebody"))
    return stores


@pytest.fixture
def chats(tables: Stores) -> ChatStore:
    return tables.chats


def subscription(chat: int, symbol: str, due: datetime = NOW) -> Subscription:
    return Subscription(chat, symbol, "XNYS", time(8, 30), due, topic=5, last_session=DAY)


def delivery(chat: int, **changes: object) -> Delivery:
    made = Delivery(chat, "digest", ("AAPL", "KO"), DAY, NOW, NOW + timedelta(days=1), NOW)
    return replace(made, **changes)  # type: ignore[arg-type]


def booked(tables: Stores, chat: int) -> list[Delivery]:
    return [row for row in all_deliveries(tables) if row.chat_id == chat]


def test_subscriptions_come_back_and_are_due_chat_by_chat(tables: Stores, chats: ChatStore) -> None:
    kept = [subscription(1, "AAPL"), subscription(1, "KO", NOW + timedelta(hours=1)), subscription(2, "AAPL")]
    tables.subscriptions.save(kept)
    assert tables.subscriptions.of_chat(1) == tuple(kept[:2])
    assert [one.chat_id for one in tables.subscriptions.due(NOW, 10)] == [1, 2]
    assert tables.subscriptions.due(NOW, 1) == (kept[0],)
    chats.set_state(1, "paused")
    assert tables.subscriptions.due(NOW, 10) == (kept[2],)


def test_what_is_paused_is_never_due_until_it_is_saved_again(tables: Stores) -> None:
    one = subscription(1, "FB")
    tables.subscriptions.save([one])
    tables.subscriptions.pause(1, "FB")
    assert (tables.subscriptions.due(NOW, 10), tables.subscriptions.listings()) == ((), ())
    assert tables.subscriptions.of_chat(1) == (replace(one, paused=True),)
    tables.subscriptions.save([one])
    assert tables.subscriptions.due(NOW, 10) == (one,)
    tables.alerts.save(Alert(1, "FB", "XNYS", "band", 0.8, NOW, DAY, 1.0))
    [alert] = tables.alerts.due(NOW)
    tables.alerts.advance([replace(alert, paused=True)])
    assert (tables.alerts.due(NOW), tables.alerts.listings()) == ((), ())
    tables.alerts.save(replace(alert, paused=False))
    assert tables.alerts.due(NOW) == (alert,)


def test_what_was_removed_meanwhile_stays_removed(tables: Stores) -> None:
    one = subscription(1, "AAPL")
    tables.subscriptions.save([one])
    assert tables.subscriptions.remove(1, "AAPL")
    tables.subscriptions.advance([replace(one, next_due_at=NOW + timedelta(days=1))])
    assert tables.subscriptions.of_chat(1) == ()
    assert not tables.subscriptions.remove(1, "AAPL")


def test_one_delivery_a_chat_kind_symbols_and_session(tables: Stores) -> None:
    tables.deliveries.add([delivery(1), delivery(1, error="again"), delivery(1, kind="alert"), delivery(2)])
    rows = all_deliveries(tables)
    assert [(row.chat_id, row.kind, row.error) for row in rows] == [
        (1, "digest", ""),
        (1, "alert", ""),
        (2, "digest", ""),
    ]
    assert replace(rows[0], id=0) == delivery(1)


def test_what_was_being_sent_is_queued_again_and_the_rest_is_left(tables: Stores) -> None:
    states = ("queued", "sending", "sent", "failed", "expired")
    tables.deliveries.add(delivery(1, state=state, symbols=(state,)) for state in states)
    assert tables.deliveries.resume() == 1
    assert [row.state for row in all_deliveries(tables)] == ["queued", "queued", "sent", "failed", "expired"]


def test_only_what_may_go_waits_oldest_first(tables: Stores, chats: ChatStore) -> None:
    later = NOW + timedelta(minutes=1)
    tables.deliveries.add([delivery(1, not_before=later), delivery(2), delivery(-3, not_before=NOW - timedelta(1))])
    assert [row.chat_id for row in tables.deliveries.waiting(NOW, 9)] == [-3, 2]
    chats.set_state(2, "blocked")
    chats.set_state(-3, "paused")
    assert tables.deliveries.waiting(NOW, 9) == ()
    assert tables.deliveries.next_at() == later


def test_everything_moves_with_a_chat_and_goes_with_it(tables: Stores, chats: ChatStore) -> None:
    tables.subscriptions.save([subscription(-3, "AAPL")])
    tables.deliveries.add([delivery(-3)])
    tables.alerts.save(Alert(-3, "AAPL", "XNYS", "price", 100.0, NOW, DAY, 99.0))
    chats.set_quiet(-3, QuietHours(time(22), time(7)))
    chats.move(-3, -1003)
    assert [len(own) for own in everything(tables, -1003)] == [1, 1, 1]
    assert chats.profile(-1003).quiet == QuietHours(time(22), time(7))
    chats.forget(-1003)
    assert [len(own) for own in everything(tables, -1003)] == [0, 0, 0]
    assert chats.profile(-1003).quiet is None


def test_what_is_followed_is_listed_once_the_next_due_first(tables: Stores, chats: ChatStore) -> None:
    soon, later = NOW, NOW + timedelta(hours=1)
    tables.subscriptions.save([subscription(1, "AAPL", later), subscription(1, "KO", later)])
    tables.subscriptions.save([subscription(2, "KO", soon), subscription(-3, "MSFT", soon)])
    chats.set_state(-3, "paused")
    assert tables.subscriptions.listings() == (Listing("KO", "XNYS"), Listing("AAPL", "XNYS"))
    tables.alerts.save(Alert(1, "JPM", "XNYS", "band", 0.8, NOW, DAY, 99.0))
    tables.alerts.save(Alert(2, "JPM", "XNYS", "band", 0.95, NOW, DAY, 99.0))
    assert tables.alerts.listings() == (Listing("JPM", "XNYS"),)


async def test_old_rows_go_and_what_is_open_or_a_record_stays(tables: Stores) -> None:
    old, usage, published = NOW - timedelta(days=90, seconds=1), tables.usage, tables.forecasts
    made = published.publish(forecast(price_history()))
    states = ("queued", "sending", "sent", "failed", "expired")
    tables.deliveries.add(delivery(1, state=state, symbols=(state,), due_at=old) for state in states)
    tables.deliveries.add(delivery(2, state=state, symbols=(state,), due_at=NOW) for state in states)
    usage.spend(1, "forecast", NOW, NOW, None)
    chart = ChartKey(1, "AAPL", DAY, "a" * 64, "fan 5")
    tables.charts.keep(chart, "file")
    pruning = Pruning(tables.deliveries, usage, tables.charts, lambda: NOW)
    assert [await pruning.run(), await pruning.run()] == [3, 0]
    assert [row.state for row in booked(tables, 1)] == ["queued", "sending"]
    assert len(booked(tables, 2)) == 5
    assert len(usage.export(1)) == 1
    await Pruning(tables.deliveries, usage, tables.charts, lambda: NOW + timedelta(days=400)).run()
    assert usage.export(1) == ()
    assert tables.charts.find(chart) == "file", "one of the newest"
    assert published.find(made.key) is not None


def everything(tables: Stores, chat: int) -> tuple[Sequence[object], ...]:
    return tables.subscriptions.of_chat(chat), booked(tables, chat), tables.alerts.of_chat(chat)


def test_alerts_come_back_are_due_and_removed_by_their_own_chat_alone(tables: Stores) -> None:
    made = Alert(1, "AAPL", "XNYS", "band", 0.8, NOW, DAY, 99.0, cooldown_until=DAY, topic=4)
    tables.alerts.save(made)
    (kept,) = tables.alerts.of_chat(1)
    assert replace(kept, id=0) == made
    assert tables.alerts.due(NOW) == (kept,)
    tables.alerts.advance([replace(kept, next_check_at=NOW + timedelta(days=1))])
    assert tables.alerts.due(NOW) == ()
    assert not tables.alerts.remove(2, kept.id)
    assert tables.alerts.remove(1, kept.id)


def test_an_alert_that_is_made_again_is_renewed_and_its_buttons_stay_good(tables: Stores) -> None:
    made = Alert(1, "AAPL", "XNYS", "price", 250.0, NOW, DAY, 99.0, cooldown_until=DAY, topic=4)
    tables.alerts.save(made)
    (first,) = tables.alerts.of_chat(1)
    again = replace(made, next_check_at=NOW + timedelta(days=1), last_value=98.0, cooldown_until=None, topic=None)
    tables.alerts.save(again)
    assert tables.alerts.of_chat(1) == (replace(again, id=first.id),)


def test_nothing_is_kept_for_a_chat_that_nobody_knows(tables: Stores) -> None:
    with pytest.raises(StorageError):
        tables.subscriptions.save([subscription(77, "AAPL")])
    with pytest.raises(StorageError):
        tables.deliveries.add([delivery(77)])
