"""What people do besides typing well: tapping twice, sending stickers, meaning another bot, asking inline nonsense."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Group, Message
from bot.localchat.api.wire import message_json
from tests.e2e.bot.stage import EVE, Stage, stage

OVERHEARD = Group(-778, "Overheard", members=(ADA, EVE), bot_is_admin=True)
"""An admin among bots sees every message of a group, whoever it is meant for."""


@pytest.fixture(autouse=True)
def untroubled(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that a person does is an error to the bot."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}] == []


async def twice(on_stage: Stage, message: Message, label: str) -> list[str]:
    """Tap a button twice at once; return both answers."""
    person = on_stage.chat.state.people[message.chat_id]
    for _ in range(2):
        on_stage.chat.press(message, label, person)
    await on_stage.chat.wait_for(lambda: len(on_stage.chat.answers(person)) > 1)
    return [answer.text for answer in on_stage.chat.answers(person)]


@pytest.mark.parametrize("label", ["Delete everything", "Keep it"])
async def test_two_taps_on_an_answer_are_as_good_as_one(on_stage: Stage, label: str) -> None:
    question = await on_stage.ask("/forget", BEN)
    assert await twice(on_stage, question, label) == ["", ""]
    await on_stage.changed(question, "deleted")
    assert (await on_stage.ask("/help", BEN)).text.startswith("Ask")
    assert len(on_stage.chat.bot_messages(BEN)) == 2


async def test_two_taps_on_a_horizon_show_it_and_say_nothing(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL", BEN)
    assert await twice(on_stage, answer, "20 sessions") == ["", ""]
    await on_stage.changed(answer, "In 20 sessions")


async def test_a_press_on_a_message_that_is_gone_is_told(on_stage: Stage) -> None:
    question = await on_stage.ask("/forget", BEN)
    on_stage.chat.press(question, "Keep it", BEN)
    del on_stage.chat.state.chat(BEN.id).messages[question.message_id]
    told = "I cannot change that message any more. Please send the command again."
    await on_stage.chat.wait_for(lambda: told in [message.text for message in on_stage.chat.bot_messages(BEN)])


async def test_pictures_stickers_and_voices_are_answered_with_what_to_type(on_stage: Stage) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64)).save(picture, "PNG")
    on_stage.chat.send_photo(BEN, BEN, picture.getvalue())
    assert "try /predict AAPL" in (await on_stage.next(BEN)).text
    voice = message_json(on_stage.chat.state.chat(BEN.id), Message(BEN.id, BEN, message_id=99))
    voice["voice"] = {"file_id": "1", "file_unique_id": "1", "duration": 1}
    on_stage.chat.state.updates.add("message", voice)
    assert "try /predict AAPL" in (await on_stage.next(BEN)).text


async def test_talk_about_a_symbol_in_a_group_is_no_question(tmp_path: Path) -> None:
    async with stage(tmp_path, groups=(OVERHEARD,), allowed_chats=frozenset({OVERHEARD.id})) as overheard:
        for talk in ("$AAPL to the moon", "$AAPL moon", "I like $AAPL", "/predict@other_bot AAPL", "/weather"):
            overheard.write(talk, EVE, OVERHEARD)
        assert "In 10 sessions" in (await overheard.ask("$AAPL 10", EVE, OVERHEARD)).text


async def test_a_strange_group_is_not_told_about_commands_of_other_bots(tmp_path: Path) -> None:
    async with stage(tmp_path, groups=(OVERHEARD,)) as overheard:
        overheard.write("/weather@other_bot", EVE, OVERHEARD)
        ours = f"/predict@{overheard.chat.state.bot.username} AAPL"
        assert f"/allow {OVERHEARD.id}" in (await overheard.ask(ours, EVE, OVERHEARD)).text
        assert len(overheard.chat.bot_messages(OVERHEARD)) == 1


@pytest.mark.parametrize("rubbish", ["<b>", "a<b", "&lt;", "'; DROP TABLE chats; --", "🚀", "x" * 256])
async def test_inline_rubbish_is_told_why(on_stage: Stage, rubbish: str) -> None:
    [reason] = await on_stage.chat.ask_inline(BEN, BEN, rubbish)
    assert reason.title == "Not yet"
    assert reason.body.text == reason.description  # what is sent reads as what was shown


async def test_inline_numbers_too_many_are_part_of_a_name_that_nobody_has(on_stage: Stage) -> None:
    [reason] = await on_stage.chat.ask_inline(BEN, BEN, "AAPL 5 5")
    assert reason.title == "No such symbol"
    assert reason.body.text == reason.description


async def test_a_group_that_moves_while_it_asks_is_asked_again_where_it_is_now(on_stage: Stage) -> None:
    on_stage.write("/predict AAPL", BEN, SUNDAY_INVESTORS)
    new_id = on_stage.chat.upgrade_group(SUNDAY_INVESTORS)
    assert "Please ask again." in (await on_stage.next(new_id)).text
    on_stage.chat.write(new_id, BEN, "/predict AAPL")
    assert (await on_stage.next(new_id)).photo


async def test_an_admin_cannot_be_denied(on_stage: Stage) -> None:
    assert "always served" in (await on_stage.ask(f"/deny {ADA.id}")).text
    assert on_stage.app.services.chats.access_status(ADA.id) == "unknown"


async def test_a_training_that_was_stopped_does_not_begin_again_by_itself(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    await on_stage.ask("/cancel 1")
    await on_stage.changed(answer, "training was cancelled")
    assert "🛠" not in (await on_stage.ask("/predict AAPL")).text
    assert on_stage.app.services.jobs.jobs() == ()
    assert (await on_stage.ask("/train AAPL")).text.startswith("#2 train AAPL")
