"""The Bot API's methods on a small world: what they return, and how they refuse."""

from __future__ import annotations

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, acts
from bot.localchat.api_error import ApiError
from bot.localchat.events import BotIsBusy, Event, PressAnswered
from bot.localchat.files import Upload
from bot.localchat.message import Button, InlineKeyboard, Message
from bot.localchat.methods import METHODS
from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json
from bot.localchat.world import World
from tests.unit.localchat.worlds import FORUM, call, png, refusal, with_photo, world


def sent(stage: World, **values: Json) -> Json:
    return call(stage, "sendMessage", {"chat_id": ADA.id, "text": "hello"} | values)


def test_a_message_comes_back_as_telegram_writes_it() -> None:
    stage = world()
    answer = sent(stage, text="<b>hi</b> $AAPL", parse_mode="HTML", reply_markup='{"inline_keyboard": [[]]}')
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
    answer = sent(world(), entities='[{"type": "bold", "offset": 0, "length": 5}]')
    assert answer["entities"] == [{"type": "bold", "offset": 0, "length": 5}]


@pytest.mark.parametrize(
    ("values", "words"),
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
def test_what_send_message_refuses(values: dict[str, Json], words: str | None) -> None:
    found = refusal(world(), "sendMessage", **({"chat_id": ADA.id, "text": "hello"} | values))
    assert words is None or found == words


def test_a_reply_to_nothing_may_be_sent_without_it() -> None:
    answer = sent(world(), reply_parameters='{"message_id": 77, "allow_sending_without_reply": true}')
    assert "reply_to_message" not in answer


def test_a_photo_is_decoded_and_can_be_sent_again_by_its_id() -> None:
    stage = world()
    first = with_photo(stage, png(30, 20), caption="<i>cap</i>", parse_mode="HTML")
    [size] = first["photo"]
    assert (size["width"], size["height"], first["caption"]) == (30, 20, "cap")
    again = call(stage, "sendPhoto", {"chat_id": BEN.id, "photo": size["file_id"]})
    assert again["photo"] == first["photo"]


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (b"", "file must be non-empty"),
        (b"no image", "IMAGE_PROCESS_FAILED"),
        (png(300, 300)[:200], "IMAGE_PROCESS_FAILED"),
        (png(100, 4), "PHOTO_INVALID_DIMENSIONS"),
        (png(1, 10_000), "PHOTO_INVALID_DIMENSIONS"),
        (b"\0" * (10 * 1024 * 1024 + 1), "Request Entity Too Large"),
    ],
)
def test_what_is_no_photo_is_refused(image: bytes, words: str) -> None:
    with pytest.raises(ApiError) as refused:
        with_photo(world(), image)
    assert refused.value.description.removeprefix("Bad Request: ") == words


@pytest.mark.parametrize("photo", ["", "unknown", "https://x.org/a.png", "attach://missing"])
def test_a_photo_that_is_not_there_is_refused(photo: str) -> None:
    assert refusal(world(), "sendPhoto", chat_id=ADA.id, photo=photo)


def test_a_document_is_no_photo() -> None:
    stage = world()
    uploads = {"document": Upload("data.json", "application/json", b"{}")}
    answer = METHODS["senddocument"](stage, Parameters({"chat_id": ADA.id, "document": "attach://document"}, uploads))
    assert isinstance(answer, dict)
    assert answer["document"]["file_name"] == "data.json"
    file_id = answer["document"]["file_id"]
    assert refusal(stage, "sendPhoto", chat_id=ADA.id, photo=file_id).startswith("can't use file of type Document")


def test_an_album_has_2_to_10_items_of_one_kind() -> None:
    stage = world()
    file_id = with_photo(stage, png())["photo"][0]["file_id"]
    item = {"type": "photo", "media": file_id}
    album = call(stage, "sendMediaGroup", {"chat_id": ADA.id, "media": [item] * 10})
    assert len({message["media_group_id"] for message in album}) == 1
    for media in ([item], [item] * 11, [item, {"type": "document", "media": file_id}], [{"type": "video"}] * 2, [1, 2]):
        assert refusal(stage, "sendMediaGroup", chat_id=ADA.id, media=media)


def test_an_edit_shows_and_the_same_again_is_refused() -> None:
    stage = world()
    sent(stage)
    edit = {"chat_id": ADA.id, "message_id": 1, "text": "later"}
    assert call(stage, "editMessageText", edit)["edit_date"]
    assert refusal(stage, "editMessageText", **edit).startswith("message is not modified")


def test_an_edit_without_a_keyboard_takes_it_away() -> None:
    stage = world()
    keyboard = {"inline_keyboard": [[{"text": "go", "callback_data": "go"}]]}
    sent(stage, reply_markup=keyboard)
    edit = {"chat_id": ADA.id, "message_id": 1}
    assert refusal(stage, "editMessageReplyMarkup", **edit, reply_markup=keyboard).startswith("message is not modified")
    assert "reply_markup" not in call(stage, "editMessageReplyMarkup", edit)


def test_what_cannot_be_edited() -> None:
    stage = world()
    acts.say(stage, ADA.id, ADA, "mine")
    with_photo(stage, png())
    sent(stage)
    assert refusal(stage, "editMessageText", chat_id=ADA.id, message_id=1, text="x") == "message can't be edited"
    assert refusal(stage, "editMessageText", chat_id=ADA.id, message_id=9, text="x") == "message to edit not found"
    assert refusal(stage, "editMessageText", chat_id=ADA.id, message_id=2, text="x").startswith("there is no text")
    assert refusal(stage, "editMessageCaption", chat_id=ADA.id, message_id=3).startswith("there is no caption")
    assert refusal(stage, "editMessageText", inline_message_id="nope", text="x") == "MESSAGE_ID_INVALID"


def test_a_text_becomes_a_photo_by_editing_its_media() -> None:
    stage = world()
    sent(stage)
    uploads = {"new": Upload("x.png", "image/png", png())}
    media = {"type": "photo", "media": "attach://new", "caption": "done"}
    answer = METHODS["editmessagemedia"](
        stage, Parameters({"chat_id": ADA.id, "message_id": 1, "media": media}, uploads)
    )
    assert isinstance(answer, dict)
    assert answer["caption"] == "done"
    assert "text" not in answer


def test_deleting() -> None:
    stage = world()
    sent(stage)
    acts.say(stage, SUNDAY_INVESTORS.id, BEN, "hello")
    acts.say(stage, FORUM.id, BEN, "hello")
    assert call(stage, "deleteMessage", {"chat_id": ADA.id, "message_id": 1}) is True
    assert refusal(stage, "deleteMessage", chat_id=ADA.id, message_id=1) == "message to delete not found"
    assert refusal(stage, "deleteMessage", chat_id=SUNDAY_INVESTORS.id, message_id=1) == "message can't be deleted"
    assert call(stage, "deleteMessages", {"chat_id": FORUM.id, "message_ids": "[1, 2]"}) is True
    assert not stage.chats[FORUM.id].messages


def test_a_chat_action_shows_and_an_unknown_one_is_refused() -> None:
    stage = world()
    heard: list[Event] = []
    stage.listen(heard.append)
    assert call(stage, "sendChatAction", {"chat_id": ADA.id, "action": "upload_photo"}) is True
    assert heard == [BotIsBusy(ADA.id, "upload_photo")]
    assert refusal(stage, "sendChatAction", chat_id=ADA.id, action="dancing").startswith("wrong parameter action")


def test_a_press_is_answered_once_and_for_the_one_who_pressed() -> None:
    stage = world()
    heard: list[Event] = []
    stage.listen(heard.append)
    button = Button("go", callback_data="go")
    message = stage.post(Message(SUNDAY_INVESTORS.id, DEMO_BOT, keyboard=InlineKeyboard(((button,),))))
    query = acts.press(stage, BEN, message, button)
    long = {"callback_query_id": query, "text": "x" * 201}
    assert refusal(stage, "answerCallbackQuery", **long) == "MESSAGE_TOO_LONG"
    answer = {"callback_query_id": query, "text": "done", "show_alert": True}
    assert call(stage, "answerCallbackQuery", answer) is True
    assert heard[-1] == PressAnswered(query, BEN.id, "done", alert=True, url="")
    assert refusal(stage, "answerCallbackQuery", **answer).startswith("query is too old")
