"""The Bot API's methods about chats, files, the bot itself and its webhook."""

from __future__ import annotations

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api.request_parameters import Json
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.files import Files, Upload
from tests.unit.localchat.server_states import FORUM, STRANGER, call, error_of, new_server_state, with_photo


def test_members_and_their_status() -> None:
    state = new_server_state()
    statuses = {
        person.id: call(state, "getChatMember", {"chat_id": SUNDAY_INVESTORS.id, "user_id": person.id})["status"]
        for person in (ADA, BEN, DEMO_BOT)
    }
    assert statuses == {ADA.id: "creator", BEN.id: "member", DEMO_BOT.id: "member"}
    state.add_person(STRANGER)
    left = call(state, "getChatMember", {"chat_id": SUNDAY_INVESTORS.id, "user_id": STRANGER.id})
    assert left["status"] == "left"
    assert error_of(state, "getChatMember", chat_id=SUNDAY_INVESTORS.id, user_id=5) == "user not found"


def test_administrators_and_leaving() -> None:
    state = new_server_state()
    admins = call(state, "getChatAdministrators", {"chat_id": FORUM.id})
    assert [member["user"]["id"] for member in admins] == [BEN.id, DEMO_BOT.id]
    assert call(state, "getChatMemberCount", {"chat_id": FORUM.id}) == 3
    assert error_of(state, "getChatAdministrators", chat_id=ADA.id).startswith("there are no administrators")
    assert call(state, "leaveChat", {"chat_id": FORUM.id}) is True
    assert error_of(state, "getChat", chat_id=FORUM.id) == "Forbidden: bot is not a member of the supergroup chat"


def test_files_are_named_with_a_path() -> None:
    state = new_server_state()
    file_id = with_photo(state)["photo"][0]["file_id"]
    named = call(state, "getFile", {"file_id": file_id})
    assert state.files.by_path(named["file_path"]) == state.files.get(file_id)
    assert error_of(state, "getFile", file_id="") == "file_id not specified"
    assert error_of(state, "getFile", file_id="x") == "wrong file identifier/HTTP URL specified"


def test_beyond_the_maximum_the_oldest_file_is_dropped() -> None:
    files = Files(max_bytes=10)
    first, second, third = (files.add_document(Upload(name, "", b"12345")) for name in "abc")
    assert files.content(second.file_id) == files.content(third.file_id) == b"12345"
    with pytest.raises(ApiError, match="wrong file identifier"):
        files.get(first.file_id)


def test_menus_by_scope_and_language() -> None:
    state = new_server_state()

    def put(names: list[str], **values: Json) -> None:
        commands = [{"command": name, "description": "does it"} for name in names]
        call(state, "setMyCommands", {"commands": commands} | values)

    put(["all"])
    put(["alle"], language_code="de")
    put(["private"], scope={"type": "all_private_chats"})
    put(["boss"], scope={"type": "chat_administrators", "chat_id": SUNDAY_INVESTORS.id})
    put(["ada"], scope={"type": "chat_member", "chat_id": SUNDAY_INVESTORS.id, "user_id": ADA.id})

    def menu(chat_id: int, user_id: int, language: str = "en", *, is_admin: bool = False) -> list[str]:
        found = state.profile.menu_for(chat_id, user_id, language, is_admin=is_admin)
        return [command.name for command in found]

    assert menu(ADA.id, ADA.id) == ["private"]
    assert menu(SUNDAY_INVESTORS.id, BEN.id) == ["all"]
    assert menu(SUNDAY_INVESTORS.id, BEN.id, "de") == ["alle"]
    assert menu(SUNDAY_INVESTORS.id, BEN.id, is_admin=True) == ["boss"]
    assert menu(SUNDAY_INVESTORS.id, ADA.id, is_admin=True) == ["ada"]
    call(state, "deleteMyCommands", {"scope": {"type": "all_private_chats"}})
    assert menu(ADA.id, ADA.id) == ["all"]


@pytest.mark.parametrize(
    ("name", "description", "error"),
    [
        ("Upper", "x", "BOT_COMMAND_INVALID"),
        ("x" * 33, "x", "BOT_COMMAND_INVALID"),
        ("fine", " ", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("fine", "x" * 257, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
def test_wrong_commands_are_refused(name: str, description: str, error: str) -> None:
    commands = [{"command": name, "description": description}]
    assert error_of(new_server_state(), "setMyCommands", commands=commands) == error


def test_descriptions_are_kept_per_language_and_bounded() -> None:
    state = new_server_state()
    call(state, "setMyDescription", {"description": "hello"})
    call(state, "setMyDescription", {"description": "hallo", "language_code": "de"})
    assert call(state, "getMyDescription", {"language_code": "de"}) == {"description": "hallo"}
    assert call(state, "getMyDescription", {"language_code": "fr"}) == {"description": "hello"}
    assert error_of(state, "setMyShortDescription", short_description="x" * 121) == "BOT_SHORT_DESCRIPTION_TOO_LONG"


@pytest.mark.parametrize("url", ["http://example.org/hook", "ftp://x", "hook"])
def test_a_webhook_needs_https_or_this_machine(url: str) -> None:
    assert error_of(new_server_state(), "setWebhook", url=url).startswith("bad webhook")


def test_webhook_info_tells_what_is_set() -> None:
    state = new_server_state()
    assert error_of(state, "setWebhook", url="https://x.org", secret_token="no!").startswith("secret token")
    call(state, "setWebhook", {"url": "http://127.0.0.1:1/h", "allowed_updates": '["message"]', "max_connections": 3})
    info = call(state, "getWebhookInfo", {})
    assert (info["url"], info["allowed_updates"], info["max_connections"]) == ("http://127.0.0.1:1/h", ["message"], 3)
    call(state, "deleteWebhook", {"drop_pending_updates": True})
    assert call(state, "getWebhookInfo", {})["url"] == ""
