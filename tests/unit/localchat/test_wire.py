"""What the server writes is what python-telegram-bot reads."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from telegram import Chat as TelegramChat
from telegram import Message as TelegramMessage
from telegram import Update, User

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api import wire
from bot.localchat.api.chat_members import upgrade_group
from bot.localchat.api.formatting import with_detected_entities
from bot.localchat.people import bot_membership, message_actions, query_actions
from bot.localchat.state.chat import private_chat
from bot.localchat.state.message import Button, Entity, FormattedText, InlineKeyboard, Location, Message, StoredFile
from tests.unit.localchat.server_states import FORUM, new_server_state, pending_updates

_PHOTO = StoredFile("AgACx", "x", "photos/x.png", "", "image/png", 10, 30, 20)
_texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
_buttons = st.builds(Button, _texts, callback_data=_texts) | st.builds(Button, _texts, url=st.just("https://x.org"))
_keyboards = st.builds(InlineKeyboard, st.tuples(st.tuples(_buttons), st.tuples(_buttons, _buttons)))
_messages = st.builds(
    Message,
    chat_id=st.just(ADA.id),
    sender=st.sampled_from([ADA, DEMO_BOT]),
    message_id=st.integers(1, 99),
    date=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    body=_texts.map(FormattedText).map(with_detected_entities),
    photo=st.sampled_from([None, _PHOTO]),
    keyboard=st.none() | _keyboards,
    thread_id=st.none() | st.integers(1, 9),
    edited_at=st.none() | st.just(datetime(2036, 1, 1, tzinfo=UTC)),
)


@given(_messages)
def test_any_message_is_read_unchanged(message: Message) -> None:
    read = TelegramMessage.de_json(wire.message_json(private_chat(ADA), message), None)
    assert read.from_user
    assert (read.message_id, read.from_user.id, read.message_thread_id) == (
        message.message_id,
        message.sender.id,
        message.thread_id,
    )
    assert read.date == message.date.replace(microsecond=0)
    assert (read.caption if message.photo else read.text) == message.text
    entities = read.caption_entities if message.photo else read.entities
    assert [(e.type, e.offset, e.length) for e in entities] == [
        (e.kind, e.offset, e.length) for e in message.body.entities
    ]
    written = [button for row in read.reply_markup.inline_keyboard for button in row] if read.reply_markup else []
    assert [(b.text, b.callback_data or "", b.url or "") for b in written] == [
        (b.text, b.callback_data, b.url) for b in message.buttons
    ]
    assert read.api_kwargs == {}  # nothing that the library does not know


def test_every_update_is_read_without_a_remainder() -> None:
    state = new_server_state()
    sent = message_actions.send_text(state, FORUM.id, BEN, "/predict AAPL")
    message_actions.edit_text(state, sent, "/predict MSFT")
    message_actions.send_location(state, ADA.id, ADA, Location(1.5, 2.5))
    button = Button("go", callback_data="go")
    query_actions.press_button(
        state, ADA, state.post(Message(ADA.id, DEMO_BOT, keyboard=InlineKeyboard(((button,),)))), button
    )
    query_actions.ask_inline(state, ADA, SUNDAY_INVESTORS.id, "AAPL")
    bot_membership.block_bot(state, ADA)
    upgrade_group(state, SUNDAY_INVESTORS.id)
    updates = [Update.de_json(update, None) for update in pending_updates(state)]
    assert [update.api_kwargs for update in updates] == [{}] * 8
    kinds = [next(kind for kind in Update.ALL_TYPES if getattr(update, kind)) for update in updates]
    assert kinds == [
        "message",
        "edited_message",
        "message",
        "callback_query",
        "inline_query",
        "my_chat_member",
        "message",
        "message",
    ]


def test_people_and_chats_are_read_as_they_are() -> None:
    me = User.de_json(wire.bot_json(DEMO_BOT), None)
    assert (me.is_bot, me.can_join_groups, me.supports_inline_queries) == (True, True, True)
    ada = TelegramChat.de_json(wire.chat_json(private_chat(ADA)), None)
    assert (ada.id, ada.type, ada.first_name) == (ADA.id, "private", "Ada")


def test_a_reply_comes_along_without_its_own_reply() -> None:
    chat = private_chat(ADA)
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    for number in (1, 2, 3):
        chat.add(Message(ADA.id, ADA, reply_to=number - 1 or None, body=FormattedText(str(number))), noon)
    written = wire.message_json(chat, chat.messages[3])
    assert written["reply_to_message"]["text"] == "2"
    assert "reply_to_message" not in written["reply_to_message"]


def test_entities_with_an_address_or_a_language() -> None:
    assert wire.entity_json(Entity("text_link", 1, 2, url="https://x.org")) == {
        "type": "text_link",
        "offset": 1,
        "length": 2,
        "url": "https://x.org",
    }
    assert wire.entity_json(Entity("pre", 0, 2, language="python"))["language"] == "python"
