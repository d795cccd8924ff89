"""A group that became a supergroup has a new id: everything of the old one moves along, its access too."""

from datetime import datetime

from bot.access.policy import Access
from bot.chats.ports import ChatStore


def move_chat(chats: ChatStore, access: Access, old_id: int, new_id: int, now: datetime) -> None:
    """Move everything; blocking. Of one move there are several reports: a later one finds nothing to do. `now` is UTC.

    Raises:
        StorageError: the database failed.
    """
    if chats.get(old_id) is not None:
        chats.move(old_id, new_id)
    status = chats.access_status(old_id)  # still there where the group never spoke, and so has no row that could move
    if status == "unknown" and old_id in access.allowed:
        status = "allowed"
    if status != "unknown" and chats.access_status(new_id) == "unknown":
        chats.set_access(new_id, status, old_id, now)
