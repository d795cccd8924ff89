"""What the page is told."""

from __future__ import annotations

import json

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, acts
from bot.localchat.events import BotIsBusy, Event, InlineAnswered, MessageGone, PressAnswered, SceneChanged
from bot.localchat.page_json import SHOWN_MESSAGES, event_json, scene_json
from tests.unit.localchat.worlds import FORUM, call, world


def test_the_scene_has_people_chats_menus_and_messages() -> None:
    stage = world()
    call(stage, "setMyCommands", {"commands": [{"command": "help", "description": "Says how"}]})
    acts.say(stage, ADA.id, ADA, "hello")
    scene = json.loads(json.dumps(scene_json(stage, with_messages=True)))
    assert [person["first_name"] for person in scene["people"]] == ["Ada", "Ben"]
    chats = {chat["id"]: chat for chat in scene["chats"]}
    assert set(chats) == {ADA.id, BEN.id, SUNDAY_INVESTORS.id, FORUM.id}
    assert chats[FORUM.id]["topics"] == [{"id": 7, "name": "Prices"}]
    assert chats[ADA.id]["menus"][str(ADA.id)] == [{"command": "help", "description": "Says how"}]
    assert [message["text"] for message in scene["messages"]] == ["hello"]


def test_an_old_scene_is_cut_to_the_last_messages() -> None:
    stage = world()
    for number in range(SHOWN_MESSAGES + 3):
        acts.say(stage, ADA.id, ADA, str(number))
    assert scene_json(stage, with_messages=True)["messages"][0]["text"] == "3"


def test_every_event_has_a_form() -> None:
    stage = world()
    question = acts.ask_inline(stage, ADA, ADA.id, "AAPL")
    heard: list[Event] = []
    stage.listen(heard.append)
    said = acts.say(stage, ADA.id, ADA, "hello")
    stage.remove(said)
    others: list[Event] = [BotIsBusy(1, "typing"), PressAnswered("1", 2, "x", alert=False, url=""), SceneChanged()]
    written = [event_json(stage, event) for event in [*heard, InlineAnswered(question), *others]]
    assert [event["type"] for event in written] == ["message", "gone", "inline", "busy", "answer", "scene"]
    assert heard[1] == MessageGone(ADA.id, said.message_id)


def test_a_custom_keyboard_comes_with_its_message() -> None:
    stage = world()
    heard: list[Event] = []
    stage.listen(heard.append)
    keys = {"keyboard": [[{"text": "Where", "request_location": True}, "Skip"]], "one_time_keyboard": True}
    call(stage, "sendMessage", {"chat_id": ADA.id, "text": "?", "reply_markup": keys})
    call(stage, "sendMessage", {"chat_id": ADA.id, "text": "!", "reply_markup": {"remove_keyboard": True}})
    first, second = (event_json(stage, event)["message"]["custom_keyboard"] for event in heard)
    assert first["rows"] == [[{"text": "Where", "request_location": True}, {"text": "Skip", "request_location": False}]]
    assert first["one_time"] is True
    assert second["rows"] == []
