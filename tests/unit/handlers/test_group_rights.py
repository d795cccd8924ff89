"""Who may change what a group gets: also where admins, or the bot itself, stay anonymous."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest
from telegram import Chat, ChatMember, ChatMemberMember, ChatMemberOwner, Message, User
from telegram.constants import ChatID

from bot.access.policy import Access, Visitor
from bot.handlers.group_rights import require_settings_right
from bot.services import Context
from forecasting.errors import AccessDenied

GROUP = Chat(-100, "supergroup", title="Investors")
OTHER = Chat(-200, "channel", title="News")
OWNER, GUEST, BOT_ADMIN = 1, 2, 3


@dataclass
class Rights:
    """A context that knows the bot's admins, and a Telegram that knows the group's."""

    access: Access = field(default_factory=lambda: Access(frozenset({BOT_ADMIN}), frozenset()))

    @property
    def services(self) -> "Rights":
        return self

    @property
    def bot(self) -> "Rights":
        return self

    async def get_chat_member(self, chat_id: int, user_id: int) -> ChatMember:
        assert chat_id == GROUP.id
        user = User(user_id, "Somebody", is_bot=False)
        return ChatMemberOwner(user, is_anonymous=False) if user_id == OWNER else ChatMemberMember(user)


async def may(user_id: int, sender: Chat | None = None, chat: Chat = GROUP) -> bool:
    message = Message(7, datetime(2024, 7, 3, tzinfo=UTC), chat, sender_chat=sender)
    try:
        await require_settings_right(message, Visitor(chat.id, user_id), cast("Context", Rights()))
    except AccessDenied:
        return False
    return True


@pytest.mark.parametrize(
    ("user_id", "sender", "expected"),
    [
        (OWNER, None, True),
        (GUEST, None, False),
        (BOT_ADMIN, None, True),
        (ChatID.ANONYMOUS_ADMIN, GROUP, True),
        (ChatID.ANONYMOUS_ADMIN, OTHER, False),
        (GUEST, GROUP, False),  # a press below a message of the bot, which is an anonymous admin itself
    ],
)
async def test_in_a_group_its_admins_alone(user_id: int, sender: Chat | None, expected: bool) -> None:  # noqa: FBT001
    assert await may(user_id, sender) is expected


async def test_alone_with_the_bot_everybody() -> None:
    assert await may(GUEST, chat=Chat(GUEST, "private"))
