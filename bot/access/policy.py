"""Who may use the bot and be pushed to; whoever is not named is refused."""

from dataclasses import dataclass

from bot.chats.ports import ChatStore
from bot.chats.types import AccessStatus
from forecasting.errors import AccessDenied


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who writes, and where; in a private chat both ids are the same."""

    chat_id: int
    user_id: int


@dataclass(frozen=True, slots=True)
class Access:
    """The lists from the settings."""

    admins: frozenset[int]
    allowed: frozenset[int]

    def is_admin(self, user_id: int) -> bool:
        """Whether this person administers the bot."""
        return user_id in self.admins

    def may_talk(self, visitor: Visitor, status: AccessStatus = "unknown") -> bool:
        """Whether the visitor is served: admins always, a denied chat never, else only a chat that somebody named."""
        if self.is_admin(visitor.user_id):
            return True
        if status == "denied":
            return False
        return status == "allowed" or visitor.chat_id in self.allowed

    def require_admin(self, visitor: Visitor) -> None:
        """Let only admins pass.

        Raises:
            AccessDenied: the visitor is not one.
        """
        if not self.is_admin(visitor.user_id):
            raise AccessDenied("Only the bot's admins can do that.", "Ask one of them.")


def refusal(visitor: Visitor, admins: frozenset[int]) -> str:
    """One HTML sentence for a stranger: their chat's id and whom to ask."""
    ask = " or ".join(f'<a href="tg://user?id={admin}">this admin</a>' for admin in sorted(admins)[:3])
    return (
        f"This bot is private: your chat id is <code>{visitor.chat_id}</code>; "
        f"ask {ask or 'whoever runs this bot'} to send me <code>/allow {visitor.chat_id}</code>."
    )


def may_push_to(chats: ChatStore, access: Access, chat_id: int) -> bool:
    """Whether a chat is named, or is a group that one of the bot's admins uses; never one that was denied; blocking.

    Raises:
        StorageError: the database failed.
    """
    status = chats.access_status(chat_id)
    if status == "denied":
        return False
    if access.may_talk(Visitor(chat_id, chat_id), status):
        return True
    return any(access.is_admin(member.user_id) for member in chats.members(chat_id))
