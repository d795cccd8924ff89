"""The translator: what whoever asked is told of each kind of error, where, and what of it stands in the log alone."""

import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape

import pytest
from telegram import Update
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.ext import TypeHandler

from bot.chats.types import Chat, Member
from bot.handlers import errors
from bot.services import Context
from forecasting.errors import (
    AccessDenied,
    FanchartError,
    InputError,
    RateLimited,
    SourceUnreachable,
    StorageError,
    UnknownSymbol,
)
from forecasting.types.bars import SymbolMatch
from tests import updates
from tests.factories import NOW
from tests.fakes import ManualClock
from tests.memory_chats import MemoryChats
from tests.recorded_telegram import BLOCKED, TOO_OLD, Json, Process, RecordedTelegram, handling
from tests.updates import BEN, GROUP, SUPERGROUP

OUR_FAULT = re.compile(
    r"Something went wrong on my side; please try again\. If it stays, tell an admin this: ([0-9a-f]{6})\."
)
TELEGRAMS_FAULT = re.compile(r"Telegram and I had trouble talking; please try again \(reference ([0-9a-f]{6})\)\.")
GONE = "I cannot change that message any more. Please send the command again."
SOON = NOW + timedelta(minutes=4)


@dataclass
class House:
    """A handler that always raises the same, and a Telegram."""

    error: Exception = field(default_factory=ZeroDivisionError)
    chats: MemoryChats = field(default_factory=MemoryChats)
    clock: ManualClock = field(default_factory=ManualClock)
    telegram: RecordedTelegram = field(default_factory=RecordedTelegram)
    home_timezone: str = "UTC"

    async def fail(self, _update: Update, _context: Context) -> None:
        raise self.error

    def alerts(self) -> list[str]:
        return self.telegram.words("answerCallbackQuery")


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def process(house: House) -> AsyncIterator[Process]:
    async with handling(house.telegram, house, {0: (TypeHandler(Update, house.fail),)}, errors.report) as ready:
        yield ready


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged as an error."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


QUESTION = updates.message("/predict AAPL", BEN)
PRESS = updates.press("1|predict|AAPL|20", BEN)


@pytest.mark.parametrize("error", [InputError("“<b>” is no symbol.", "Try “AAPL”."), AccessDenied("No & no.", "Ask.")])
async def test_our_own_errors_are_told_as_they_are(house: House, process: Process, error: FanchartError) -> None:
    house.error = error
    await process(QUESTION)
    [told] = house.telegram.of("sendMessage")
    assert unescape(told.words) == str(error)
    assert "<" not in told.words
    assert (told.parameters["chat_id"], told.parameters["parse_mode"]) == (BEN, "HTML")


async def test_a_press_is_answered_by_an_alert_in_plain_words(house: House, process: Process) -> None:
    house.error = InputError("“M&M <b>” is no symbol.", "Try “AAPL” 🦊.")
    await process(PRESS)
    [alert] = house.telegram.of("answerCallbackQuery")
    assert alert.words == "“M&M <b>” is no symbol. Try “AAPL” 🦊."
    assert alert.parameters["show_alert"] is True
    assert house.telegram.words() == []


async def test_what_is_too_long_for_an_alert_is_a_message(house: House, process: Process) -> None:
    for length, alerts in ((200, 1), (201, 0)):
        house.telegram.calls.clear()
        house.error = InputError("x" * length)
        await process(PRESS)
        assert len(house.alerts()) == alerts
        assert len(house.telegram.words()) == 1 - alerts


async def test_a_press_that_is_too_old_for_an_alert_is_answered_by_a_message(house: House, process: Process) -> None:
    house.error = AccessDenied("Only the bot's admins can do that.", "Ask one of them.")
    house.telegram.plan("answerCallbackQuery", TOO_OLD)
    await process(PRESS)
    assert house.telegram.words() == ["Only the bot&#x27;s admins can do that. Ask one of them."]


async def test_a_press_on_a_message_too_old_to_be_shown_is_told_like_any_other(house: House, process: Process) -> None:
    house.error = InputError("No.")
    house.telegram.plan("answerCallbackQuery", TOO_OLD)
    for _ in range(2):
        await process(updates.press_on_a_lost_message("1|predict|AAPL|20", BEN))
    assert house.alerts() == ["No.", "No."]
    assert house.telegram.words() == ["No."]


async def test_near_matches_are_offered_as_buttons_also_after_a_press(house: House, process: Process) -> None:
    house.error = UnknownSymbol("AAPLE", (SymbolMatch("AAPL", "Apple"),))
    for update in (QUESTION, PRESS):
        await process(update)
        assert "AAPL · Apple" in str(house.telegram.of("sendMessage")[-1].parameters["reply_markup"])
    assert house.alerts() == []
    house.error = UnknownSymbol("AAPLE")
    await process(QUESTION)
    assert "reply_markup" not in house.telegram.of("sendMessage")[-1].parameters


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (RateLimited("Yahoo & co.", SOON), "Yahoo &amp; co. is limiting us."),
        (SourceUnreachable("Yahoo", "<no route>", SOON), "Yahoo cannot be reached (&lt;no route&gt;)."),
    ],
)
async def test_when_to_try_again_is_told_by_the_chats_own_clock(
    house: House, process: Process, error: FanchartError, what: str
) -> None:
    house.error = error
    await process(QUESTION)
    house.chats.upsert(Chat(BEN, "private", "", "Asia/Kolkata", "active", NOW), Member(BEN, "Ben"))
    await process(QUESTION)
    assert house.telegram.words() == [
        f"{what} Next try in 4 min (3 Jul 21:34 UTC).",
        f"{what} Next try in 4 min (4 Jul 03:04 IST).",
    ]


async def test_without_a_time_to_try_again_the_next_step_is_told(house: House, process: Process) -> None:
    house.error = SourceUnreachable("Yahoo", "no route")
    await process(QUESTION)
    assert house.telegram.words() == ["Yahoo cannot be reached (no route). Try again in a few minutes."]


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("secret"),
        StorageError("The database /secret.db said no.", "Free some disk space."),
        BadRequest("secret: wrong file identifier"),
        TelegramError("secret"),
    ],
)
async def test_what_nobody_foresaw_is_logged_and_told_by_a_number_alone(
    house: House, process: Process, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    house.error = error
    await process(QUESTION)
    [told] = house.telegram.words()
    found = OUR_FAULT.fullmatch(told)
    assert found
    assert logged(caplog) == [f"unexpected error {found[1]}"]
    assert "secret" in caplog.text


@pytest.mark.parametrize("error", [NetworkError("secret"), RetryAfter(timedelta(seconds=5))])
async def test_trouble_with_telegram_itself_is_called_that(
    house: House, process: Process, error: TelegramError, caplog: pytest.LogCaptureFixture
) -> None:
    house.error = error
    await process(PRESS)
    [told] = house.alerts()
    found = TELEGRAMS_FAULT.fullmatch(told) or OUR_FAULT.fullmatch(told)
    assert found
    assert bool(TELEGRAMS_FAULT.fullmatch(told)) is isinstance(error, NetworkError)
    assert logged(caplog) == [f"unexpected error {found[1]}"]


@pytest.mark.parametrize("error", [Forbidden("bot was blocked by the user"), TimedOut()])
async def test_an_answer_that_did_not_arrive_is_not_answered(
    house: House, process: Process, error: TelegramError, caplog: pytest.LogCaptureFixture
) -> None:
    house.error = error
    for update in (QUESTION, PRESS):
        await process(update)
    assert house.telegram.calls == []
    assert logged(caplog) == []


async def test_an_edit_that_changes_nothing_ends_the_waiting_sign_in_silence(house: House, process: Process) -> None:
    house.error = BadRequest("Message is not modified: specified new message content is exactly the same")
    await process(QUESTION)
    assert house.telegram.calls == []
    await process(PRESS)
    assert house.alerts() == [""]
    assert "show_alert" not in house.telegram.of("answerCallbackQuery")[0].parameters


@pytest.mark.parametrize(
    "words", ["Message to edit not found", "Message can't be edited", "Bad Request: MESSAGE_ID_INVALID"]
)
async def test_a_message_that_is_gone_is_told(
    house: House, process: Process, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.error = BadRequest(words)
    await process(PRESS)
    assert house.alerts() == [GONE]
    assert logged(caplog) == []


async def test_a_group_that_moved_meanwhile_is_told_where_it_is_now(house: House, process: Process) -> None:
    house.error = ChatMigrated(SUPERGROUP)
    await process(updates.message("/predict AAPL", BEN, GROUP))
    [told] = house.telegram.of("sendMessage")
    assert told.parameters["chat_id"] == SUPERGROUP
    assert told.words.endswith("Please ask again.")
    house.telegram.plan("sendMessage", BLOCKED)
    await process(updates.message("/predict AAPL", BEN, GROUP))


async def test_an_answer_stays_in_its_topic(house: House, process: Process) -> None:
    house.error = InputError("No.")
    await process(updates.message("/predict", BEN, SUPERGROUP, message_thread_id=9, is_topic_message=True))
    assert house.telegram.of("sendMessage")[0].parameters["message_thread_id"] == 9


@pytest.mark.parametrize("update", [QUESTION, PRESS], ids=["question", "press"])
@pytest.mark.parametrize("trouble", [BLOCKED, TimedOut(), NetworkError("down")], ids=["blocked", "late", "down"])
async def test_an_error_that_cannot_be_told_is_no_further_error(
    house: House, process: Process, update: Json, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    house.error = InputError("No.")
    for method in ("sendMessage", "answerCallbackQuery"):
        house.telegram.plan(method, trouble)
    await process(update)
    assert "an error could not be told" in caplog.text
    assert logged(caplog) == []


async def test_where_nobody_can_be_answered_the_log_alone_tells(
    house: House, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    await process(updates.inline("AAPL", BEN))
    assert house.telegram.calls == []
    assert len(logged(caplog)) == 1


async def test_an_error_outside_of_any_update_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    async with handling(house.telegram, house, {}, errors.report) as process:
        for error in (ZeroDivisionError("boom"), RateLimited("Yahoo", SOON)):
            await process.application.process_error(None, error)
    assert house.telegram.calls == []
    assert len(logged(caplog)) == 1
