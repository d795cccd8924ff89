"""python-telegram-bot's own `Bot` against the local chat: every method that the product may use, over HTTP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    ChatMemberOwner,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InputMediaPhoto,
    InputTextMessageContent,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken
from telegram.ext import ExtBot

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, Group, LocalChat, Topic

FORUM = Group(-1_002_000_000_001, "Forum", (ADA, BEN), (BEN,), (Topic(7, "Prices"),))
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("20", callback_data="predict:AAPL:20")]])


def bot_of(chat: LocalChat, token: str = "") -> ExtBot[None]:
    return ExtBot(token or chat.token, base_url=f"{chat.url}/bot", base_file_url=f"{chat.url}/file/bot")


@pytest.fixture
async def chat() -> AsyncIterator[LocalChat]:
    async with LocalChat(groups=(SUNDAY_INVESTORS, FORUM)) as started:
        yield started


@pytest.fixture
async def bot(chat: LocalChat) -> AsyncIterator[Bot]:
    async with bot_of(chat) as initialised:
        yield initialised


def png(width: int = 64, height: int = 48, colour: str = "teal") -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG")
    return written.getvalue()


async def test_get_me(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (DEMO_BOT.id, DEMO_BOT.username, True)
    assert me.supports_inline_queries


async def test_send_message_with_html_keyboard_reply_and_topic(bot: Bot, chat: LocalChat) -> None:
    sent_text = chat.write(FORUM, ADA, "/predict AAPL", topic=7)
    sent = await bot.send_message(
        FORUM.id,
        "<b>AAPL</b> &amp; <i>co</i>",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        reply_parameters=ReplyParameters(sent_text.message_id),
        message_thread_id=7,
    )
    assert sent.text == "AAPL & co"
    assert [entity.type for entity in sent.entities] == [MessageEntity.BOLD, MessageEntity.ITALIC]
    assert sent.reply_markup == KEYBOARD
    assert sent.message_thread_id == 7
    assert sent.reply_to_message
    assert sent.reply_to_message.text == "/predict AAPL"
    assert chat.bot_messages(FORUM)[-1].text == "AAPL & co"


@pytest.mark.parametrize("values", [{"text": "x" * 4097}, {"text": " "}, {"text": "<x>", "parse_mode": "HTML"}])
async def test_send_message_refusals_come_as_bad_request(bot: Bot, values: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        await bot.send_message(ADA.id, **values)


async def test_an_unknown_chat_is_not_found(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(404, "hello")


async def test_photos_by_upload_and_by_id_and_their_download(bot: Bot) -> None:
    image = png()
    sent = await bot.send_photo(ADA.id, image, caption="<b>fan</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    assert sent.caption == "fan"
    again = await bot.send_photo(BEN.id, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    file = await bot.get_file(sent.photo[-1])
    assert bytes(await file.download_as_bytearray()) == image


async def test_what_is_no_image_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(ADA.id, b"no image")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(ADA.id, png(), caption="x" * 1025)


async def test_documents_and_locations(bot: Bot) -> None:
    sent = await bot.send_document(ADA.id, b"{}", filename="mine.json", caption="all of it")
    assert sent.document
    assert sent.document.file_name == "mine.json"
    place = await bot.send_location(ADA.id, 51.5, -0.12)
    assert place.location
    assert (place.location.latitude, place.location.longitude) == (51.5, -0.12)


async def test_albums(bot: Bot, chat: LocalChat) -> None:
    media = [InputMediaPhoto(png(colour=colour)) for colour in ("red", "green", "blue")]
    sent = await bot.send_media_group(ADA.id, media, caption="three")
    assert [message.caption for message in sent] == ["three", None, None]
    assert len({message.media_group_id for message in sent}) == 1
    assert len(chat.bot_messages(ADA)) == 3
    with pytest.raises(BadRequest, match="2-10"):
        await bot.send_media_group(ADA.id, media * 4)


async def test_all_edits(bot: Bot, chat: LocalChat) -> None:
    text = await bot.send_message(ADA.id, "Training")
    edited = await bot.edit_message_text("Done", ADA.id, text.message_id, reply_markup=KEYBOARD)
    assert isinstance(edited, Message)
    assert edited.edit_date
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("Done", ADA.id, text.message_id, reply_markup=KEYBOARD)
    await bot.edit_message_reply_markup(ADA.id, text.message_id)
    photo = InputMediaPhoto(png(), caption="<i>chart</i>", parse_mode="HTML")
    await bot.edit_message_media(photo, ADA.id, text.message_id, reply_markup=KEYBOARD)
    await bot.edit_message_caption(ADA.id, text.message_id, caption="later", reply_markup=KEYBOARD)
    [seen] = chat.bot_messages(ADA)
    assert (seen.text, seen.photo is not None, len(seen.buttons)) == ("later", True, 1)


async def test_deleting(bot: Bot, chat: LocalChat) -> None:
    sent = await bot.send_message(ADA.id, "soon gone")
    assert await sent.delete()
    assert chat.bot_messages(ADA) == ()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ADA.id, sent.message_id)


async def test_actions_and_callback_answers(bot: Bot, chat: LocalChat) -> None:
    assert await bot.send_chat_action(ADA.id, ChatAction.TYPING)
    await bot.send_message(ADA.id, "press", reply_markup=KEYBOARD)
    query = chat.press(chat.bot_messages(ADA)[0], "20")
    assert await bot.answer_callback_query(query, "one moment", show_alert=True)
    [answer] = chat.answers(ADA)
    assert (answer.text, answer.alert) == ("one moment", True)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query(query)


async def test_callback_data_of_65_bytes_is_refused(bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("go", callback_data="x" * 65)]])
    with pytest.raises(BadRequest, match="Button_data_invalid"):
        await bot.send_message(ADA.id, "x", reply_markup=keyboard)


async def test_menus_and_descriptions(bot: Bot) -> None:
    commands = [BotCommand("predict", "A fan chart"), BotCommand("help", "What I do")]
    assert await bot.set_my_commands(commands)
    assert await bot.set_my_commands(commands[:1], scope=BotCommandScopeAllGroupChats())
    assert list(await bot.get_my_commands()) == commands
    assert list(await bot.get_my_commands(scope=BotCommandScopeAllGroupChats())) == commands[:1]
    assert await bot.delete_my_commands()
    assert list(await bot.get_my_commands()) == []
    await bot.set_my_description("I draw fans")
    await bot.set_my_short_description("Fans")
    await bot.set_my_name("Fanny")
    assert (await bot.get_my_description()).description == "I draw fans"
    assert (await bot.get_my_short_description()).short_description == "Fans"
    assert (await bot.get_my_name()).name == "Fanny"


async def test_chats_and_members(bot: Bot) -> None:
    group = await bot.get_chat(SUNDAY_INVESTORS.id)
    assert (group.type, group.title) == ("group", "Sunday investors")
    forum = await bot.get_chat(FORUM.id)
    assert (forum.type, forum.is_forum) == ("supergroup", True)
    member = await bot.get_chat_member(SUNDAY_INVESTORS.id, ADA.id)
    assert isinstance(member, ChatMemberOwner)
    assert [admin.user.id for admin in await bot.get_chat_administrators(SUNDAY_INVESTORS.id)] == [ADA.id]
    assert await bot.get_chat_member_count(SUNDAY_INVESTORS.id) == 3
    assert await bot.leave_chat(SUNDAY_INVESTORS.id)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(SUNDAY_INVESTORS.id, "still there?")


async def test_inline_results_reach_the_one_who_asked(bot: Bot, chat: LocalChat) -> None:
    photo = (await bot.send_photo(BEN.id, png())).photo[-1].file_id
    content = InputTextMessageContent("<b>Forecast</b>", parse_mode="HTML")

    async def answer() -> None:
        [update] = await bot.get_updates(timeout=5)
        assert update.inline_query
        results = [
            InlineQueryResultArticle("1", "AAPL", content, description="5 sessions"),
            InlineQueryResultCachedPhoto("2", photo, title="Chart", caption="fan", reply_markup=KEYBOARD),
        ]
        await update.inline_query.answer(results)

    asking = chat.ask_inline(ADA, ADA, "AAPL")
    results, _ = await asyncio.gather(asking, answer())
    assert [(result.title, result.body.text) for result in results] == [("AAPL", "Forecast"), ("Chart", "fan")]


async def test_blocked_and_moved_chats(bot: Bot, chat: LocalChat) -> None:
    chat.block(ADA)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(ADA.id, "hello")
    chat.unblock(ADA)
    assert await bot.send_message(ADA.id, "hello")
    chat.block(BEN, "user is deactivated")
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(BEN.id, "hello")
    new_id = chat.upgrade_group(SUNDAY_INVESTORS)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(SUNDAY_INVESTORS.id, "hello")
    assert moved.value.new_chat_id == new_id
    assert await bot.send_message(new_id, "hello")
    chat.remove_bot(new_id, ADA)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(new_id, "hello")


async def test_wrong_tokens_and_methods(bot: Bot, chat: LocalChat) -> None:
    for token in ("123:short", f"{DEMO_BOT.id}:{'x' * 35}"):
        stranger = bot_of(chat, token)
        with pytest.raises(InvalidToken):
            await stranger.initialize()
        await stranger.shutdown()
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("paintTheFence")


async def test_log_out_and_close(bot: Bot) -> None:
    assert await bot.log_out()
    assert await bot.close()


async def test_the_journal_has_every_request(bot: Bot, chat: LocalChat) -> None:
    await bot.send_message(ADA.id, "hello")
    with pytest.raises(BadRequest):
        await bot.send_message(404, "hello")
    entries = [(entry.method, entry.chat_id, entry.code, entry.outcome) for entry in chat.journal]
    assert entries == [
        ("getMe", 0, 200, "ok"),
        ("sendMessage", ADA.id, 200, "ok"),
        ("sendMessage", 404, 400, "Bad Request: chat not found"),
    ]
    assert [entry.is_sent for entry in chat.journal] == [False, True, False]
