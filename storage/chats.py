"""Who talks to the bot: chats with their timezone and state, their members, and the admins' allow-list."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

import sqlite_utils

from bot.chats.types import AccessStatus, Chat, ChatState, ExportedTable, Member
from storage.database import Database, Row
from storage.encoding import to_moment, to_text
from storage.migrations import Migrations

_MOVE_CHAT: Final = """
    insert into chats (id, kind, title, timezone, state, created_at)
    select :new, 'supergroup', title, timezone, case state when 'blocked' then 'active' else state end, created_at
        from chats where id = :old
    on conflict (id) do update set
        timezone = excluded.timezone, state = excluded.state, created_at = excluded.created_at
    where excluded.created_at <= chats.created_at
"""

MIGRATIONS: Final = Migrations("chats")


@MIGRATIONS()
def create_chats(tables: sqlite_utils.Database) -> None:
    """Chats and their members, and what admins said, also about chats that have not spoken yet."""
    tables.executescript("""
        create table chats (
            id integer primary key,
            kind text not null check (kind in ('private', 'group', 'supergroup', 'channel')),
            title text not null,
            timezone text not null,
            state text not null default 'active' check (state in ('active', 'paused', 'blocked')),
            created_at text not null
        ) strict;
        create table members (
            chat_id integer not null references chats (id) on delete cascade,
            user_id integer not null,
            name text not null,
            primary key (chat_id, user_id)
        ) strict;
        create table standings (
            chat_id integer primary key,
            standing text not null check (standing in ('allowed', 'denied')),
            said_by integer not null,
            said_at text not null
        ) strict;
    """)


class ChatStore:
    """Chats in SQLite.

    Every table with rows of a chat refers to `chats (id)` with `on delete cascade`: that alone makes `move`, `export`
    and `forget` take its rows along, whoever owns the table.
    """

    def __init__(self, database: Database) -> None:
        """Bring the tables up to date."""
        self._database = database
        database.migrate(MIGRATIONS)

    def remember(self, chat: Chat) -> Chat:
        """Keep a chat that spoke; a known one keeps its settings and only renews kind and title."""
        with self._database.transaction():
            known = self.get(chat.id)
            if known is None:
                self._database.insert("chats", [_row(chat)])
                return chat
            if (known.kind, known.title) != (chat.kind, chat.title):
                sql = "update chats set kind = ?, title = ? where id = ?"
                self._database.execute(sql, [chat.kind, chat.title, chat.id])
            return self.get(chat.id) or chat

    def meet(self, chat: Chat, member: Member) -> None:
        """Keep a chat that spoke and who spoke in it, at once: the chat may be deleted at any moment."""
        with self._database.transaction():
            self.remember(chat)
            self.join(chat.id, member)

    def get(self, chat_id: int) -> Chat | None:
        """One chat, or None."""
        row = self._database.row("select * from chats where id = ?", [chat_id])
        return Chat(**{**row, "created_at": to_moment(row["created_at"])}) if row else None

    def set_timezone(self, chat_id: int, timezone: str) -> None:
        """Keep a chat's IANA timezone, which the caller has checked."""
        self._database.execute("update chats set timezone = ? where id = ?", [timezone, chat_id])

    def set_state(self, chat_id: int, state: ChatState) -> None:
        """Keep whether a chat is written to."""
        self._database.execute("update chats set state = ? where id = ?", [state, chat_id])

    def join(self, chat_id: int, member: Member) -> None:
        """Keep that a person uses the bot in a known chat; costs no write where that is known already."""
        row = {"chat_id": chat_id, "user_id": member.user_id, "name": member.name}
        sql = "select 1 from members where chat_id = :chat_id and user_id = :user_id and name = :name"
        if self._database.row(sql, row) is None:
            self._database.insert("members", [row], on_conflict="replace")

    def members(self, chat_id: int) -> tuple[Member, ...]:
        """Everybody who has used the bot in a chat, by id."""
        sql = "select user_id, name from members where chat_id = ? order by user_id"
        return tuple(Member(**row) for row in self._database.rows(sql, [chat_id]))

    def memberships(self, user_id: int) -> tuple[int, ...]:
        """Every chat in which a person has used the bot."""
        rows = self._database.rows("select chat_id from members where user_id = ? order by chat_id", [user_id])
        return tuple(row["chat_id"] for row in rows)

    def forget_member(self, user_id: int) -> None:
        """Delete a person from the members of every chat."""
        self._database.execute("delete from members where user_id = ?", [user_id])

    def standing(self, chat_id: int) -> AccessStatus:
        """What admins said about a chat."""
        row = self._database.row("select standing from standings where chat_id = ?", [chat_id])
        said: AccessStatus = row["standing"] if row else "unknown"
        return said

    def say(self, chat_id: int, standing: Literal["allowed", "denied"], by: int, at: datetime) -> None:
        """Keep what an admin says about a chat (at, UTC), in place of what was said before."""
        row = {"chat_id": chat_id, "standing": standing, "said_by": by, "said_at": to_text(at)}
        self._database.upsert("standings", [row], key="chat_id")

    def move(self, old_id: int, new_id: int) -> None:
        """Give a chat its new id (a group became a supergroup) and take everything along.

        Timezone and state of the row that was made first stand: the old chat's where the new one has spoken already,
        the moved ones where a late word from the old chat made its row anew. What both have is kept once. That the old
        chat was left is no news of the new one.
        """
        with self._database.transaction():
            chat = self.get(old_id)
            if chat is None or old_id == new_id:
                return
            self._database.execute(_MOVE_CHAT, {"old": old_id, "new": new_id})
            for table, column in self._children():
                sql = f"update or ignore {table} set {column} = ? where {column} = ?"  # noqa: S608 - our own tables
                self._database.execute(sql, [new_id, old_id])
            self._database.execute("update or ignore standings set chat_id = ? where chat_id = ?", [new_id, old_id])
            self._database.execute("delete from standings where chat_id = ?", [old_id])
            self._database.execute("delete from chats where id = ?", [old_id])

    def export(self, chat_id: int) -> tuple[ExportedTable, ...]:
        """Everything that any table keeps of a chat; blobs are named by their size."""
        tables = (("chats", "id"), ("standings", "chat_id"), *self._children())
        sql = "select * from {} where {} = ?"
        found = ((table, self._database.rows(sql.format(table, column), [chat_id])) for table, column in tables)
        return tuple(ExportedTable(table, tuple(_readable(row) for row in rows)) for table, rows in found if rows)

    def forget(self, chat_id: int) -> None:
        """Delete a chat with everything that refers to it; only the admins' word about it stays."""
        self._database.execute("delete from chats where id = ?", [chat_id])

    def _children(self) -> Iterator[tuple[str, str]]:
        """Every table, with its column, that refers to a chat."""
        sql = """
            select tables.name as child, keys."from" as reference
            from sqlite_master as tables, pragma_foreign_key_list(tables.name) as keys
            where tables.type = 'table' and keys."table" = 'chats' order by tables.name
        """
        return ((row["child"], row["reference"]) for row in self._database.rows(sql))


def _row(chat: Chat) -> Row:
    """A chat's columns."""
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "timezone": chat.timezone,
        "state": chat.state,
        "created_at": to_text(chat.created_at),
    }


def _readable(row: Row) -> Row:
    """A row that a person can read."""
    return {name: f"{len(value)} bytes" if isinstance(value, bytes) else value for name, value in row.items()}
