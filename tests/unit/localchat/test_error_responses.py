"""Errors of the Bot API that only a wrong bot gets, with Telegram's descriptions; a refused request changes nothing."""

from __future__ import annotations

import json
from inspect import isawaitable

import pytest

from bot.localchat import ADA, BEN, SUNDAY_INVESTORS, Message
from bot.localchat.api.bot_api import METHODS
from bot.localchat.api.faults import blocked, flood, server_error
from bot.localchat.api.request_handlers import check_token
from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.people import message_actions, query_actions
from bot.localchat.state import limits
from bot.localchat.state.error_responses import ApiError, bad_request, forbidden, too_many_requests
from bot.localchat.state.files import Upload
from bot.localchat.state.server_state import ServerState
from bot.localchat.state.users import Person
from tests.unit.localchat.server_states import (
    FORUM,
    STRANGER,
    call,
    error_of,
    new_server_state,
    png,
    with_photo,
)

ARTICLE: Json = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "hi"}}
TOKEN = "123456:" + "A" * 35


def asked(state: ServerState) -> str:
    """The id of an inline query of Ada's."""
    return query_actions.ask_inline(state, ADA, ADA.id, "AAPL")


def answering(state: ServerState, *results: Json) -> str:
    """How the results of an inline query are refused; the query stays open."""
    query_id = asked(state)
    description = error_of(state, "answerInlineQuery", inline_query_id=query_id, results=json.dumps(results))
    assert state.queries.inline[query_id].results is None
    return description


def test_an_inline_query_takes_50_results_and_not_one_more() -> None:
    state = new_server_state()
    fifty = [ARTICLE | {"id": str(number)} for number in range(limits.INLINE_RESULTS)]
    assert answering(state, *fifty, ARTICLE | {"id": "more"}) == "RESULTS_TOO_MUCH"
    query_id = asked(state)
    assert call(state, "answerInlineQuery", {"inline_query_id": query_id, "results": json.dumps(fifty)}) is True
    assert len(state.queries.inline[query_id].results or ()) == 50


@pytest.mark.parametrize(
    ("result", "description"),
    [
        (ARTICLE | {"id": ""}, "RESULT_ID_INVALID"),
        (ARTICLE | {"id": "é" * 33}, "RESULT_ID_INVALID"),
        (ARTICLE | {"input_message_content": {"message_text": ""}}, "message text is empty"),
        (
            {"type": "article", "id": "1", "title": "t"},
            "can't parse inline query result: message content must be specified",
        ),
        (
            {"type": "gif", "id": "1"},
            "can't parse inline query result: the local chat takes articles and cached photos",
        ),
        (
            {"type": "photo", "id": "1", "photo_url": "https://example.org/x.png"},
            "can't parse inline query result: the local chat takes articles and cached photos",
        ),
    ],
)
def test_a_wrong_inline_result_is_refused(result: Json, description: str) -> None:
    assert answering(new_server_state(), result) == description


def test_two_inline_results_need_two_ids_and_64_bytes_are_enough() -> None:
    state = new_server_state()
    assert answering(state, ARTICLE, ARTICLE) == "RESULT_ID_DUPLICATE"
    longest = json.dumps([ARTICLE | {"id": "é" * 32}])
    assert call(state, "answerInlineQuery", {"inline_query_id": asked(state), "results": longest}) is True


def test_a_cached_photo_needs_an_id_that_is_known() -> None:
    state = new_server_state()
    unknown = {"type": "photo", "id": "1", "photo_file_id": "nothing"}
    assert "file" in answering(state, unknown)
    sent = with_photo(state)["photo"][-1]["file_id"]
    too_long = {"type": "photo", "id": "1", "photo_file_id": sent, "caption": "x" * 1025}
    assert answering(state, too_long) == "message caption is too long"


@pytest.mark.parametrize("item", [{"type": "video", "media": "x"}, {"type": "audio", "media": "x"}, {}])
def test_other_media_are_refused_where_a_message_is_edited(item: Json) -> None:
    state = new_server_state()
    shown = with_photo(state)
    values = {"chat_id": ADA.id, "message_id": shown["message_id"], "media": json.dumps(item)}
    before = state.chat(ADA.id).messages[shown["message_id"]]
    assert error_of(state, "editMessageMedia", **values).startswith("can't parse InputMedia")
    assert state.chat(ADA.id).messages[shown["message_id"]] == before


def test_a_photo_cannot_be_edited_as_a_text_nor_a_text_as_a_caption() -> None:
    state = new_server_state()
    photo, text = with_photo(state), call(state, "sendMessage", {"chat_id": ADA.id, "text": "hi"})
    place = {"chat_id": ADA.id, "message_id": photo["message_id"]}
    assert error_of(state, "editMessageText", **place, text="x") == "there is no text in the message to edit"
    place = {"chat_id": ADA.id, "message_id": text["message_id"]}
    assert error_of(state, "editMessageCaption", **place) == "there is no caption in the message to edit"


def test_an_inline_message_that_is_not_there_cannot_be_edited() -> None:
    assert error_of(new_server_state(), "editMessageText", inline_message_id="x", text="y") == "MESSAGE_ID_INVALID"


def test_the_bot_deletes_another_s_message_only_where_it_is_an_admin() -> None:
    state = new_server_state()
    in_group = state.post(Message(SUNDAY_INVESTORS.id, BEN))
    in_forum = state.post(Message(FORUM.id, BEN))
    place = {"chat_id": SUNDAY_INVESTORS.id, "message_id": in_group.message_id}
    assert error_of(state, "deleteMessage", **place) == "message can't be deleted"
    assert error_of(state, "deleteMessages", chat_id=place["chat_id"], message_ids=json.dumps([1])) != ""
    assert in_group.message_id in state.chat(SUNDAY_INVESTORS.id).messages
    assert call(state, "deleteMessage", {"chat_id": FORUM.id, "message_id": in_forum.message_id}) is True


def test_every_member_has_a_status() -> None:
    state = new_server_state()
    statuses = {
        person.id: call(state, "getChatMember", {"chat_id": FORUM.id, "user_id": person.id})["status"]
        for person in (ADA, BEN, state.bot)
    }
    assert statuses == {ADA.id: "member", BEN.id: "creator", state.bot.id: "administrator"}
    assert error_of(state, "getChatMember", chat_id=FORUM.id, user_id=STRANGER.id) == "user not found"
    state.people[STRANGER.id] = STRANGER
    assert call(state, "getChatMember", {"chat_id": FORUM.id, "user_id": STRANGER.id})["status"] == "left"


@pytest.mark.parametrize("method", ["getChatAdministrators", "leaveChat"])
def test_a_private_chat_has_no_administrators_and_cannot_be_left(method: str) -> None:
    assert error_of(new_server_state(), method, chat_id=ADA.id) == "there are no administrators in the private chat"


def test_a_file_beyond_20_megabytes_cannot_be_downloaded() -> None:
    state = new_server_state()
    large = state.files.add_document(Upload("x.bin", "application/octet-stream", b"x" * (limits.DOWNLOAD_BYTES + 1)))
    small = state.files.add_document(Upload("x.bin", "application/octet-stream", b"x" * limits.DOWNLOAD_BYTES))
    assert error_of(state, "getFile", file_id=large.file_id) == "file is too big"
    assert call(state, "getFile", {"file_id": small.file_id})["file_size"] == limits.DOWNLOAD_BYTES
    assert error_of(state, "getFile") == "file_id not specified"


@pytest.mark.parametrize(
    ("method", "name"), [("sendPhoto", "photo"), ("sendDocument", "document"), ("sendMediaGroup", "media")]
)
def test_nothing_is_sent_without_its_file(method: str, name: str) -> None:
    state = new_server_state()
    description = error_of(
        state, method, chat_id=ADA.id, media=json.dumps([{"type": "photo"}] * 2) if name == "media" else ""
    )
    assert description == f"there is no {name} in the request"
    assert state.chat(ADA.id).messages == {}


@pytest.mark.parametrize(("count", "taken"), [(1, False), (2, True), (10, True), (11, False)])
def test_an_album_has_2_to_10_photos(count: int, taken: bool) -> None:  # noqa: FBT001 - a table
    state = new_server_state()
    uploads = {f"p{number}": Upload("x.png", "image/png", png()) for number in range(count)}
    media = json.dumps([{"type": "photo", "media": f"attach://{name}"} for name in uploads])
    parameters = Parameters({"chat_id": ADA.id, "media": media}, uploads)
    if taken:
        METHODS["sendmediagroup"](state, parameters)
        assert len(state.chat(ADA.id).messages) == count
    else:
        with pytest.raises(ApiError, match="must include 2-10 items"):
            METHODS["sendmediagroup"](state, parameters)


def test_a_menu_belongs_to_a_scope_that_there_is() -> None:
    state = new_server_state()
    commands = json.dumps([{"command": "start", "description": "Begin"}])
    assert error_of(state, "setMyCommands", commands=commands, scope=json.dumps({"type": "everybody"})) != ""
    many = json.dumps([{"command": f"c{number}", "description": "d"} for number in range(limits.COMMANDS + 1)])
    assert error_of(state, "setMyCommands", commands=many) == "BOT_COMMANDS_TOO_MUCH"
    assert state.profile.menus == {}


@pytest.mark.parametrize(
    ("given", "code"),
    [("", 404), ("123", 404), ("123456:short", 404), (f"{TOKEN}/", 404), ("123456:" + "B" * 35, 401)],
)
def test_a_wrong_token_is_not_found_and_another_s_is_unauthorized(given: str, code: int) -> None:
    with pytest.raises(ApiError) as refused:
        check_token(TOKEN, given)
    assert refused.value.code == code
    assert TOKEN not in str(refused.value)
    check_token(TOKEN, TOKEN)


@pytest.mark.parametrize(
    ("error", "code", "description"),
    [
        (bad_request("x"), 400, "Bad Request: x"),
        (forbidden("x"), 403, "Forbidden: x"),
        (too_many_requests(7), 429, "Too Many Requests: retry after 7"),
        (blocked(), 403, "Forbidden: bot was blocked by the user"),
        (flood(3), 429, "Too Many Requests: retry after 3"),
        (server_error(), 502, "Bad Gateway"),
        (server_error(500), 500, "Internal Server Error"),
        (server_error(504), 504, "Gateway Timeout"),
        (server_error(599), 599, "Error"),
    ],
)
def test_errors_have_telegrams_descriptions(error: ApiError, code: int, description: str) -> None:
    assert (error.code, error.description) == (code, description)
    assert error.retry_after == (int(description.rpartition(" ")[2]) if code == 429 else None)


@pytest.mark.parametrize(("limit", "count"), [("", 100), ("0", 1), ("-5", 1), ("7", 7), ("101", 100)])
async def test_a_poll_takes_1_to_100_updates(limit: str, count: int) -> None:
    state = new_server_state()
    for _ in range(120):
        message_actions.send_text(state, ADA.id, ADA, "hi")
    found = METHODS["getupdates"](state, Parameters({"limit": limit, "timeout": "10"}))
    assert isawaitable(found)
    assert len(await found) == count


@pytest.mark.parametrize(
    ("secret", "taken"), [("", True), ("aZ_-9" * 50, True), ("x" * 257, False), ("a b", False), ("é", False)]
)
def test_a_webhook_s_secret_has_letters_digits_and_two_signs(secret: str, taken: bool) -> None:  # noqa: FBT001 - a table
    state = new_server_state()
    values = {"url": "https://example.org/x", "secret_token": secret}
    if taken:
        assert call(state, "setWebhook", values) is True
        assert state.updates.webhook.secret_token == secret
    else:
        assert error_of(state, "setWebhook", **values) == "secret token contains unallowed characters"
        assert state.updates.webhook.url == ""


def test_who_is_not_in_a_group_cannot_be_made_to_speak_there() -> None:
    state = new_server_state()
    with pytest.raises(ApiError):
        message_actions.send_text(state, SUNDAY_INVESTORS.id, Person(5, "Nobody"), "hi")
    assert state.chat(SUNDAY_INVESTORS.id).messages == {}
