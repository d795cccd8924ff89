"""A group that became a supergroup has a new id: everything of the old one moves along, what admins said of it too."""

from datetime import datetime

from bot.access.policy import Access
from storage.chats import ChatStore


def move_chat(chats: ChatStore, access: Access, old_id: int, new_id: int, now: datetime) -> None:
    """Move everything; blocking. Of one move there are several reports: a later one finds nothing to do. `now` is UTC.

    Raises:
        StorageError: the database said no.
    """
    if chats.get(old_id) is not None:
        chats.move(old_id, new_id)
    said = chats.standing(old_id)  # still there where the group has never spoken, and so has no row that could move
    if said == "unknown" and old_id in access.allowed:
        said = "allowed"
    if said != "unknown" and chats.standing(new_id) == "unknown":
        chats.say(new_id, said, old_id, now)
