"""Who may change or delete a chat's settings: in a group its admins, elsewhere whoever is there."""

from typing import Final

from telegram import Message
from telegram.constants import ChatID, ChatMemberStatus, ChatType

from bot.access.policy import Visitor
from bot.services import Context
from forecasting.errors import AccessDenied

_GROUPS: Final = (ChatType.GROUP, ChatType.SUPERGROUP)
_ADMINS: Final = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)


async def require_settings_right(message: Message, visitor: Visitor, context: Context) -> None:
    """Let pass whoever may change a chat's settings, or delete them.

    Raises:
        AccessDenied: it is a group, and the visitor is not one of its admins.
        TelegramError: Telegram does not say who is.
    """
    if message.chat.type not in _GROUPS or context.services.access.is_admin(visitor.user_id):
        return
    if visitor.user_id == ChatID.ANONYMOUS_ADMIN and message.sender_chat == message.chat:
        return  # an admin who stays anonymous writes as the group; a press comes from whoever pressed
    member = await context.bot.get_chat_member(visitor.chat_id, visitor.user_id)
    if member.status not in _ADMINS:
        raise AccessDenied("In a group only its admins can do that.", "Ask one of them, or write to me alone.")


def topic_of(message: Message) -> int | None:
    """The forum topic that a message was written in."""
    return message.message_thread_id if message.is_topic_message else None
