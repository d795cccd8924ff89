"""What the page may do for a person, and what it may not."""

from __future__ import annotations

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api_error import ApiError
from bot.localchat.message import Button, InlineKeyboard, Message
from bot.localchat.page_acts import ACTS
from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json
from bot.localchat.world import World
from tests.unit.localchat.worlds import call, waiting, world


def do(stage: World, act: str, **values: Json) -> Json:
    return ACTS[act](stage, Parameters(values))


def test_saying_with_a_reply() -> None:
    stage = world()
    call(stage, "sendMessage", {"chat_id": ADA.id, "text": "Which symbol?"})
    said = do(stage, "say", person=ADA.id, chat=ADA.id, text="AAPL", reply_to=1, topic=0)
    assert stage.chats[ADA.id].messages[said].reply_to == 1


def test_a_place() -> None:
    stage = world()
    do(stage, "locate", person=ADA.id, chat=ADA.id, latitude=35.7, longitude=139.7)
    assert waiting(stage)[0]["message"]["location"] == {"latitude": 35.7, "longitude": 139.7}
    with pytest.raises(ApiError):
        do(stage, "locate", person=ADA.id, chat=ADA.id, latitude="north", longitude=0)


def test_pressing_finds_the_button_by_its_data() -> None:
    stage = world()
    keyboard = InlineKeyboard(((Button("a", callback_data="a"), Button("b", callback_data="b")),))
    message = stage.post(Message(SUNDAY_INVESTORS.id, DEMO_BOT, keyboard=keyboard))
    press = {"person": BEN.id, "chat": SUNDAY_INVESTORS.id, "message": message.message_id}
    assert do(stage, "press", **press, data="b")
    assert waiting(stage)[0]["callback_query"]["data"] == "b"
    for wrong in (
        {"data": "c"},
        {"data": "a", "message": 9},
        {"data": "a", "chat": ADA.id},
        {"data": "a", "person": 9},
    ):
        with pytest.raises(ApiError):
            do(stage, "press", **(press | wrong))


def test_asking_and_choosing() -> None:
    stage = world()
    question = do(stage, "ask", person=ADA.id, chat=SUNDAY_INVESTORS.id, query="AAPL")
    result = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "Forecast"}}
    call(stage, "answerInlineQuery", {"inline_query_id": question, "results": [result]})
    sent = do(stage, "choose", question=question, result="1")
    assert stage.chats[SUNDAY_INVESTORS.id].messages[sent].text == "Forecast"


def test_blocking_and_taking_back() -> None:
    stage = world()
    do(stage, "block", person=ADA.id, blocked=True)
    assert stage.chats[ADA.id].closed_because == "bot was blocked by the user"
    do(stage, "block", person=ADA.id, blocked=False)
    assert stage.chats[ADA.id].closed_because == ""
