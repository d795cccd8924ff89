"""A group that became a supergroup has a new id: everything of the old one moves along, the right to talk too."""

from datetime import datetime

from bot.access import Access
from storage.chats import ChatStore


def move_chat(chats: ChatStore, access: Access, old_id: int, new_id: int, now: datetime) -> None:
    """Move everything; blocking. `now` is UTC.

    Raises:
        StorageError: the database said no.
    """
    chats.move(old_id, new_id)
    if old_id in access.allowed and chats.standing(new_id) == "unknown":
        chats.say(new_id, "allowed", old_id, now)
