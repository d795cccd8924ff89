"""What whoever asked reads of each kind of error, where, and what of it is in the log alone."""

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
    SearchUnavailable,
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
TELEGRAMS_FAULT = re.compile(r"Telegram could not be reached\. Please try again \(reference ([0-9a-f]{6})\)\.")
GONE = "I cannot change that message any more. Please send the command again."
SOON = NOW + timedelta(minutes=4)


@dataclass
class Stage:
    """A handler that always raises the same, and a Telegram."""

    error: Exception = field(default_factory=ZeroDivisionError)
    chats: MemoryChats = field(default_factory=MemoryChats)
    clock: ManualClock = field(default_factory=ManualClock)
    telegram: RecordedTelegram = field(default_factory=RecordedTelegram)
    home_timezone: str = "UTC"

    async def fail(self, _update: Update, _context: Context) -> None:
        raise self.error

    def alerts(self) -> list[str]:
        return self.telegram.texts("answerCallbackQuery")


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def process(stage: Stage) -> AsyncIterator[Process]:
    async with handling(stage.telegram, stage, {0: (TypeHandler(Update, stage.fail),)}, errors.report) as ready:
        yield ready


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is logged as an error."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


QUESTION = updates.message("/predict AAPL", BEN)
PRESS = updates.press("1|predict|AAPL|20", BEN)


@pytest.mark.parametrize("error", [InputError("“<b>” is no symbol.", "Try “AAPL”."), AccessDenied("No & no.", "Ask.")])
async def test_our_own_errors_are_shown_as_they_are(stage: Stage, process: Process, error: FanchartError) -> None:
    stage.error = error
    await process(QUESTION)
    [sent] = stage.telegram.of("sendMessage")
    assert unescape(sent.text) == str(error)
    assert "<" not in sent.text
    assert (sent.parameters["chat_id"], sent.parameters["parse_mode"]) == (BEN, "HTML")


async def test_a_press_is_answered_by_an_alert_in_plain_words(stage: Stage, process: Process) -> None:
    stage.error = InputError("“M&M <b>” is no symbol.", "Try “AAPL” 🦊.")
    await process(PRESS)
    [alert] = stage.telegram.of("answerCallbackQuery")
    assert alert.text == "“M&M <b>” is no symbol. Try “AAPL” 🦊."
    assert alert.parameters["show_alert"] is True
    assert stage.telegram.texts() == []


async def test_what_is_too_long_for_an_alert_is_a_message(stage: Stage, process: Process) -> None:
    for length, alerts in ((200, 1), (201, 0)):
        stage.telegram.calls.clear()
        stage.error = InputError("x" * length)
        await process(PRESS)
        assert stage.alerts() == ["x" * length if alerts else ""]  # a press that nobody answers looks like one in work
        assert len(stage.telegram.texts()) == 1 - alerts


async def test_a_press_that_is_too_old_for_an_alert_is_answered_by_a_message(stage: Stage, process: Process) -> None:
    stage.error = AccessDenied("Only the bot's admins can do that.", "Ask one of them.")
    stage.telegram.plan("answerCallbackQuery", TOO_OLD)
    await process(PRESS)
    assert stage.telegram.texts() == ["Only the bot&#x27;s admins can do that. Ask one of them."]


async def test_a_press_on_a_message_too_old_to_be_shown_is_answered_like_any_other(
    stage: Stage, process: Process
) -> None:
    stage.error = InputError("No.")
    stage.telegram.plan("answerCallbackQuery", TOO_OLD)
    for _ in range(2):
        await process(updates.press_on_a_lost_message("1|predict|AAPL|20", BEN))
    assert stage.alerts() == ["No.", "No."]
    assert stage.telegram.texts() == ["No."]


async def test_near_matches_are_offered_as_buttons_also_after_a_press(stage: Stage, process: Process) -> None:
    stage.error = UnknownSymbol("AAPLE", (SymbolMatch("AAPL", "Apple"),))
    for update in (QUESTION, PRESS):
        await process(update)
        assert "AAPL · Apple" in str(stage.telegram.of("sendMessage")[-1].parameters["reply_markup"])
    assert stage.alerts() == [""]
    stage.error = UnknownSymbol("AAPLE")
    await process(QUESTION)
    assert "reply_markup" not in stage.telegram.of("sendMessage")[-1].parameters


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (RateLimited("Yahoo & co.", SOON), "Yahoo &amp; co. is limiting us."),
        (SourceUnreachable("Yahoo", "<no route>", SOON), "Yahoo cannot be reached (&lt;no route&gt;)."),
    ],
)
async def test_the_next_try_is_given_in_the_chats_own_timezone(
    stage: Stage, process: Process, error: FanchartError, what: str
) -> None:
    stage.error = error
    await process(QUESTION)
    stage.chats.upsert(Chat(BEN, "private", "", "Asia/Kolkata", "active", NOW), Member(BEN, "Ben"))
    await process(QUESTION)
    assert stage.telegram.texts() == [
        f"{what} Try again in 4 min (3 Jul 21:34 UTC).",
        f"{what} Try again in 4 min (4 Jul 03:04 IST).",
    ]


async def test_names_that_cannot_be_looked_up_are_told_with_similar_ones(stage: Stage, process: Process) -> None:
    stage.error = SearchUnavailable("PFIZER", SOON, (SymbolMatch("PFE", "Pfizer Inc."),))
    await process(QUESTION)
    [text] = stage.telegram.texts()
    assert text.startswith("PFIZER is no symbol that is known, and names cannot be looked up right now. Type the exact")
    assert text.endswith("symbol, such as AAPL, or ask again in 4 min (3 Jul 21:34 UTC).")
    assert "PFE · Pfizer" in str(stage.telegram.of("sendMessage")[-1].parameters["reply_markup"])


async def test_without_a_next_try_the_next_step_is_given(stage: Stage, process: Process) -> None:
    stage.error = SourceUnreachable("Yahoo", "no route")
    await process(QUESTION)
    assert stage.telegram.texts() == ["Yahoo cannot be reached (no route). Try again in a few minutes."]


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("secret"),
        StorageError("The database /secret.db failed.", "Free some disk space."),
        BadRequest("secret: wrong file identifier"),
        TelegramError("secret"),
    ],
)
async def test_an_unexpected_error_is_logged_and_answered_with_a_reference_alone(
    stage: Stage, process: Process, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stage.error = error
    await process(QUESTION)
    [sentence] = stage.telegram.texts()
    found = OUR_FAULT.fullmatch(sentence)
    assert found
    assert logged(caplog) == [f"unexpected error {found[1]}"]
    assert "secret" in caplog.text


@pytest.mark.parametrize("error", [NetworkError("secret"), RetryAfter(timedelta(seconds=5))])
async def test_trouble_with_telegram_itself_is_called_that(
    stage: Stage, process: Process, error: TelegramError, caplog: pytest.LogCaptureFixture
) -> None:
    stage.error = error
    await process(PRESS)
    [alert] = stage.alerts()
    found = TELEGRAMS_FAULT.fullmatch(alert) or OUR_FAULT.fullmatch(alert)
    assert found
    assert bool(TELEGRAMS_FAULT.fullmatch(alert)) is isinstance(error, NetworkError)
    assert logged(caplog) == [f"unexpected error {found[1]}"]


@pytest.mark.parametrize("error", [Forbidden("bot was blocked by the user"), TimedOut()])
async def test_an_answer_that_did_not_arrive_is_not_answered(
    stage: Stage, process: Process, error: TelegramError, caplog: pytest.LogCaptureFixture
) -> None:
    stage.error = error
    for update in (QUESTION, PRESS):
        await process(update)
    assert stage.telegram.calls == []
    assert logged(caplog) == []


async def test_an_edit_that_changes_nothing_is_acknowledged_in_silence(stage: Stage, process: Process) -> None:
    stage.error = BadRequest("Message is not modified: specified new message content is exactly the same")
    await process(QUESTION)
    assert stage.telegram.calls == []
    await process(PRESS)
    assert stage.alerts() == [""]
    assert "show_alert" not in stage.telegram.of("answerCallbackQuery")[0].parameters


@pytest.mark.parametrize(
    "description", ["Message to edit not found", "Message can't be edited", "Bad Request: MESSAGE_ID_INVALID"]
)
async def test_a_message_that_is_gone_has_a_sentence_of_its_own(
    stage: Stage, process: Process, description: str, caplog: pytest.LogCaptureFixture
) -> None:
    stage.error = BadRequest(description)
    await process(PRESS)
    assert stage.alerts() == [GONE]
    assert logged(caplog) == []


async def test_a_group_that_moved_meanwhile_is_answered_where_it_is_now(stage: Stage, process: Process) -> None:
    stage.error = ChatMigrated(SUPERGROUP)
    await process(updates.message("/predict AAPL", BEN, GROUP))
    [sent] = stage.telegram.of("sendMessage")
    assert sent.parameters["chat_id"] == SUPERGROUP
    assert sent.text.endswith("Please ask again.")
    stage.telegram.plan("sendMessage", BLOCKED)
    await process(updates.message("/predict AAPL", BEN, GROUP))


async def test_an_answer_stays_in_its_topic(stage: Stage, process: Process) -> None:
    stage.error = InputError("No.")
    await process(updates.message("/predict", BEN, SUPERGROUP, message_thread_id=9, is_topic_message=True))
    assert stage.telegram.of("sendMessage")[0].parameters["message_thread_id"] == 9


@pytest.mark.parametrize("update", [QUESTION, PRESS], ids=["question", "press"])
@pytest.mark.parametrize("trouble", [BLOCKED, TimedOut(), NetworkError("down")], ids=["blocked", "late", "down"])
async def test_an_error_message_that_cannot_be_sent_is_no_further_error(
    stage: Stage, process: Process, update: Json, trouble: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stage.error = InputError("No.")
    for method in ("sendMessage", "answerCallbackQuery"):
        stage.telegram.plan(method, trouble)
    await process(update)
    assert "an error message could not be sent" in caplog.text
    assert logged(caplog) == []


async def test_where_nobody_can_be_answered_the_error_is_in_the_log_alone(
    stage: Stage, process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    await process(updates.inline("AAPL", BEN))
    assert stage.telegram.calls == []
    assert len(logged(caplog)) == 1


async def test_an_error_outside_of_any_update_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    stage = Stage()
    async with handling(stage.telegram, stage, {}, errors.report) as process:
        for error in (ZeroDivisionError("boom"), RateLimited("Yahoo", SOON)):
            await process.application.process_error(None, error)
    assert stage.telegram.calls == []
    assert len(logged(caplog)) == 1
