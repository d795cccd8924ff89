"""What is kept of chats, in memory, with the promises that tests/contract/test_chat_stores.py asks of both."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import datetime, timedelta
from threading import RLock
from typing import Literal

from bot.chats.types import (
    MAX_RETRIES,
    MAX_RETRIES_OF_CHAT,
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
from forecasting.errors import StorageError


class MemoryChats:
    """A `ChatStore` in memory; `trouble` makes the database fail, `writes` and `moves` count."""

    def __init__(self) -> None:
        self.trouble = False
        self.writes = 0
        self.moves = 0
        self._chats: dict[int, Chat] = {}
        self._members: dict[int, dict[int, str]] = defaultdict(dict)
        self._access: dict[int, AccessStatus] = {}
        self._quiet: dict[int, QuietHours] = {}
        self._lock = RLock()

    def profile(self, chat_id: int, user_id: int | None = None) -> ChatProfile:
        with self._asking():
            name = self._members[chat_id].get(user_id) if user_id is not None else None
            member = Member(user_id, name) if user_id is not None and name is not None else None
            access = self._access.get(chat_id, "unknown")
            return ChatProfile(self._chats.get(chat_id), member, access, self._quiet.get(chat_id))

    def upsert(self, chat: Chat, member: Member) -> None:
        with self._writing():
            known = self._chats.get(chat.id, chat)
            self._chats[chat.id] = replace(known, kind=chat.kind, title=chat.title)
            self._members[chat.id][member.user_id] = member.name

    def get(self, chat_id: int) -> Chat | None:
        with self._asking():
            return self._chats.get(chat_id)

    def set_timezone(self, chat_id: int, timezone: str) -> None:
        with self._writing():
            if chat_id in self._chats:
                self._chats[chat_id] = replace(self._chats[chat_id], timezone=timezone)

    def set_state(self, chat_id: int, state: ChatState) -> None:
        with self._writing():
            if chat_id in self._chats:
                self._chats[chat_id] = replace(self._chats[chat_id], state=state)

    def set_quiet(self, chat_id: int, quiet: QuietHours | None) -> None:
        with self._writing():
            self._quiet.pop(chat_id, None)
            if quiet:
                self._quiet[chat_id] = quiet

    def members(self, chat_id: int) -> tuple[Member, ...]:
        with self._asking():
            return tuple(Member(*one) for one in sorted(self._members[chat_id].items()))

    def memberships(self, user_id: int) -> tuple[int, ...]:
        with self._asking():
            return tuple(sorted(chat_id for chat_id, members in self._members.items() if user_id in members))

    def forget_member(self, user_id: int) -> None:
        with self._writing():
            for members in self._members.values():
                members.pop(user_id, None)

    def access_status(self, chat_id: int) -> AccessStatus:
        with self._asking():
            return self._access.get(chat_id, "unknown")

    def set_access(self, chat_id: int, status: Literal["allowed", "denied"], by: int, at: datetime) -> None:
        del by, at
        with self._writing():
            self._access[chat_id] = status

    def move(self, old_id: int, new_id: int) -> None:
        with self._writing():
            if old_id == new_id or old_id not in self._chats:
                return
            chat = self._chats.pop(old_id)
            self.moves += 1
            known = self._chats.get(new_id, chat)
            first = min(chat, known, key=lambda one: one.created_at)
            state = "active" if first is chat and chat.state == "blocked" else first.state
            self._chats[new_id] = replace(first, id=new_id, kind="supergroup", title=known.title, state=state)
            self._members[new_id] = self._members.pop(old_id, {}) | self._members[new_id]
            if status := self._access.pop(old_id, None):
                self._access.setdefault(new_id, status)
            if quiet := self._quiet.pop(old_id, None):
                self._quiet.setdefault(new_id, quiet)

    def export(self, chat_id: int) -> tuple[ExportedTable, ...]:
        with self._asking():
            chat, members = self._chats.get(chat_id), self._members[chat_id]
            rows = [{"chat_id": chat_id, "user_id": user_id, "name": name} for user_id, name in sorted(members.items())]
            return (ExportedTable("chats", (_row(chat),)), ExportedTable("members", tuple(rows))) if chat else ()

    def forget(self, chat_id: int) -> None:
        with self._writing():
            self._chats.pop(chat_id, None)
            self._members.pop(chat_id, None)
            self._quiet.pop(chat_id, None)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            if self.trouble:
                raise StorageError("The database failed (disk I/O error).", "Please report this.")
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._asking():
            self.writes += 1
            yield


class MemoryUsage:
    """A `UsageStore` in memory."""

    def __init__(self) -> None:
        self._requests: list[tuple[int, str, datetime]] = []

    def spend(self, user_id: int, work: str, now: datetime, since: datetime, quota: int | None) -> bool:
        spent = sum(one[:2] == (user_id, work) and one[2] >= since for one in self._requests)
        if quota is not None and spent >= quota:
            return False
        self._requests.append((user_id, work, now))
        return True

    def prune(self, now: datetime) -> int:
        kept = [one for one in self._requests if one[2] >= now - timedelta(days=2)]
        pruned = len(self._requests) - len(kept)
        self._requests = kept
        return pruned

    def export(self, user_id: int) -> tuple[dict[str, object], ...]:
        own = sorted((one for one in self._requests if one[0] == user_id), key=lambda one: one[2])
        return tuple({"user_id": user, "work": work, "at": at} for user, work, at in own)

    def forget(self, user_id: int) -> None:
        self._requests = [one for one in self._requests if one[0] != user_id]


class MemoryCharts:
    """A `ChartStore` in memory; `trouble` makes the database refuse to keep anything."""

    def __init__(self) -> None:
        self.trouble = False
        self._ids: dict[tuple[object, ...], str] = {}

    def find(self, key: ChartKey) -> str | None:
        return self._ids.get(astuple(key))

    def keep(self, key: ChartKey, file_id: str) -> None:
        if self.trouble:
            raise StorageError("The database failed (disk is full).", "Free some disk space.")
        self._ids[astuple(key)] = file_id

    def drop(self, key: ChartKey) -> None:
        self._ids.pop(astuple(key), None)

    def prune(self) -> int:
        return 0  # so many are never kept here


class MemoryRetries:
    """A `RetryStore` in memory."""

    def __init__(self, chats: MemoryChats) -> None:
        self._chats = chats
        self._retries: dict[tuple[int, int], Retry] = {}

    def has_room(self, chat_id: int) -> bool:
        of_chat = sum(known == chat_id for known, _ in self._retries)
        is_known = self._chats.get(chat_id) is not None
        return is_known and len(self._retries) < MAX_RETRIES and of_chat < MAX_RETRIES_OF_CHAT

    def keep(self, retry: Retry) -> bool:
        key = retry.chat_id, retry.message_id
        if key not in self._retries and not self.has_room(retry.chat_id):
            return False
        self._retries[key] = retry
        return True

    def due(self, now: datetime, limit: int) -> tuple[Retry, ...]:
        waiting = sorted(self._retries.values(), key=lambda retry: (retry.at, retry.chat_id, retry.message_id))
        return tuple(retry for retry in waiting if retry.at <= now)[:limit]

    def drop(self, retry: Retry) -> None:
        kept = self._retries.get((retry.chat_id, retry.message_id))
        if kept and kept.at <= retry.at:
            self.drop_message(retry.chat_id, retry.message_id)

    def drop_message(self, chat_id: int, message_id: int) -> None:
        self._retries.pop((chat_id, message_id), None)


class MemoryTrackedMessages:
    """A `TrackedMessageStore` in memory."""

    def __init__(self, chats: MemoryChats) -> None:
        self._chats = chats
        self._messages: dict[tuple[int, int], TrackedMessage] = {}

    def keep(self, message: TrackedMessage) -> None:
        if self._chats.get(message.chat_id):
            self._messages[message.chat_id, message.message_id] = message

    def drop(self, message: TrackedMessage) -> None:
        kept = self._messages.get((message.chat_id, message.message_id))
        if kept and kept.job_id == message.job_id:
            self.drop_message(message.chat_id, message.message_id)

    def drop_message(self, chat_id: int, message_id: int) -> None:
        self._messages.pop((chat_id, message_id), None)

    def every(self) -> tuple[TrackedMessage, ...]:
        return tuple(message for _, message in sorted(self._messages.items()))


def _row(chat: Chat) -> dict[str, object]:
    return dict(zip(("id", "kind", "title", "timezone", "state", "created_at"), astuple(chat), strict=True))
