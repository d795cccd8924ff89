"""The Bot API's methods about chats, files, the bot itself and its webhook."""

from __future__ import annotations

import pytest

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api_error import ApiError
from bot.localchat.files import Files, Upload
from bot.localchat.updates import Json
from tests.unit.localchat.worlds import FORUM, STRANGER, call, refusal, with_photo, world


def test_members_and_their_standing() -> None:
    stage = world()
    standing = {
        person.id: call(stage, "getChatMember", {"chat_id": SUNDAY_INVESTORS.id, "user_id": person.id})["status"]
        for person in (ADA, BEN, DEMO_BOT)
    }
    assert standing == {ADA.id: "creator", BEN.id: "member", DEMO_BOT.id: "member"}
    stage.add_person(STRANGER)
    left = call(stage, "getChatMember", {"chat_id": SUNDAY_INVESTORS.id, "user_id": STRANGER.id})
    assert left["status"] == "left"
    assert refusal(stage, "getChatMember", chat_id=SUNDAY_INVESTORS.id, user_id=5) == "user not found"


def test_administrators_and_leaving() -> None:
    stage = world()
    admins = call(stage, "getChatAdministrators", {"chat_id": FORUM.id})
    assert [member["user"]["id"] for member in admins] == [BEN.id, DEMO_BOT.id]
    assert call(stage, "getChatMemberCount", {"chat_id": FORUM.id}) == 3
    assert refusal(stage, "getChatAdministrators", chat_id=ADA.id).startswith("there are no administrators")
    assert call(stage, "leaveChat", {"chat_id": FORUM.id}) is True
    assert refusal(stage, "getChat", chat_id=FORUM.id) == "Forbidden: bot is not a member of the supergroup chat"


def test_files_are_named_with_a_path() -> None:
    stage = world()
    file_id = with_photo(stage)["photo"][0]["file_id"]
    named = call(stage, "getFile", {"file_id": file_id})
    assert stage.files.at_path(named["file_path"]) == stage.files.get(file_id)
    assert refusal(stage, "getFile", file_id="") == "file_id not specified"
    assert refusal(stage, "getFile", file_id="x") == "wrong file identifier/HTTP URL specified"


def test_beyond_its_bound_the_oldest_file_goes() -> None:
    files = Files(most_bytes=10)
    first, second, third = (files.add_document(Upload(name, "", b"12345")) for name in "abc")
    assert files.content(second.file_id) == files.content(third.file_id) == b"12345"
    with pytest.raises(ApiError, match="wrong file identifier"):
        files.get(first.file_id)


def test_menus_by_scope_and_language() -> None:
    stage = world()

    def put(names: list[str], **values: Json) -> None:
        commands = [{"command": name, "description": "does it"} for name in names]
        call(stage, "setMyCommands", {"commands": commands} | values)

    put(["all"])
    put(["alle"], language_code="de")
    put(["private"], scope={"type": "all_private_chats"})
    put(["boss"], scope={"type": "chat_administrators", "chat_id": SUNDAY_INVESTORS.id})
    put(["ada"], scope={"type": "chat_member", "chat_id": SUNDAY_INVESTORS.id, "user_id": ADA.id})

    def menu(chat_id: int, user_id: int, language: str = "en", *, is_admin: bool = False) -> list[str]:
        found = stage.profile.menu_for(chat_id, user_id, language, is_admin=is_admin)
        return [command.name for command in found]

    assert menu(ADA.id, ADA.id) == ["private"]
    assert menu(SUNDAY_INVESTORS.id, BEN.id) == ["all"]
    assert menu(SUNDAY_INVESTORS.id, BEN.id, "de") == ["alle"]
    assert menu(SUNDAY_INVESTORS.id, BEN.id, is_admin=True) == ["boss"]
    assert menu(SUNDAY_INVESTORS.id, ADA.id, is_admin=True) == ["ada"]
    call(stage, "deleteMyCommands", {"scope": {"type": "all_private_chats"}})
    assert menu(ADA.id, ADA.id) == ["all"]


@pytest.mark.parametrize(
    ("name", "description", "words"),
    [
        ("Upper", "x", "BOT_COMMAND_INVALID"),
        ("x" * 33, "x", "BOT_COMMAND_INVALID"),
        ("fine", " ", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("fine", "x" * 257, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ],
)
def test_wrong_commands_are_refused(name: str, description: str, words: str) -> None:
    commands = [{"command": name, "description": description}]
    assert refusal(world(), "setMyCommands", commands=commands) == words


def test_descriptions_are_kept_per_language_and_bounded() -> None:
    stage = world()
    call(stage, "setMyDescription", {"description": "hello"})
    call(stage, "setMyDescription", {"description": "hallo", "language_code": "de"})
    assert call(stage, "getMyDescription", {"language_code": "de"}) == {"description": "hallo"}
    assert call(stage, "getMyDescription", {"language_code": "fr"}) == {"description": "hello"}
    assert refusal(stage, "setMyShortDescription", short_description="x" * 121) == "BOT_SHORT_DESCRIPTION_TOO_LONG"


@pytest.mark.parametrize("url", ["http://example.org/hook", "ftp://x", "hook"])
def test_a_webhook_needs_https_or_this_machine(url: str) -> None:
    assert refusal(world(), "setWebhook", url=url).startswith("bad webhook")


def test_webhook_info_tells_what_is_set() -> None:
    stage = world()
    assert refusal(stage, "setWebhook", url="https://x.org", secret_token="no!").startswith("secret token")
    call(stage, "setWebhook", {"url": "http://127.0.0.1:1/h", "allowed_updates": '["message"]', "max_connections": 3})
    info = call(stage, "getWebhookInfo", {})
    assert (info["url"], info["allowed_updates"], info["max_connections"]) == ("http://127.0.0.1:1/h", ["message"], 3)
    call(stage, "deleteWebhook", {"drop_pending_updates": True})
    assert call(stage, "getWebhookInfo", {})["url"] == ""
