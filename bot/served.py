"""Which chats may be pushed to: those that would be answered if they asked."""

from bot.access import Access, Visitor
from storage.chats import ChatStore


def is_served(chats: ChatStore, access: Access, chat_id: int) -> bool:
    """Whether a chat is named, or is a group that one of the bot's admins uses; never one that was denied; blocking.

    Raises:
        StorageError: the database said no.
    """
    standing = chats.standing(chat_id)
    if standing == "denied":
        return False
    if access.may_talk(Visitor(chat_id, chat_id), standing):
        return True
    return any(access.is_admin(member.user_id) for member in chats.members(chat_id))
