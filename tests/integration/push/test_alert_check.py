"""Alerts in real SQLite: what happened is booked once, for those who still want to know, and nobody is left out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from bot.chats.types import Chat, Member
from bot.push.alert_rules import chance_of_rising
from bot.push.alerts import AlertBooking
from bot.push.planner import SchedulePlanner
from bot.push.reports import SymbolReports
from bot.push.schedule import ready_at
from bot.push.types import Alert, AlertFact
from forecasting.forecasts import Answer
from forecasting.types.scorecards import Outcome
from storage import Stores
from tests.database import all_deliveries
from tests.factories import NOW, forecast, price_history
from tests.fakes import ManualClock

FORECAST = forecast(price_history())
BEFORE = FORECAST.past_sessions[-2]


@dataclass
class Service:
    """Answers with the newest forecast, whose close lay outside every band of the one before."""

    meanwhile: Callable[[], None] = lambda: None
    answers: bool = True
    doubted: bool = False

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        del horizon
        del symbol
        self.meanwhile()
        if not self.answers:
            raise ZeroDivisionError
        return Answer(replace(FORECAST, doubted=self.doubted), None, 0)

    def score_due(self, symbol: str) -> tuple[Outcome, ...]:
        del symbol
        return ()

    def outcomes(self, symbol: str, limit: int) -> tuple[Outcome, ...]:
        del limit
        return (Outcome(symbol, BEFORE, 1, FORECAST.origin, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0),)


@dataclass
class Here:
    stores: Stores
    service: Service
    check: AlertBooking
    clock: ManualClock

    def watch(self, chat: int, level: float = 0.8, topic: int | None = None, symbol: str = "AAPL") -> None:
        due = ready_at("XNYS", FORECAST.origin)
        self.stores.alerts.save(Alert(chat, symbol, "XNYS", "band", level, due, BEFORE, 1.0, topic=topic))

    def booked(self) -> list[tuple[int, int | None, int]]:
        """Chat, topic and how many facts are told, of every delivery."""
        return [(row.chat_id, row.topic, len(row.alerts)) for row in all_deliveries(self.stores)]


@pytest.fixture
def here(stores: Stores) -> Here:
    """The check and all that it stands on."""
    clock, service = ManualClock(), Service()
    for number in (1, 2, -3):
        stores.chats.upsert(Chat(number, "private", "", "UTC", "active", NOW), Member(9, "Somebody"))
    check = AlertBooking(
        alerts=stores.alerts,
        deliveries=stores.deliveries,
        planner=SchedulePlanner(stores.chats, stores.subscriptions),
        reports=SymbolReports(service, clock),
        clock=clock,
    )
    return Here(stores, service, check, clock)


async def test_one_message_a_chat_and_topic_and_nothing_is_lost_where_two_topics_hear_the_same(here: Here) -> None:
    here.watch(1, 0.8)
    here.watch(1, 0.95)
    here.watch(-3, 0.8, topic=7)
    here.watch(-3, 0.95, topic=8)
    here.watch(-3, 0.8, topic=9, symbol="KO")
    assert await here.check.run() == 3
    assert sorted(here.booked()) == [(-3, 7, 2), (-3, 9, 1), (1, None, 2)]
    assert await here.check.run() == 0


async def test_what_happened_is_booked_as_facts(here: Here) -> None:
    here.watch(1, 0.8)
    await here.check.run()
    [row] = all_deliveries(here.stores)
    chance = chance_of_rising(FORECAST)
    assert row.alerts == (AlertFact("AAPL", "band", 0.8, FORECAST.close, FORECAST.currency, chance),)
    assert (row.kind, row.symbols, row.older_body) == ("alert", ("AAPL",), "")


async def test_who_forgets_or_removes_while_prices_are_fetched_hears_nothing_and_stops_nobody(here: Here) -> None:
    for chat in (1, 2, -3):
        here.watch(chat)

    def meanwhile() -> None:
        here.stores.chats.forget(1)
        for alert in here.stores.alerts.of_chat(2):
            here.stores.alerts.remove(2, alert.id)

    here.service.meanwhile = meanwhile
    assert await here.check.run() == 1
    assert here.booked() == [(-3, None, 1)]


async def test_a_close_that_looks_wrong_triggers_nothing_and_is_checked_again_a_session_later(here: Here) -> None:
    here.service.doubted = True
    here.watch(1)
    assert await here.check.run() == 0
    [alert] = here.stores.alerts.of_chat(1)
    assert alert.last_session == BEFORE
    assert alert.next_check_at == ready_at("XNYS", date(2024, 7, 5))


async def test_without_news_an_alert_is_looked_at_less_and_less(here: Here) -> None:
    here.watch(1)
    here.service.answers = False
    assert await here.check.run() == 0
    [alert] = here.stores.alerts.of_chat(1)
    assert alert.next_check_at >= here.clock() + timedelta(minutes=10)
    here.clock.advance(timedelta(days=30))
    assert await here.check.run() == 0
    [alert] = here.stores.alerts.of_chat(1)
    assert alert.next_check_at == here.clock() + timedelta(days=1)
