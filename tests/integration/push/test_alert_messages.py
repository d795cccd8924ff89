"""An alert's delivery becomes a message: its facts are worded when it is sent, an older version's words are kept."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import storage
from bot.chats.types import Chat, Member
from bot.push.planner import SchedulePlanner
from bot.push.reports import SymbolReports
from bot.push.types import AlertFact, Delivery
from bot.sending.composer import Composer
from bot.sending.outgoing import TEXT_LENGTH, OutgoingMessage, chunks, units
from bot.view.text.alerts import alert_message
from forecasting.errors import BrokenArtefact, FanchartError, UnknownSymbol
from forecasting.forecasts import Answer
from forecasting.types.scorecards import Outcome
from storage import Stores
from tests.factories import NOW
from tests.fakes import ManualClock

OLDER = Path(__file__).parents[1] / "storage" / "older_version.sql"
FACT = AlertFact("AAPL", "price", 250.0, 227.5, "USD", 0.6)


class NoForecasts:
    """A service that an alert's message does not need, and that has nothing for a digest."""

    def __init__(self, error: FanchartError | None = None) -> None:
        self.error = error

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        del horizon
        raise self.error or UnknownSymbol(symbol)

    def score_due(self, _symbol: str) -> tuple[Outcome, ...]:
        return ()

    def outcomes(self, symbol: str, limit: int) -> tuple[Outcome, ...]:
        del limit
        raise UnknownSymbol(symbol)


async def composed(stores: Stores, delivery: Delivery, error: FanchartError | None = None) -> OutgoingMessage:
    clock = ManualClock()
    planner = SchedulePlanner(stores.chats, stores.subscriptions)
    message = await Composer(SymbolReports(NoForecasts(error), clock), planner, stores.subscriptions, clock).compose(
        delivery, 4242
    )
    assert isinstance(message, OutgoingMessage)
    return message


async def test_facts_that_were_booked_are_worded_when_they_are_sent(stores: Stores) -> None:
    stores.chats.upsert(Chat(1, "private", "", "UTC", "active", NOW), Member(1, "Ada"))
    facts = (FACT, replace(FACT, symbol="KO", kind="band", level=0.8))
    expires = NOW + timedelta(days=1)
    booked = Delivery(1, "alert", ("AAPL", "KO"), date(2024, 7, 3), NOW, expires, NOW, alerts=facts)
    stores.deliveries.add([booked])
    [row] = stores.deliveries.waiting(NOW, 9)
    message = await composed(stores, row)
    assert message.text == alert_message(facts)
    assert "<b>AAPL</b> closed at $227.50, now below $250.00" in message.text
    assert message.chart is None
    assert message.keyboard is not None
    assert [button.text for line in message.keyboard.inline_keyboard for button in line][:2] == ["AAPL", "KO"]


async def test_an_alert_that_an_older_version_worded_is_sent_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as older:
        older.executescript(OLDER.read_text("utf-8"))
    with closing(storage.open(path)) as stores:
        stores.chats.set_quiet(7, None)  # or it would wait for their end
        [alert] = [row for row in stores.deliveries.waiting(NOW, 9) if row.kind == "alert"]
        message = await composed(stores, alert)
    assert message.text == (
        "🔔 <b>AAPL</b> closed at $227.50, now below $250.00\n<i>/alerts lists and removes them · not advice</i>"
    )


async def test_very_many_facts_are_sent_whole_in_chunks_that_telegram_takes(stores: Stores) -> None:
    stores.chats.upsert(Chat(1, "private", "", "UTC", "active", NOW), Member(1, "Ada"))
    levels = [100.0 + number for number in range(200)]
    facts = tuple(AlertFact("BRK&B<🦊>", "price", level, 1e-7, "", 0.5) for level in levels)
    expires = NOW + timedelta(days=1)
    stores.deliveries.add([Delivery(1, "alert", ("A",), date(2024, 7, 3), NOW, expires, NOW, alerts=facts)])
    [row] = stores.deliveries.waiting(NOW, 9)
    sent = chunks((await composed(stores, row)).text)
    assert len(sent) > 1
    assert max(map(units, sent)) <= TEXT_LENGTH
    lines = "\n".join(sent).splitlines()
    assert [line.count("<b>BRK&amp;B&lt;🦊&gt;</b> closed at ") for line in lines] == [1] * len(facts) + [0]


async def test_a_digest_without_a_forecast_advises_what_the_chat_can_do(stores: Stores) -> None:
    stores.chats.upsert(Chat(1, "private", "", "UTC", "active", NOW), Member(1, "Ada"))
    digest = Delivery(1, "digest", ("AAPL",), date(2024, 7, 3), NOW, NOW, NOW)
    message = await composed(stores, digest, BrokenArtefact("The stored model cannot be read."))
    assert message.text == "⚠️ <b>AAPL</b> The stored model cannot be read. Train the symbol again with /train."
