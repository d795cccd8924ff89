"""What people do, and what the bot hears of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, acts
from bot.localchat.api_error import ApiError
from bot.localchat.message import Button, InlineKeyboard, Location, Message
from tests.unit.localchat.worlds import FORUM, STRANGER, call, waiting, world


def test_a_private_text_reaches_the_bot_with_its_command_marked() -> None:
    stage = world()
    said = acts.say(stage, ADA.id, ADA, "/predict AAPL")
    [update] = waiting(stage)
    assert update["message"]["text"] == "/predict AAPL"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 8}]
    assert update["message"]["chat"] == {"id": ADA.id, "type": "private", "first_name": "Ada", "username": "ada_demo"}
    assert said.message_id == 1
    assert said.date.microsecond == 0


@pytest.mark.parametrize(
    ("text", "is_heard"),
    [
        ("good morning", False),
        ("/predict AAPL", True),
        (f"/predict@{DEMO_BOT.username} AAPL", True),
        ("/predict@another_bot AAPL", False),
        (f"what do you say, @{DEMO_BOT.username.upper()}?", True),
        ("what do you say, @another_bot?", False),
        ("😀 /predict AAPL", True),
    ],
)
def test_privacy_mode_hides_what_is_not_meant_for_the_bot(text: str, is_heard: bool) -> None:  # noqa: FBT001 - a table
    stage = world()
    acts.say(stage, SUNDAY_INVESTORS.id, BEN, text)
    assert bool(waiting(stage)) is is_heard


def test_an_admin_bot_hears_everything() -> None:
    stage = world()
    acts.say(stage, FORUM.id, BEN, "good morning")
    assert len(waiting(stage)) == 1


def test_a_reply_to_the_bot_is_heard_and_quotes_it() -> None:
    stage = world()
    call(stage, "sendMessage", {"chat_id": SUNDAY_INVESTORS.id, "text": "Which symbol?"})
    acts.write(stage, replace(_text(SUNDAY_INVESTORS.id, "AAPL"), reply_to=1))
    assert waiting(stage)[0]["message"]["reply_to_message"]["text"] == "Which symbol?"


def _text(chat_id: int, text: str) -> Message:
    draft = Message(chat_id, BEN)
    return replace(draft, body=replace(draft.body, text=text))


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
def test_a_text_that_telegram_would_not_send_is_refused(text: str) -> None:
    with pytest.raises(ApiError):
        acts.say(world(), ADA.id, ADA, text)


def test_nobody_writes_where_they_are_not() -> None:
    stage = world()
    for chat_id, person in ((ADA.id, BEN), (SUNDAY_INVESTORS.id, STRANGER), (99, ADA)):
        with pytest.raises(ApiError):
            acts.say(stage, chat_id, person, "hello")
    assert waiting(stage) == []


def test_a_topic_has_to_exist_and_is_named_in_the_update() -> None:
    stage = world()
    acts.write(stage, replace(_text(FORUM.id, "hello"), thread_id=7))
    assert waiting(stage)[0]["message"]["message_thread_id"] == 7
    with pytest.raises(ApiError, match="message thread not found"):
        acts.write(stage, replace(_text(FORUM.id, "hello"), thread_id=8))


def test_a_location_reaches_the_bot() -> None:
    stage = world()
    acts.locate(stage, ADA.id, ADA, Location(51.5, -0.1))
    assert waiting(stage)[0]["message"]["location"] == {"latitude": 51.5, "longitude": -0.1}


def test_an_edited_text_is_an_update_of_its_own() -> None:
    stage = world()
    said = acts.say(stage, ADA.id, ADA, "/predict APPL")
    acts.rewrite(stage, said, "/predict AAPL")
    assert waiting(stage)[1]["edited_message"]["text"] == "/predict AAPL"
    assert waiting(stage)[1]["edited_message"]["edit_date"]


def test_a_press_is_a_callback_query() -> None:
    stage = world()
    button = Button("go", callback_data="go:1")
    message = stage.post(Message(ADA.id, DEMO_BOT, keyboard=InlineKeyboard(((button,),))))
    query_id = acts.press(stage, ADA, message, button)
    query = waiting(stage)[0]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "go:1", ADA.id)
    assert query["message"]["message_id"] == message.message_id


def test_only_buttons_that_are_there_can_be_pressed() -> None:
    stage = world()
    message = stage.post(Message(ADA.id, DEMO_BOT, keyboard=InlineKeyboard(((Button("x", url="https://x.org"),),))))
    for button in (message.buttons[0], Button("go", callback_data="go")):
        with pytest.raises(ApiError, match="BUTTON_DATA_INVALID"):
            acts.press(stage, ADA, message, button)


def test_a_blocked_bot_gets_403_until_it_is_taken_back() -> None:
    stage = world()
    acts.close_to_bot(stage, ADA.id, ADA, "bot was blocked by the user")
    with pytest.raises(ApiError, match="Forbidden: bot was blocked by the user"):
        call(stage, "sendMessage", {"chat_id": ADA.id, "text": "hello"})
    acts.open_to_bot(stage, ADA.id, ADA)
    assert call(stage, "sendMessage", {"chat_id": ADA.id, "text": "hello"})
    standings = [update["my_chat_member"]["new_chat_member"]["status"] for update in waiting(stage)]
    assert standings == ["kicked", "member"]


def test_an_upgraded_group_is_closed_and_says_where_it_went() -> None:
    stage = world()
    new_id = acts.upgrade_group(stage, SUNDAY_INVESTORS.id)
    assert new_id < -1_000_000_000_000
    with pytest.raises(ApiError) as refused:
        call(stage, "sendMessage", {"chat_id": SUNDAY_INVESTORS.id, "text": "hello"})
    assert (refused.value.code, refused.value.migrate_to) == (400, new_id)
    assert call(stage, "sendMessage", {"chat_id": new_id, "text": "hello"})["chat"]["type"] == "supergroup"
    to, origin = (update["message"] for update in waiting(stage))
    assert (to["migrate_to_chat_id"], origin["migrate_from_chat_id"]) == (new_id, SUNDAY_INVESTORS.id)
    with pytest.raises(ApiError):
        acts.upgrade_group(stage, SUNDAY_INVESTORS.id)


def test_an_inline_result_is_sent_by_the_person_and_named_to_the_bot() -> None:
    stage = world()
    question = acts.ask_inline(stage, ADA, SUNDAY_INVESTORS.id, "AAPL")
    content = {"message_text": "<b>Forecast</b>", "parse_mode": "HTML"}
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}
    result = {"type": "article", "id": "1", "title": "AAPL", "input_message_content": content, "reply_markup": keyboard}
    call(stage, "answerInlineQuery", {"inline_query_id": question, "results": [result]})
    sent = acts.choose_inline(stage, question, "1")
    assert (sent.text, sent.sender, sent.via_bot) == ("Forecast", ADA, DEMO_BOT)
    chosen = waiting(stage)[-1]["chosen_inline_result"]
    answer = call(stage, "editMessageText", {"inline_message_id": chosen["inline_message_id"], "text": "Later"})
    assert answer is True
    assert stage.chats[SUNDAY_INVESTORS.id].messages[sent.message_id].text == "Later"


def test_a_press_under_an_inline_message_names_it_by_its_inline_id() -> None:
    stage = world()
    question = acts.ask_inline(stage, ADA, ADA.id, "AAPL")
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}
    content = {"message_text": "Forecast"}
    result = {"type": "article", "id": "1", "title": "AAPL", "input_message_content": content, "reply_markup": keyboard}
    call(stage, "answerInlineQuery", {"inline_query_id": question, "results": [result]})
    sent = acts.choose_inline(stage, question, "1")
    acts.press(stage, ADA, sent, sent.buttons[0])
    chosen, pressed = (list(update.values())[1] for update in waiting(stage)[-2:])
    assert pressed["inline_message_id"] == chosen["inline_message_id"]
    assert "message" not in pressed


def test_only_the_newest_open_questions_are_kept() -> None:
    stage = world()
    for _ in range(acts.KEPT_QUESTIONS + 1):
        acts.ask_inline(stage, ADA, ADA.id, "AAPL")
    assert len(stage.inline_questions) == acts.KEPT_QUESTIONS
    with pytest.raises(ApiError, match="query is too old"):
        call(stage, "answerInlineQuery", {"inline_query_id": "1", "results": []})


def test_an_inline_question_is_answered_once_and_within_bounds() -> None:
    stage = world()
    question = acts.ask_inline(stage, ADA, ADA.id, "AAPL")
    with pytest.raises(ApiError, match="RESULT_ID_INVALID"):
        acts.choose_inline(stage, question, "1")
    call(stage, "answerInlineQuery", {"inline_query_id": question, "results": []})
    with pytest.raises(ApiError, match="query is too old"):
        call(stage, "answerInlineQuery", {"inline_query_id": question, "results": []})
    with pytest.raises(ApiError, match="QUERY_TOO_LONG"):
        acts.ask_inline(stage, ADA, ADA.id, "x" * 257)
