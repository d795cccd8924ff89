"""Chats, requests and file ids in memory, with the promises that tests/contract/test_chat_stores.py asks of both."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, replace
from datetime import datetime
from threading import RLock
from typing import Literal

from bot.chats.types import AccessStatus, ChartKey, Chat, ChatState, ExportedTable, Member
from forecasting.errors import StorageError


class MemoryChats:
    """A `ChatStore` in memory; `trouble` makes the database say no, `writes` and `moves` count."""

    def __init__(self) -> None:
        self.trouble = False
        self.writes = 0
        self.moves = 0
        self._chats: dict[int, Chat] = {}
        self._members: dict[int, dict[int, str]] = defaultdict(dict)
        self._standings: dict[int, AccessStatus] = {}
        self._lock = RLock()

    def meet(self, chat: Chat, member: Member) -> None:
        with self._writing():
            known = self._chats.get(chat.id, chat)
            self._chats[chat.id] = replace(known, kind=chat.kind, title=chat.title)
            self._members[chat.id][member.user_id] = member.name

    def get(self, chat_id: int) -> Chat | None:
        with self._asking():
            return self._chats.get(chat_id)

    def set_state(self, chat_id: int, state: ChatState) -> None:
        with self._writing():
            if chat_id in self._chats:
                self._chats[chat_id] = replace(self._chats[chat_id], state=state)

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

    def standing(self, chat_id: int) -> AccessStatus:
        with self._asking():
            return self._standings.get(chat_id, "unknown")

    def say(self, chat_id: int, standing: Literal["allowed", "denied"], by: int, at: datetime) -> None:
        del by, at
        with self._writing():
            self._standings[chat_id] = standing

    def move(self, old_id: int, new_id: int) -> None:
        with self._writing():
            chat = self._chats.pop(old_id, None)
            if chat is None:
                return
            self.moves += 1
            known = self._chats.get(new_id, chat)
            first = min(chat, known, key=lambda one: one.created_at)
            state = "active" if first is chat and chat.state == "blocked" else first.state
            self._chats[new_id] = replace(first, id=new_id, kind="supergroup", title=known.title, state=state)
            self._members[new_id] = self._members.pop(old_id, {}) | self._members[new_id]
            if said := self._standings.pop(old_id, None):
                self._standings.setdefault(new_id, said)

    def export(self, chat_id: int) -> tuple[ExportedTable, ...]:
        with self._asking():
            chat, members = self._chats.get(chat_id), self._members[chat_id]
            rows = [{"chat_id": chat_id, "user_id": user_id, "name": name} for user_id, name in sorted(members.items())]
            return (ExportedTable("chats", (_row(chat),)), ExportedTable("members", tuple(rows))) if chat else ()

    def forget(self, chat_id: int) -> None:
        with self._writing():
            self._chats.pop(chat_id, None)
            self._members.pop(chat_id, None)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        with self._lock:
            if self.trouble:
                raise StorageError("The database said no (disk I/O error).", "Please report this.")
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._asking():
            self.writes += 1
            yield


class MemoryUsage:
    """A `UsageStore` in memory."""

    def __init__(self) -> None:
        self._rows: list[dict[str, object]] = []

    def note(self, user_id: int, work: str, at: datetime) -> None:
        self._rows.append({"user_id": user_id, "work": work, "at": at})

    def export(self, user_id: int) -> tuple[dict[str, object], ...]:
        return tuple(row for row in self._rows if row["user_id"] == user_id)

    def forget(self, user_id: int) -> None:
        self._rows = [row for row in self._rows if row["user_id"] != user_id]


class MemoryCharts:
    """A `ChartStore` in memory; `trouble` makes the database refuse to keep anything."""

    def __init__(self) -> None:
        self.trouble = False
        self._ids: dict[tuple[object, ...], str] = {}

    def find(self, key: ChartKey) -> str | None:
        return self._ids.get(astuple(key))

    def keep(self, key: ChartKey, file_id: str) -> None:
        if self.trouble:
            raise StorageError("The database said no (disk is full).", "Free some disk space.")
        self._ids[astuple(key)] = file_id

    def drop(self, key: ChartKey) -> None:
        self._ids.pop(astuple(key), None)


def _row(chat: Chat) -> dict[str, object]:
    return dict(zip(("id", "kind", "title", "timezone", "state", "created_at"), astuple(chat), strict=True))
