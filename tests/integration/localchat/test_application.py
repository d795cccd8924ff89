"""python-telegram-bot's `Application` on the local chat: polling, webhook, and the faults that a test plans."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, NetworkError, RetryAfter, TimedOut
from telegram.ext import Application, CommandHandler, ContextTypes, ExtBot
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application as WebApplication
from tornado.web import RequestHandler

from bot.localchat import (
    ADA,
    BEN,
    SUNDAY_INVESTORS,
    Break,
    GroupMoves,
    LocalChat,
    Person,
    RateLimits,
    blocked,
    flood,
    server_error,
)
from tests.waiting import PATIENCE_S

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


async def _pong(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message
    await update.effective_message.reply_text("pong")


Bots = Application[Any, Any, Any, Any, Any, Any]  # python-telegram-bot's six parameters, of no interest here


@asynccontextmanager
async def application(chat: LocalChat) -> AsyncIterator[Bots]:
    builder = Application.builder().token(chat.token).base_url(f"{chat.url}/bot").base_file_url(f"{chat.url}/file/bot")
    built = builder.build()
    built.add_handler(CommandHandler("ping", _pong))
    async with built:
        await built.start()
        yield built
        if built.updater and built.updater.running:
            await built.updater.stop()
        await built.stop()


@pytest.fixture
async def chat() -> AsyncIterator[LocalChat]:
    async with LocalChat() as started:
        yield started


@pytest.fixture
async def bot(chat: LocalChat) -> AsyncIterator[Bot]:
    async with ExtBot(chat.token, base_url=f"{chat.url}/bot") as initialised:
        yield initialised


async def test_polling_answers_many_people_and_a_group(chat: LocalChat) -> None:
    async with application(chat) as running:
        assert running.updater
        await running.updater.start_polling()
        for place, person in ((ADA, ADA), (BEN, BEN), (SUNDAY_INVESTORS, BEN)):
            chat.write(place, person, "/ping")
            assert (await chat.wait_for(lambda place=place: chat.bot_messages(place)))[0].text == "pong"  # type: ignore[misc]


async def test_updates_that_were_handled_do_not_come_again(chat: LocalChat) -> None:
    for _ in range(2):
        chat.write(ADA, ADA, "/ping")
        before = len(chat.bot_messages(ADA))
        async with application(chat) as running:
            assert running.updater
            await running.updater.start_polling()
            await chat.wait_for(lambda before=before: len(chat.bot_messages(ADA)) > before)  # type: ignore[misc]
    assert len(chat.bot_messages(ADA)) == 2


async def test_a_webhook_gets_the_updates_with_its_secret(chat: LocalChat) -> None:
    [socket] = bind_sockets(0, "127.0.0.1")
    port = socket.getsockname()[1]
    socket.close()
    async with application(chat) as running:
        assert running.updater
        url = f"http://127.0.0.1:{port}/hook"
        await running.updater.start_webhook("127.0.0.1", port, "hook", webhook_url=url, secret_token="s3cret")
        chat.write(ADA, ADA, "/ping")
        assert (await chat.wait_for(lambda: chat.bot_messages(ADA)))[0].text == "pong"
        info = await running.bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == (url, 0)
        with pytest.raises(Conflict, match="webhook is active"):
            await running.bot.get_updates()


class _FailsOnce(RequestHandler):
    """A web server of a bot that refuses the first delivery."""

    def initialize(self, seen: list[HTTPServerRequest], taken: asyncio.Event) -> None:
        self._seen = seen
        self._taken = taken

    def post(self) -> None:
        self._seen.append(self.request)
        if len(self._seen) == 1:
            self.set_status(500)
        else:
            self._taken.set()


async def test_a_refused_webhook_delivery_comes_again(chat: LocalChat, bot: Bot) -> None:
    seen: list[HTTPServerRequest] = []
    taken = asyncio.Event()
    [socket] = bind_sockets(0, "127.0.0.1")
    routes = [("/", _FailsOnce, {"seen": seen, "taken": taken})]
    server = HTTPServer(WebApplication(routes, log_function=lambda _: None))
    server.add_sockets([socket])
    await bot.set_webhook(f"http://127.0.0.1:{socket.getsockname()[1]}/", secret_token="s3cret")
    chat.write(ADA, ADA, "hello")
    await asyncio.wait_for(taken.wait(), PATIENCE_S)
    assert [json.loads(request.body)["message"]["text"] for request in seen] == ["hello", "hello"]
    assert seen[0].headers["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    info = await bot.get_webhook_info()
    assert info.last_error_message
    assert "500" in info.last_error_message
    server.stop()
    await server.close_all_connections()


async def test_two_pollers_conflict(chat: LocalChat, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    async with ExtBot(chat.token, base_url=f"{chat.url}/bot") as other:
        await asyncio.wait([asyncio.create_task(other.get_updates(timeout=0))])
        second = asyncio.create_task(other.get_updates(timeout=20))
        with pytest.raises(Conflict, match="only one bot instance"):
            await asyncio.wait_for(first, PATIENCE_S)
        chat.write(ADA, ADA, "hello")
        assert len(await asyncio.wait_for(second, PATIENCE_S)) == 1


async def test_strict_mode_answers_429_with_the_seconds_to_wait() -> None:
    clock = Clock()
    async with (
        LocalChat(rate_limits=RateLimits(), clock=clock) as chat,
        ExtBot(chat.token, base_url=f"{chat.url}/bot") as bot,
    ):
        for _ in range(3):
            await bot.send_message(ADA.id, "hello")
        with pytest.raises(RetryAfter) as refused:
            await bot.send_message(ADA.id, "hello")
        assert refused.value._retry_after == timedelta(seconds=1)  # noqa: SLF001 - the public one warns of its other type
        clock.advance(1)
        assert await bot.send_message(ADA.id, "hello")
        assert await bot.send_chat_action(ADA.id, "typing")  # actions are not counted
        assert [entry.outcome for entry in chat.journal.refused(429)] == ["Too Many Requests: retry after 1"]


async def test_strict_mode_lets_thirty_chats_pass_at_once() -> None:
    people = [Person(1000 + number, f"P{number}") for number in range(31)]
    async with (
        LocalChat(people, (), rate_limits=RateLimits(), clock=Clock()) as chat,
        ExtBot(chat.token, base_url=f"{chat.url}/bot") as bot,
    ):
        for person in people[:30]:
            await bot.send_message(person.id, "hello")
        with pytest.raises(RetryAfter):
            await bot.send_message(people[30].id, "hello")


async def test_planned_refusals(chat: LocalChat, bot: Bot) -> None:
    chat.faults.plan(flood(5), method="sendMessage")
    chat.faults.plan(server_error(502), times=2)
    chat.faults.plan(blocked(), chat_id=BEN.id)
    with pytest.raises(RetryAfter, match="5"):
        await bot.send_message(ADA.id, "hello")
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(ADA.id, "hello")
    assert await bot.send_message(ADA.id, "hello")
    with pytest.raises(Forbidden):
        await bot.send_message(BEN.id, "hello")
    assert [entry.code for entry in chat.journal.of("sendMessage")] == [429, 502, 502, 200, 403]


async def test_a_connection_dropped_before_the_work_loses_it_and_after_it_keeps_it(chat: LocalChat, bot: Bot) -> None:
    for fault, kept in ((Break.DROPPED_BEFORE, 0), (Break.DROPPED_AFTER, 1)):
        chat.faults.plan(fault)
        with pytest.raises(NetworkError):
            await bot.send_message(ADA.id, "hello")
        assert len(chat.bot_messages(ADA)) == kept
        assert [entry.code for entry in chat.journal.of("sendMessage")][-1] == 0


async def test_a_hanging_request_ends_with_the_bots_timeout(chat: LocalChat, bot: Bot) -> None:
    chat.faults.plan(Break.HANGING)
    with pytest.raises(TimedOut):
        await bot.send_message(ADA.id, "hello", read_timeout=0.05)
    assert chat.bot_messages(ADA) == ()
    chat.faults.clear()  # on a busy machine the request ended before it arrived
    assert await bot.send_message(ADA.id, "hello")


async def test_a_group_moves_in_the_middle_of_a_send(chat: LocalChat, bot: Bot) -> None:
    chat.faults.plan(GroupMoves(), chat_id=SUNDAY_INVESTORS.id)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(SUNDAY_INVESTORS.id, "hello")
    assert await bot.send_message(moved.value.new_chat_id, "hello")


async def test_a_wait_that_times_out_shows_the_last_messages(chat: LocalChat, bot: Bot) -> None:
    await bot.send_message(ADA.id, "not this")
    with pytest.raises(TimeoutError, match="not this"):
        await chat.wait_for(lambda: len(chat.bot_messages(ADA)) > 1, seconds=0.01)
    with pytest.raises(LookupError, match="no 'Go' among"):
        chat.press(chat.bot_messages(ADA)[0], "Go")


async def test_stopping_ends_a_waiting_poll() -> None:
    chat = LocalChat()
    await chat.start()
    async with ExtBot(chat.token, base_url=f"{chat.url}/bot") as bot:
        polling = asyncio.create_task(bot.get_updates(timeout=40))
        await chat.wait_for(lambda: len(chat.journal) == 1)
        await chat.stop()
        with pytest.raises(NetworkError):
            await asyncio.wait_for(polling, PATIENCE_S)


async def test_a_taken_port_is_an_os_error(chat: LocalChat) -> None:
    port = int(chat.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        await LocalChat(port=port).start()


async def test_the_token_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture, chat: LocalChat, bot: Bot) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the client's own log is the product's business
    chat.faults.plan(server_error(500))
    for chat_id in (ADA.id, 404):
        with pytest.raises((NetworkError, BadRequest)):
            await bot.send_message(chat_id, "hello")
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("bot.localchat", "tornado"))]
    assert chat.token not in " ".join(ours)
    assert chat.token not in repr(chat) + repr(chat.state) + repr(list(chat.journal))
