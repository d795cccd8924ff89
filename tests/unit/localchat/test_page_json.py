"""The JSON that the page receives."""

from __future__ import annotations

import json

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS
from bot.localchat.page.page_json import SHOWN_MESSAGES, event_json, snapshot_json
from bot.localchat.people import message_actions, query_actions
from bot.localchat.state.chat_events import (
    CallbackQueryAnswered,
    ChatActionSent,
    Event,
    InlineQueryAnswered,
    MessageDeleted,
    StateChanged,
)
from tests.unit.localchat.server_states import FORUM, call, new_server_state


def test_the_snapshot_has_people_chats_menus_and_messages() -> None:
    state = new_server_state()
    call(state, "setMyCommands", {"commands": [{"command": "help", "description": "Says how"}]})
    message_actions.send_text(state, ADA.id, ADA, "hello")
    snapshot = json.loads(json.dumps(snapshot_json(state, with_messages=True)))
    assert [person["first_name"] for person in snapshot["people"]] == ["Ada", "Ben"]
    chats = {chat["id"]: chat for chat in snapshot["chats"]}
    assert set(chats) == {ADA.id, BEN.id, SUNDAY_INVESTORS.id, FORUM.id}
    assert chats[FORUM.id]["topics"] == [{"id": 7, "name": "Prices"}]
    assert chats[ADA.id]["menus"][str(ADA.id)] == [{"command": "help", "description": "Says how"}]
    assert [message["text"] for message in snapshot["messages"]] == ["hello"]


def test_a_snapshot_is_cut_to_the_last_messages() -> None:
    state = new_server_state()
    for number in range(SHOWN_MESSAGES + 3):
        message_actions.send_text(state, ADA.id, ADA, str(number))
    assert snapshot_json(state, with_messages=True)["messages"][0]["text"] == "3"


def test_every_event_has_a_form() -> None:
    state = new_server_state()
    query_id = query_actions.ask_inline(state, ADA, ADA.id, "AAPL")
    events: list[Event] = []
    state.events.listen(events.append)
    sent = message_actions.send_text(state, ADA.id, ADA, "hello")
    state.delete(sent)
    others: list[Event] = [
        ChatActionSent(1, "typing"),
        CallbackQueryAnswered("1", 2, "x", alert=False, url=""),
        StateChanged(),
    ]
    written = [event_json(state, event) for event in [*events, InlineQueryAnswered(query_id), *others]]
    assert [event["type"] for event in written] == ["message", "deleted", "inline", "busy", "answer", "snapshot"]
    assert events[1] == MessageDeleted(ADA.id, sent.message_id)


def test_a_custom_keyboard_comes_with_its_message() -> None:
    state = new_server_state()
    events: list[Event] = []
    state.events.listen(events.append)
    keys = {"keyboard": [[{"text": "Where", "request_location": True}, "Skip"]], "one_time_keyboard": True}
    call(state, "sendMessage", {"chat_id": ADA.id, "text": "?", "reply_markup": keys})
    call(state, "sendMessage", {"chat_id": ADA.id, "text": "!", "reply_markup": {"remove_keyboard": True}})
    first, second = (event_json(state, event)["message"]["custom_keyboard"] for event in events)
    assert first["rows"] == [[{"text": "Where", "request_location": True}, {"text": "Skip", "request_location": False}]]
    assert first["one_time"] is True
    assert second["rows"] == []
