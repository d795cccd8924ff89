"""What people do, and the updates that the bot gets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api.chat_members import upgrade_group
from bot.localchat.people import bot_membership, message_actions, query_actions
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.message import Button, InlineKeyboard, Location, Message
from bot.localchat.state.queries import MAX_QUERIES
from tests.unit.localchat.server_states import FORUM, STRANGER, call, new_server_state, pending_updates


def test_a_private_text_reaches_the_bot_with_its_command_marked() -> None:
    state = new_server_state()
    sent = message_actions.send_text(state, ADA.id, ADA, "/predict AAPL")
    [update] = pending_updates(state)
    assert update["message"]["text"] == "/predict AAPL"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 8}]
    assert update["message"]["chat"] == {"id": ADA.id, "type": "private", "first_name": "Ada", "username": "ada_demo"}
    assert sent.message_id == 1
    assert sent.date.microsecond == 0


@pytest.mark.parametrize(
    ("text", "is_sent"),
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
def test_privacy_mode_hides_what_is_not_addressed_to_the_bot(text: str, is_sent: bool) -> None:  # noqa: FBT001 - a table
    state = new_server_state()
    message_actions.send_text(state, SUNDAY_INVESTORS.id, BEN, text)
    assert bool(pending_updates(state)) is is_sent


def test_an_admin_bot_gets_every_message() -> None:
    state = new_server_state()
    message_actions.send_text(state, FORUM.id, BEN, "good morning")
    assert len(pending_updates(state)) == 1


def test_a_reply_to_the_bot_reaches_it_and_quotes_it() -> None:
    state = new_server_state()
    call(state, "sendMessage", {"chat_id": SUNDAY_INVESTORS.id, "text": "Which symbol?"})
    message_actions.send_message(state, replace(_text(SUNDAY_INVESTORS.id, "AAPL"), reply_to=1))
    assert pending_updates(state)[0]["message"]["reply_to_message"]["text"] == "Which symbol?"


def _text(chat_id: int, text: str) -> Message:
    draft = Message(chat_id, BEN)
    return replace(draft, body=replace(draft.body, text=text))


@pytest.mark.parametrize("text", ["", "  ", "x" * 4097])
def test_a_text_that_telegram_would_not_send_is_refused(text: str) -> None:
    with pytest.raises(ApiError):
        message_actions.send_text(new_server_state(), ADA.id, ADA, text)


def test_nobody_writes_where_they_are_not() -> None:
    state = new_server_state()
    for chat_id, person in ((ADA.id, BEN), (SUNDAY_INVESTORS.id, STRANGER), (99, ADA)):
        with pytest.raises(ApiError):
            message_actions.send_text(state, chat_id, person, "hello")
    assert pending_updates(state) == []


def test_a_topic_has_to_exist_and_is_named_in_the_update() -> None:
    state = new_server_state()
    message_actions.send_message(state, replace(_text(FORUM.id, "hello"), thread_id=7))
    assert pending_updates(state)[0]["message"]["message_thread_id"] == 7
    with pytest.raises(ApiError, match="message thread not found"):
        message_actions.send_message(state, replace(_text(FORUM.id, "hello"), thread_id=8))


def test_a_location_reaches_the_bot() -> None:
    state = new_server_state()
    message_actions.send_location(state, ADA.id, ADA, Location(51.5, -0.1))
    assert pending_updates(state)[0]["message"]["location"] == {"latitude": 51.5, "longitude": -0.1}


def test_an_edited_text_is_an_update_of_its_own() -> None:
    state = new_server_state()
    sent = message_actions.send_text(state, ADA.id, ADA, "/predict APPL")
    message_actions.edit_text(state, sent, "/predict AAPL")
    assert pending_updates(state)[1]["edited_message"]["text"] == "/predict AAPL"
    assert pending_updates(state)[1]["edited_message"]["edit_date"]


def test_a_press_is_a_callback_query() -> None:
    state = new_server_state()
    button = Button("go", callback_data="go:1")
    message = state.post(Message(ADA.id, DEMO_BOT, keyboard=InlineKeyboard(((button,),))))
    query_id = query_actions.press_button(state, ADA, message, button)
    query = pending_updates(state)[0]["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "go:1", ADA.id)
    assert query["message"]["message_id"] == message.message_id


def test_only_buttons_that_are_there_can_be_pressed() -> None:
    state = new_server_state()
    message = state.post(Message(ADA.id, DEMO_BOT, keyboard=InlineKeyboard(((Button("x", url="https://x.org"),),))))
    for button in (message.buttons[0], Button("go", callback_data="go")):
        with pytest.raises(ApiError, match="BUTTON_DATA_INVALID"):
            query_actions.press_button(state, ADA, message, button)


def test_a_blocked_bot_gets_403_until_it_is_taken_back() -> None:
    state = new_server_state()
    bot_membership.block_bot(state, ADA)
    with pytest.raises(ApiError, match="Forbidden: bot was blocked by the user"):
        call(state, "sendMessage", {"chat_id": ADA.id, "text": "hello"})
    bot_membership.unblock_bot(state, ADA)
    assert call(state, "sendMessage", {"chat_id": ADA.id, "text": "hello"})
    statuses = [update["my_chat_member"]["new_chat_member"]["status"] for update in pending_updates(state)]
    assert statuses == ["kicked", "member"]


def test_an_upgraded_group_is_closed_and_says_where_it_went() -> None:
    state = new_server_state()
    new_id = upgrade_group(state, SUNDAY_INVESTORS.id)
    assert new_id < -1_000_000_000_000
    with pytest.raises(ApiError) as refused:
        call(state, "sendMessage", {"chat_id": SUNDAY_INVESTORS.id, "text": "hello"})
    assert (refused.value.code, refused.value.migrate_to) == (400, new_id)
    assert call(state, "sendMessage", {"chat_id": new_id, "text": "hello"})["chat"]["type"] == "supergroup"
    to, origin = (update["message"] for update in pending_updates(state))
    assert (to["migrate_to_chat_id"], origin["migrate_from_chat_id"]) == (new_id, SUNDAY_INVESTORS.id)
    with pytest.raises(ApiError):
        upgrade_group(state, SUNDAY_INVESTORS.id)


def test_an_inline_result_is_sent_by_the_person_and_named_to_the_bot() -> None:
    state = new_server_state()
    query_id = query_actions.ask_inline(state, ADA, SUNDAY_INVESTORS.id, "AAPL")
    content = {"message_text": "<b>Forecast</b>", "parse_mode": "HTML"}
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}
    result = {"type": "article", "id": "1", "title": "AAPL", "input_message_content": content, "reply_markup": keyboard}
    call(state, "answerInlineQuery", {"inline_query_id": query_id, "results": [result]})
    sent = query_actions.choose_inline_result(state, query_id, "1")
    assert (sent.text, sent.sender, sent.via_bot) == ("Forecast", ADA, DEMO_BOT)
    chosen = pending_updates(state)[-1]["chosen_inline_result"]
    answer = call(state, "editMessageText", {"inline_message_id": chosen["inline_message_id"], "text": "Later"})
    assert answer is True
    assert state.chats[SUNDAY_INVESTORS.id].messages[sent.message_id].text == "Later"


def test_a_press_under_an_inline_message_names_it_by_its_inline_id() -> None:
    state = new_server_state()
    query_id = query_actions.ask_inline(state, ADA, ADA.id, "AAPL")
    keyboard = {"inline_keyboard": [[{"text": "More", "callback_data": "more"}]]}
    content = {"message_text": "Forecast"}
    result = {"type": "article", "id": "1", "title": "AAPL", "input_message_content": content, "reply_markup": keyboard}
    call(state, "answerInlineQuery", {"inline_query_id": query_id, "results": [result]})
    sent = query_actions.choose_inline_result(state, query_id, "1")
    query_actions.press_button(state, ADA, sent, sent.buttons[0])
    chosen, pressed = (list(update.values())[1] for update in pending_updates(state)[-2:])
    assert pressed["inline_message_id"] == chosen["inline_message_id"]
    assert "message" not in pressed


def test_only_the_newest_inline_queries_are_stored() -> None:
    state = new_server_state()
    for _ in range(MAX_QUERIES + 1):
        query_actions.ask_inline(state, ADA, ADA.id, "AAPL")
    assert len(state.queries.inline) == MAX_QUERIES
    with pytest.raises(ApiError, match="query is too old"):
        call(state, "answerInlineQuery", {"inline_query_id": "1", "results": []})


def test_an_inline_query_is_answered_once_and_within_bounds() -> None:
    state = new_server_state()
    query_id = query_actions.ask_inline(state, ADA, ADA.id, "AAPL")
    with pytest.raises(ApiError, match="RESULT_ID_INVALID"):
        query_actions.choose_inline_result(state, query_id, "1")
    call(state, "answerInlineQuery", {"inline_query_id": query_id, "results": []})
    with pytest.raises(ApiError, match="query is too old"):
        call(state, "answerInlineQuery", {"inline_query_id": query_id, "results": []})
    with pytest.raises(ApiError, match="QUERY_TOO_LONG"):
        query_actions.ask_inline(state, ADA, ADA.id, "x" * 257)
