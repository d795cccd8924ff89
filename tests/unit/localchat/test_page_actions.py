"""What the page may do for a person, and what it may not."""

from __future__ import annotations

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.page.page_actions import ACTIONS
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.message import Button, InlineKeyboard, Message
from bot.localchat.state.server_state import ServerState
from tests.unit.localchat.server_states import call, new_server_state, pending_updates


def perform(state: ServerState, action: str, **values: Json) -> Json:
    return ACTIONS[action](state, Parameters(values))


def test_saying_with_a_reply() -> None:
    state = new_server_state()
    call(state, "sendMessage", {"chat_id": ADA.id, "text": "Which symbol?"})
    sent = perform(state, "say", person=ADA.id, chat=ADA.id, text="AAPL", reply_to=1, topic=0)
    assert state.chats[ADA.id].messages[sent].reply_to == 1


def test_sending_a_location() -> None:
    state = new_server_state()
    perform(state, "locate", person=ADA.id, chat=ADA.id, latitude=35.7, longitude=139.7)
    assert pending_updates(state)[0]["message"]["location"] == {"latitude": 35.7, "longitude": 139.7}
    with pytest.raises(ApiError):
        perform(state, "locate", person=ADA.id, chat=ADA.id, latitude="north", longitude=0)


def test_pressing_finds_the_button_by_its_data() -> None:
    state = new_server_state()
    keyboard = InlineKeyboard(((Button("a", callback_data="a"), Button("b", callback_data="b")),))
    message = state.post(Message(SUNDAY_INVESTORS.id, DEMO_BOT, keyboard=keyboard))
    press = {"person": BEN.id, "chat": SUNDAY_INVESTORS.id, "message": message.message_id}
    assert perform(state, "press", **press, data="b")
    assert pending_updates(state)[0]["callback_query"]["data"] == "b"
    for wrong in (
        {"data": "c"},
        {"data": "a", "message": 9},
        {"data": "a", "chat": ADA.id},
        {"data": "a", "person": 9},
    ):
        with pytest.raises(ApiError):
            perform(state, "press", **(press | wrong))


def test_asking_and_choosing() -> None:
    state = new_server_state()
    query_id = perform(state, "ask", person=ADA.id, chat=SUNDAY_INVESTORS.id, query="AAPL")
    result = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "Forecast"}}
    call(state, "answerInlineQuery", {"inline_query_id": query_id, "results": [result]})
    sent = perform(state, "choose", query_id=query_id, result="1")
    assert state.chats[SUNDAY_INVESTORS.id].messages[sent].text == "Forecast"


def test_blocking_and_unblocking() -> None:
    state = new_server_state()
    perform(state, "block", person=ADA.id, blocked=True)
    assert state.chats[ADA.id].forbidden_reason == "bot was blocked by the user"
    perform(state, "block", person=ADA.id, blocked=False)
    assert state.chats[ADA.id].forbidden_reason == ""
