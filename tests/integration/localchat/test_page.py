"""The page's addresses over HTTP: who may use them, and their answers."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from PIL import Image
from telegram.ext import ExtBot

from bot.localchat import ADA, SUNDAY_INVESTORS, LocalChat


@pytest.fixture
async def chat() -> AsyncIterator[LocalChat]:
    async with LocalChat() as started:
        yield started


@pytest.fixture
async def web(chat: LocalChat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.url) as client:
        yield client


async def test_the_page_is_served_under_a_strict_policy(web: httpx.AsyncClient) -> None:
    page = await web.get("/")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "http://" not in page.text
    assert "https://" not in page.text  # nothing from elsewhere


async def test_every_file_that_the_page_names_is_there(web: httpx.AsyncClient) -> None:
    page = (await web.get("/")).text
    named = [part.split('"')[0] for part in page.split('"/static/')[1:]]
    assert len(named) > 5
    for name in named:
        assert (await web.get(f"/static/{name}")).status_code == 200
    assert (await web.get("/static/nothing.js")).status_code == 404
    assert (await web.get("/static/..%2fdriver.py")).status_code == 404


async def test_a_person_writes_through_the_page(web: httpx.AsyncClient, chat: LocalChat) -> None:
    sent = await web.post("/page/say", json={"person": ADA.id, "chat": SUNDAY_INVESTORS.id, "text": "<b>hi</b>"})
    assert sent.json() == {"ok": True, "result": 1}
    assert chat.messages(SUNDAY_INVESTORS)[0].text == "<b>hi</b>"
    error = await web.post("/page/say", json={"person": ADA.id, "chat": ADA.id, "text": ""})
    assert error.json() == {"ok": False, "error_code": 400, "description": "Bad Request: message text is empty"}
    assert (await web.post("/page/say", json={"person": 5, "chat": ADA.id, "text": "x"})).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_can_neither_write_nor_read(
    web: httpx.AsyncClient, chat: LocalChat, headers: dict[str, str]
) -> None:
    action = {"person": ADA.id, "chat": ADA.id, "text": "/forget"}
    assert (await web.post("/page/say", json=action, headers=headers)).status_code == 403
    assert (await web.get("/page/events", headers=headers)).status_code == 403
    assert chat.messages(ADA) == ()


async def test_the_pages_own_origin_may(web: httpx.AsyncClient, chat: LocalChat) -> None:
    action = {"person": ADA.id, "chat": ADA.id, "text": "hello"}
    headers = {"Origin": chat.url, "Sec-Fetch-Site": "same-origin"}
    assert (await web.post("/page/say", json=action, headers=headers)).status_code == 200
    port = chat.url.rpartition(":")[2]
    named = {"Host": f"localhost:{port}", "Origin": f"http://localhost:{port}"}
    assert (await web.post("/page/say", json=action, headers=named)).status_code == 200


async def test_actions_are_json_known_and_small(web: httpx.AsyncClient) -> None:
    action = {"person": ADA.id, "chat": ADA.id, "text": "hello"}
    assert (await web.post("/page/say", data=action)).status_code == 415
    assert (await web.post("/page/dance", json=action)).status_code == 404
    assert (await web.post("/page/say", json=action | {"text": "x" * 70_000})).status_code == 413
    assert (await web.post("/page/say", content="[1]", headers={"Content-Type": "application/json"})).status_code == 400
    assert (await web.get("/page/say")).status_code == 405
    assert (await web.get("/elsewhere")).json()["error_code"] == 404


async def test_events_begin_with_a_snapshot(web: httpx.AsyncClient, chat: LocalChat) -> None:
    chat.set_banner("simulated prices")
    async with web.stream("GET", "/page/events") as stream:
        lines = (
            json.loads(line.removeprefix("data: ")) async for line in stream.aiter_lines() if line.startswith("data: ")
        )
        snapshot = await anext(lines)
        assert (snapshot["type"], snapshot["banner"], snapshot["messages"]) == ("snapshot", "simulated prices", [])
        chat.write(ADA, ADA, "hello")
        assert (await anext(lines))["message"]["text"] == "hello"
        chat.set_banner("")
        assert (await anext(lines))["banner"] == ""


async def test_a_page_that_fell_behind_gets_a_new_snapshot(web: httpx.AsyncClient, chat: LocalChat) -> None:
    async with web.stream("GET", "/page/events") as stream:
        lines = (json.loads(line[6:]) async for line in stream.aiter_lines() if line.startswith("data: "))
        assert (await anext(lines))["messages"] == []
        for number in range(1_100):  # more than the server holds back for one page
            chat.write(ADA, ADA, str(number))
        kinds = [(await anext(lines))["type"] for _ in range(2)]
        assert "snapshot" in kinds


async def test_photos_are_shown_and_documents_are_saved(web: httpx.AsyncClient, chat: LocalChat) -> None:
    written = io.BytesIO()
    Image.new("RGB", (20, 20)).save(written, "PNG")
    async with ExtBot(chat.token, base_url=f"{chat.url}/bot") as bot:
        photo = (await bot.send_photo(ADA.id, written.getvalue())).photo[-1].file_id
        document = (await bot.send_document(ADA.id, b"<script>alert(1)</script>", filename="x.html")).document
    assert document
    shown = await web.get(f"/page/file/{photo}")
    assert (shown.headers["Content-Type"], shown.content) == ("image/png", written.getvalue())
    saved = await web.get(f"/page/file/{document.file_id}")
    assert (saved.headers["Content-Type"], saved.headers["Content-Disposition"]) == (
        "application/octet-stream",
        "attachment",
    )
    assert (await web.get("/page/file/nothing")).status_code == 404


async def test_the_bot_api_takes_queries_forms_and_json_alike(web: httpx.AsyncClient, chat: LocalChat) -> None:
    address = f"/bot{chat.token}/sendMessage"
    values = {"chat_id": str(ADA.id), "text": "hello"}
    for answer in (
        await web.get(address, params=values),
        await web.post(address, data=values),
        await web.post(address, json=values),
        await web.post(address, data=values, files={"unused": b"x"}),
        await web.post(address.replace("sendMessage", "SENDMESSAGE"), data=values),
    ):
        assert answer.json()["result"]["text"] == "hello"
    bad = await web.post(address, content="{", headers={"Content-Type": "application/json"})
    assert bad.json() == {"ok": False, "error_code": 400, "description": "Bad Request: can't parse JSON object"}
    not_utf8 = await web.post(f"{address}?text=%FF", data={"chat_id": str(ADA.id)})
    assert not_utf8.json()["description"] == "Bad Request: strings must be encoded in UTF-8"


async def test_errors_have_telegrams_form(web: httpx.AsyncClient, chat: LocalChat) -> None:
    other = f"{chat.token.partition(':')[0]}:{'x' * 35}"
    for address, code, description in (
        (f"/bot{chat.token}/paint", 404, "Not Found: method not found"),
        ("/botnonsense/getMe", 404, "Not Found"),
        (f"/bot{other}/getMe", 401, "Unauthorized"),
        (f"/file/bot{other}/photos/file_0.png", 401, "Unauthorized"),
        (f"/file/bot{chat.token}/photos/none.png", 404, "Not Found"),
    ):
        answer = await web.get(address)
        assert answer.status_code == code
        assert answer.json() == {"ok": False, "error_code": code, "description": description}


async def test_a_file_is_downloaded_by_its_path(web: httpx.AsyncClient, chat: LocalChat) -> None:
    files = {"document": ("a.txt", b"hello")}
    sent = await web.post(f"/bot{chat.token}/sendDocument", data={"chat_id": str(ADA.id)}, files=files)
    file_id = sent.json()["result"]["document"]["file_id"]
    path = (await web.get(f"/bot{chat.token}/getFile", params={"file_id": file_id})).json()["result"]["file_path"]
    assert (await web.get(f"/file/bot{chat.token}/{path}")).content == b"hello"
