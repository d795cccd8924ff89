"""The Bot API's methods on a small state: what they return, and how they refuse."""

from __future__ import annotations

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api.bot_api import METHODS
from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.people import message_actions, query_actions
from bot.localchat.state.chat_events import CallbackQueryAnswered, ChatActionSent, Event
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.files import Upload
from bot.localchat.state.message import Button, InlineKeyboard, Message
from bot.localchat.state.server_state import ServerState
from tests.unit.localchat.server_states import FORUM, call, error_of, new_server_state, png, with_photo


def sent(state: ServerState, **values: Json) -> Json:
    return call(state, "sendMessage", {"chat_id": ADA.id, "text": "hello"} | values)


def test_a_message_comes_back_as_telegram_writes_it() -> None:
    state = new_server_state()
    answer = sent(state, text="<b>hi</b> $AAPL", parse_mode="HTML", reply_markup='{"inline_keyboard": [[]]}')
    assert answer["message_id"] == 1
    assert answer["from"] == {
        "id": DEMO_BOT.id,
        "is_bot": True,
        "first_name": "Fanchart",
        "username": DEMO_BOT.username,
    }
    assert answer["text"] == "hi $AAPL"
    assert [entity["type"] for entity in answer["entities"]] == ["bold", "cashtag"]
    assert "reply_markup" not in answer


def test_entities_may_be_given_instead_of_markup() -> None:
    answer = sent(new_server_state(), entities='[{"type": "bold", "offset": 0, "length": 5}]')
    assert answer["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


@pytest.mark.parametrize(
    ("values", "description"),
    [
        ({"chat_id": 99}, "chat not found"),
        ({"chat_id": "x"}, "invalid chat_id specified"),
        ({"chat_id": ""}, "chat_id is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"message_thread_id": 3}, "message thread not found"),
        ({"reply_parameters": '{"message_id": 77}'}, "message to be replied not found"),
        ({"reply_markup": "{"}, "can't parse reply_markup JSON object"),
        ({"reply_markup": '{"inline_keyboard": 1}'}, None),
        ({"reply_markup": '{"inline_keyboard": [[1]]}'}, None),
        ({"reply_markup": "[1]"}, None),
        ({"entities": "{}", "text": "x", "parse_mode": "Markdown"}, None),
    ],
)
def test_what_send_message_refuses(values: dict[str, Json], description: str | None) -> None:
    found = error_of(new_server_state(), "sendMessage", **({"chat_id": ADA.id, "text": "hello"} | values))
    assert description is None or found == description


def test_a_reply_to_nothing_may_be_sent_without_it() -> None:
    answer = sent(new_server_state(), reply_parameters='{"message_id": 77, "allow_sending_without_reply": true}')
    assert "reply_to_message" not in answer


def test_a_photo_is_decoded_and_can_be_sent_again_by_its_id() -> None:
    state = new_server_state()
    first = with_photo(state, png(30, 20), caption="<i>cap</i>", parse_mode="HTML")
    [size] = first["photo"]
    assert (size["width"], size["height"], first["caption"]) == (30, 20, "cap")
    again = call(state, "sendPhoto", {"chat_id": BEN.id, "photo": size["file_id"]})
    assert again["photo"] == first["photo"]


@pytest.mark.parametrize(
    ("image", "description"),
    [
        (b"", "file must be non-empty"),
        (b"no image", "IMAGE_PROCESS_FAILED"),
        (png(300, 300)[:200], "IMAGE_PROCESS_FAILED"),
        (png(100, 4), "PHOTO_INVALID_DIMENSIONS"),
        (png(1, 10_000), "PHOTO_INVALID_DIMENSIONS"),
        (b"\0" * (10 * 1024 * 1024 + 1), "Request Entity Too Large"),
    ],
)
def test_what_is_no_photo_is_refused(image: bytes, description: str) -> None:
    with pytest.raises(ApiError) as refused:
        with_photo(new_server_state(), image)
    assert refused.value.description.removeprefix("Bad Request: ") == description


@pytest.mark.parametrize("photo", ["", "unknown", "https://x.org/a.png", "attach://missing"])
def test_a_photo_that_is_not_there_is_refused(photo: str) -> None:
    assert error_of(new_server_state(), "sendPhoto", chat_id=ADA.id, photo=photo)


def test_a_document_is_no_photo() -> None:
    state = new_server_state()
    uploads = {"document": Upload("data.json", "application/json", b"{}")}
    answer = METHODS["senddocument"](state, Parameters({"chat_id": ADA.id, "document": "attach://document"}, uploads))
    assert isinstance(answer, dict)
    assert answer["document"]["file_name"] == "data.json"
    file_id = answer["document"]["file_id"]
    assert error_of(state, "sendPhoto", chat_id=ADA.id, photo=file_id).startswith("can't use file of type Document")


def test_an_album_has_2_to_10_items_of_one_kind() -> None:
    state = new_server_state()
    file_id = with_photo(state, png())["photo"][0]["file_id"]
    item = {"type": "photo", "media": file_id}
    album = call(state, "sendMediaGroup", {"chat_id": ADA.id, "media": [item] * 10})
    assert len({message["media_group_id"] for message in album}) == 1
    for media in ([item], [item] * 11, [item, {"type": "document", "media": file_id}], [{"type": "video"}] * 2, [1, 2]):
        assert error_of(state, "sendMediaGroup", chat_id=ADA.id, media=media)


def test_an_edit_shows_and_the_same_again_is_refused() -> None:
    state = new_server_state()
    sent(state)
    edit = {"chat_id": ADA.id, "message_id": 1, "text": "later"}
    assert call(state, "editMessageText", edit)["edit_date"]
    assert error_of(state, "editMessageText", **edit).startswith("message is not modified")


def test_an_edit_without_a_keyboard_takes_it_away() -> None:
    state = new_server_state()
    keyboard = {"inline_keyboard": [[{"text": "go", "callback_data": "go"}]]}
    sent(state, reply_markup=keyboard)
    edit = {"chat_id": ADA.id, "message_id": 1}
    assert error_of(state, "editMessageReplyMarkup", **edit, reply_markup=keyboard).startswith(
        "message is not modified"
    )
    assert "reply_markup" not in call(state, "editMessageReplyMarkup", edit)


def test_what_cannot_be_edited() -> None:
    state = new_server_state()
    message_actions.send_text(state, ADA.id, ADA, "mine")
    with_photo(state, png())
    sent(state)
    assert error_of(state, "editMessageText", chat_id=ADA.id, message_id=1, text="x") == "message can't be edited"
    assert error_of(state, "editMessageText", chat_id=ADA.id, message_id=9, text="x") == "message to edit not found"
    assert error_of(state, "editMessageText", chat_id=ADA.id, message_id=2, text="x").startswith("there is no text")
    assert error_of(state, "editMessageCaption", chat_id=ADA.id, message_id=3).startswith("there is no caption")
    assert error_of(state, "editMessageText", inline_message_id="nope", text="x") == "MESSAGE_ID_INVALID"


def test_a_text_becomes_a_photo_by_editing_its_media() -> None:
    state = new_server_state()
    sent(state)
    uploads = {"new": Upload("x.png", "image/png", png())}
    media = {"type": "photo", "media": "attach://new", "caption": "done"}
    answer = METHODS["editmessagemedia"](
        state, Parameters({"chat_id": ADA.id, "message_id": 1, "media": media}, uploads)
    )
    assert isinstance(answer, dict)
    assert answer["caption"] == "done"
    assert "text" not in answer


def test_deleting() -> None:
    state = new_server_state()
    sent(state)
    message_actions.send_text(state, SUNDAY_INVESTORS.id, BEN, "hello")
    message_actions.send_text(state, FORUM.id, BEN, "hello")
    assert call(state, "deleteMessage", {"chat_id": ADA.id, "message_id": 1}) is True
    assert error_of(state, "deleteMessage", chat_id=ADA.id, message_id=1) == "message to delete not found"
    assert error_of(state, "deleteMessage", chat_id=SUNDAY_INVESTORS.id, message_id=1) == "message can't be deleted"
    assert call(state, "deleteMessages", {"chat_id": FORUM.id, "message_ids": "[1, 2]"}) is True
    assert not state.chats[FORUM.id].messages


def test_a_chat_action_shows_and_an_unknown_one_is_refused() -> None:
    state = new_server_state()
    events: list[Event] = []
    state.events.listen(events.append)
    assert call(state, "sendChatAction", {"chat_id": ADA.id, "action": "upload_photo"}) is True
    assert events == [ChatActionSent(ADA.id, "upload_photo")]
    assert error_of(state, "sendChatAction", chat_id=ADA.id, action="dancing").startswith("wrong parameter action")


def test_a_press_is_answered_once_and_for_the_one_who_pressed() -> None:
    state = new_server_state()
    events: list[Event] = []
    state.events.listen(events.append)
    button = Button("go", callback_data="go")
    message = state.post(Message(SUNDAY_INVESTORS.id, DEMO_BOT, keyboard=InlineKeyboard(((button,),))))
    query = query_actions.press_button(state, BEN, message, button)
    long = {"callback_query_id": query, "text": "x" * 201}
    assert error_of(state, "answerCallbackQuery", **long) == "MESSAGE_TOO_LONG"
    answer = {"callback_query_id": query, "text": "done", "show_alert": True}
    assert call(state, "answerCallbackQuery", answer) is True
    assert events[-1] == CallbackQueryAnswered(query, BEN.id, "done", alert=True, url="")
    assert error_of(state, "answerCallbackQuery", **answer).startswith("query is too old")
