"""The daily push as people see it: subscribing, the digest, alerts, groups, pauses."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS
from forecasting.errors import RateLimited
from forecasting.types.bars import PriceHistory
from tests.database import all_deliveries
from tests.e2e.bot.sources import FailingSource
from tests.e2e.bot.stage import Stage, stage, write_csv
from tests.factories import price_history
from tests.waiting import PATIENCE_S

AFTER_FRIDAY = datetime(2024, 7, 5, 20, 31, tzinfo=UTC)
"""The stage's clock stands on Wednesday evening; Thursday is a holiday."""


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        yield running


def trade_on(folder: Path, until: date, *, jump: float = 0.0) -> None:
    """Let sessions pass: the same histories, longer; the last close moves by `jump`."""
    for seed, symbol in enumerate(("AAPL", "MSFT", "KO")):
        known = price_history(symbol, seed=seed)
        days = np.busday_count(known.last_session, until)
        write_csv(folder / "prices", _longer(known, int(days), jump))


def _longer(known: PriceHistory, days: int, jump: float) -> PriceHistory:
    more = price_history(known.symbol, days, seed=99, start_price=float(known.close[-1]))
    newer = np.busday_offset(np.datetime64(known.last_session), np.arange(1, days + 1))
    newer = newer[newer != np.datetime64("2024-07-04")]
    keep = slice(days - len(newer), None)
    columns = {
        name: np.concatenate([getattr(known, name), getattr(more, name)[keep]])
        for name in ("open", "high", "low", "close", "volume")
    }
    columns["close"][-1] *= 1 + jump
    columns["volume"][-1] *= 5 if jump else 1  # what so many trade is no odd print
    columns["high"] = np.maximum(columns["high"], columns["close"])
    columns["low"] = np.minimum(columns["low"], columns["close"])
    sessions = np.concatenate([known.sessions, newer])
    return replace(known, sessions=sessions, **columns)  # type: ignore[arg-type]


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that the chat does not show."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the database tells nobody when it changes
            await asyncio.sleep(0.01)


async def book(here: Stage, at: datetime) -> None:
    """Let the clock show a time, and book what is due."""
    here.clock.now = at
    await here.app.scheduler.book_digests()
    await here.app.scheduler.book_alerts()


async def test_one_symbol_comes_as_its_fan_chart_with_how_the_last_forecast_did(here: Stage, tmp_path: Path) -> None:
    answer = await here.ask("/subscribe AAPL")
    assert answer.text == "AAPL: a forecast after every close, first on 5 Jul 20:30 UTC."
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    digest = await here.next()
    assert digest.photo
    assert digest.text.startswith("Closed at $80.46, outside the last forecast's 80% band.")
    assert "AAPL" in digest.text
    assert "not advice" in digest.text
    assert "20 sessions" in [button.text for button in digest.buttons]
    await book(here, AFTER_FRIDAY + timedelta(hours=3))
    assert len(here.chat.bot_messages(ADA)) == 2, "once a session"


async def test_several_symbols_come_as_one_card_whose_buttons_open_each(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL MSFT KO")
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    digest = await here.next()
    assert digest.photo
    assert all(f"{symbol} $" in digest.text for symbol in ("AAPL", "MSFT", "KO"))
    assert digest.text.count("side the last forecast's") == 3
    await here.press(digest, "KO")
    assert "KO" in (await here.next()).text


async def test_a_symbol_that_fails_is_named_and_the_others_come(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL KO MSFT")
    trade_on(tmp_path, date(2024, 7, 5))
    (tmp_path / "prices" / "KO.csv").write_text("Date,Open,High,Low,Close,Volume\nnonsense")
    here.app.stores.database.execute("delete from prices where symbol = 'KO'")
    await book(here, AFTER_FRIDAY)
    digest = await here.next()
    assert digest.photo
    assert "⚠️ KO" in digest.text
    assert "MSFT $" in digest.text


async def test_late_prices_are_waited_for_and_then_said_to_be_old(here: Stage) -> None:
    await here.ask("/subscribe AAPL")
    await book(here, AFTER_FRIDAY)
    await here.app.sender.drain(here.app.telegram.bot)
    assert len(here.chat.bot_messages(ADA)) == 1
    here.clock.now = AFTER_FRIDAY + timedelta(minutes=46)
    await here.app.sender.drain(here.app.telegram.bot)
    assert "1 session" in (await here.next()).text


async def test_what_was_missed_is_caught_up_after_the_quiet_hours(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL")
    await here.ask("/quiet 22:00-07:00")
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, datetime(2024, 7, 6, 3, tzinfo=UTC))  # the host was down at the due time, and is up at night
    await here.app.sender.drain(here.app.telegram.bot)
    (held,) = all_deliveries(here.app.stores)
    assert (held.state, held.not_before) == ("queued", datetime(2024, 7, 6, 7, tzinfo=UTC))
    assert len(here.chat.bot_messages(ADA)) == 2
    here.clock.now = held.not_before
    await here.app.sender.drain(here.app.telegram.bot)
    assert (await here.next()).photo


async def test_a_source_that_limits_us_at_push_time_delays_the_digest_and_labels_it(tmp_path: Path) -> None:
    source = FailingSource(price_history())
    async with stage(tmp_path, sources=(source,)) as here:
        await here.ask("/subscribe AAPL")
        source.trouble = RateLimited("yahoo", AFTER_FRIDAY + timedelta(hours=3))
        await book(here, AFTER_FRIDAY)
        await here.app.sender.drain(here.app.telegram.bot)
        assert len(here.chat.bot_messages(ADA)) == 1
        here.clock.now = AFTER_FRIDAY + timedelta(minutes=46)
        await here.app.sender.drain(here.app.telegram.bot)
        digest = await here.next()
        assert digest.photo
        assert "yahoo is limiting us." in digest.text
        assert "1 session old" in digest.text


async def test_alerts_are_told_once_and_can_be_removed(here: Stage, tmp_path: Path) -> None:
    await here.ask("/alert AAPL 95%")
    question = await here.ask("/alert AAPL")
    await here.press(question, "Leaves the 80% band")
    assert "80% band" in (await here.next()).text
    trade_on(tmp_path, date(2024, 7, 5), jump=-0.2)
    await book(here, AFTER_FRIDAY)
    told = await here.next()
    assert "outside the 80% band" in told.text
    assert "outside the 95% band" in told.text
    await book(here, AFTER_FRIDAY + timedelta(hours=1))
    listed = await here.ask("/alerts")
    assert "silent until 11 Jul 2024" in listed.text
    for button in listed.buttons:
        await here.press(listed, button.text)
    await here.changed(listed, "No alerts here")


async def test_in_a_group_only_admins_change_what_everybody_gets(here: Stage, tmp_path: Path) -> None:
    refused = await here.ask("/subscribe AAPL", BEN, SUNDAY_INVESTORS)
    assert "only its admins" in refused.text
    assert "after every close" in (await here.ask("/subscribe AAPL", ADA, SUNDAY_INVESTORS)).text
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    assert (await here.next(SUNDAY_INVESTORS)).photo


async def test_a_group_that_becomes_a_supergroup_keeps_its_subscriptions(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL", ADA, SUNDAY_INVESTORS)
    moved = here.chat.upgrade_group(SUNDAY_INVESTORS)
    await until(lambda: here.app.services.subscriptions.of_chat(moved))
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    assert (await here.next(moved)).photo
    here.write("/subscriptions", ADA, moved)  # type: ignore[arg-type]
    assert "AAPL" in (await here.next(moved)).text


async def test_who_blocked_the_bot_gets_forecasts_again_after_start(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL", BEN)
    here.chat.block(BEN)
    await until(lambda: here.app.services.chats.get(BEN.id).state == "blocked")  # type: ignore[union-attr]
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    here.chat.unblock(BEN)
    await here.ask("/start", BEN)
    await until(lambda: here.app.services.chats.get(BEN.id).state == "active")  # type: ignore[union-attr]
    trade_on(tmp_path, date(2024, 7, 8))
    await book(here, datetime(2024, 7, 8, 20, 31, tzinfo=UTC))
    assert (await here.next(BEN)).photo


async def test_a_pause_is_not_caught_up(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL")
    assert "Paused" in (await here.ask("/pause")).text
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    assert "next 8 Jul 20:30 UTC" in (await here.ask("/resume")).text


async def test_times_are_chosen_by_buttons_and_kept_in_the_chats_own_timezone(here: Stage) -> None:
    chart = await here.ask("/predict AAPL")
    await here.press(chart, "Subscribe")
    question = await here.next()
    await here.press(question, "08:00")
    assert "first on 4 Jul 08:00 UTC" in (await here.changed(question, "first on")).text
    await here.ask("/timezone new york")
    await here.ask("/quiet 20:00-09:00")
    assert "next 4 Jul 09:00 EDT" in (await here.ask("/subscriptions")).text
    here.chat.send_location(ADA, ADA, 48.1, 11.6)
    assert "Europe/Berlin" in (await here.next()).text
    stopping = await here.ask("/unsubscribe")
    await here.press(stopping, "Stop AAPL")
    await here.changed(stopping, "Nothing is sent")


async def test_a_chat_that_was_denied_gets_nothing_more(here: Stage, tmp_path: Path) -> None:
    await here.ask("/subscribe AAPL", BEN)
    await here.ask(f"/deny {BEN.id}")
    trade_on(tmp_path, date(2024, 7, 5))
    await book(here, AFTER_FRIDAY)
    await until(lambda: [row.state for row in all_deliveries(here.app.stores)] == ["failed"])
    assert len(here.chat.bot_messages(BEN)) == 1


async def test_bad_input_gets_one_friendly_sentence(here: Stage) -> None:
    for typed, answer in BAD_INPUT.items():
        said = await here.ask(typed)
        assert answer in said.text, typed
    assert here.app.services.subscriptions.of_chat(ADA.id) == ()
    assert here.app.services.alerts.of_chat(ADA.id) == ()


BAD_INPUT = {
    "/subscribe": "Which symbol?",
    "/subscribe NOPE": "No price source knows NOPE.",
    "/subscribe YOUNG": "a forecast needs",
    "/subscribe " + "A" * 4000: "is not a symbol",
    "/unsubscribe AAPL": "follows none",
    "/quiet": "From when to when",
    "/quiet 25:00-26:00": "From when to when",
    "/timezone Xyzzy": "I do not know Xyzzy",
    "/timezone <b>": "I do not know <b>",
    "/alert": "Which symbol?",
    "/alert AAPL soon": "I watch for",
}
