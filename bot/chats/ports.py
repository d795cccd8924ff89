"""What is kept of chats, as Protocols; every method blocks and may raise a StorageError."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from bot.chats.types import (
    AccessStatus,
    ChartKey,
    Chat,
    ChatProfile,
    ChatState,
    ExportedTable,
    Member,
    QuietHours,
    Retry,
    TrackedMessage,
)


class ChatStore(Protocol):
    """Chats with their settings, their members, and what admins decided about them."""

    def profile(self, chat_id: int, user_id: int | None = None) -> ChatProfile:
        """Everything that is known of a chat, and of one person in it; also of an unknown chat."""
        ...

    def upsert(self, chat: Chat, member: Member) -> None:
        """Keep a chat and who wrote in it; a known one keeps its settings and renews kind, title and name."""
        ...

    def get(self, chat_id: int) -> Chat | None:
        """One chat, or None."""
        ...

    def set_timezone(self, chat_id: int, timezone: str) -> None:
        """Set a chat's IANA timezone, which the caller has checked."""
        ...

    def set_state(self, chat_id: int, state: ChatState) -> None:
        """Set whether a chat is written to."""
        ...

    def set_quiet(self, chat_id: int, quiet: QuietHours | None) -> None:
        """Set a known chat's quiet hours; None deletes them."""
        ...

    def members(self, chat_id: int) -> tuple[Member, ...]:
        """Everybody who has used the bot in a chat, by id."""
        ...

    def memberships(self, user_id: int) -> tuple[int, ...]:
        """The ids of every chat in which a person has used the bot, ascending."""
        ...

    def forget_member(self, user_id: int) -> None:
        """Delete a person from the members of every chat."""
        ...

    def access_status(self, chat_id: int) -> AccessStatus:
        """What admins decided about a chat, which need not be known."""
        ...

    def set_access(self, chat_id: int, status: Literal["allowed", "denied"], by: int, at: datetime) -> None:
        """Keep what an admin decides about a chat (at, UTC), in place of what was decided before."""
        ...

    def move(self, old_id: int, new_id: int) -> None:
        """Give a chat its new id (a group became a supergroup) and take everything along.

        Timezone and state of the row that was made first stand: the old chat's where the new one was known already,
        the moved ones where a late update of the old chat made its row anew. What both have is kept once. That the old
        chat was left says nothing about the new one.
        """
        ...

    def export(self, chat_id: int) -> tuple[ExportedTable, ...]:
        """Everything that any table keeps of a chat."""
        ...

    def forget(self, chat_id: int) -> None:
        """Delete a chat with everything that belongs to it; only what admins decided about it stays."""
        ...


class UsageStore(Protocol):
    """How often each person asked for each kind of work, for the quotas."""

    def spend(self, user_id: int, work: str, now: datetime, since: datetime, quota: int | None) -> bool:
        """Count one request at `now`, unless there are `quota` since `since` already (UTC); return whether it counts.

        Without a quota it always counts.
        """
        ...

    def prune(self, now: datetime) -> int:
        """Delete what no quota looks at any more (now, UTC); return how many requests that were."""
        ...

    def export(self, user_id: int) -> tuple[Mapping[str, object], ...]:
        """Every kept request of a person, oldest first, for /mydata."""
        ...

    def forget(self, user_id: int) -> None:
        """Delete a person's requests."""
        ...


class ChartStore(Protocol):
    """Telegram's file ids of charts that it has already."""

    def find(self, key: ChartKey) -> str | None:
        """The chart's file id, or None."""
        ...

    def keep(self, key: ChartKey, file_id: str) -> None:
        """Keep the file id of a chart that was sent, in place of an older one."""
        ...

    def drop(self, key: ChartKey) -> None:
        """Forget a chart whose file id Telegram no longer takes."""
        ...

    def prune(self) -> int:
        """Forget all but the newest charts; return how many were forgotten."""
        ...


class RetryStore(Protocol):
    """Questions that are asked again at a time, so that a restarted bot keeps what it said."""

    def has_room(self, chat_id: int) -> bool:
        """Whether one more question of a known chat can be kept."""
        ...

    def keep(self, retry: Retry) -> bool:
        """Keep when a message's question is asked again, in place of an earlier time; False where there is no room."""
        ...

    def due(self, now: datetime, limit: int) -> tuple[Retry, ...]:
        """The first `limit` questions whose time has come (now, UTC), the longest waiting first."""
        ...

    def drop(self, retry: Retry) -> None:
        """Forget a question that was asked; one that its message keeps for a later time stays."""
        ...

    def drop_message(self, chat_id: int, message_id: int) -> None:
        """Ask the question of a message no more, whenever that was to be."""
        ...


class TrackedMessageStore(Protocol):
    """Messages that show how a job is doing, so that a restarted bot goes on with them."""

    def keep(self, message: TrackedMessage) -> None:
        """Keep which job a message shows, in place of another one; nothing of a chat that is not known."""
        ...

    def drop(self, message: TrackedMessage) -> None:
        """Forget a message that shows this job no more."""
        ...

    def drop_message(self, chat_id: int, message_id: int) -> None:
        """Forget a message, whichever job it shows."""
        ...

    def every(self) -> tuple[TrackedMessage, ...]:
        """Every tracked message, by chat and message."""
        ...
