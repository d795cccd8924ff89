"""Chats with their settings, their members, and what admins decided about them."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Final, Literal

from bot.chats.types import AccessStatus, Chat, ChatProfile, ChatState, ExportedTable, Member, QuietHours
from storage.database import Database, Row
from storage.encoding import to_moment, to_text

_PROFILE_SQL: Final = """
    select chats.*, user_id, name, status, starts, ends
    from (select :chat_id as asked)
        left join chats on id = asked
        left join members on members.chat_id = asked and user_id = :user_id
        left join access on access.chat_id = asked
        left join quiet_hours on quiet_hours.chat_id = asked
"""
_UPSERT_CHAT: Final = """
    insert into chats (id, kind, title, timezone, state, created_at)
    values (:id, :kind, :title, :timezone, :state, :created_at)
    on conflict (id) do update set kind = excluded.kind, title = excluded.title
        where (excluded.kind, excluded.title) != (chats.kind, chats.title)
"""
_UPSERT_MEMBER: Final = """
    insert into members (chat_id, user_id, name)
    select :chat_id, :user_id, :name where exists (select 1 from chats where id = :chat_id)
    on conflict (chat_id, user_id) do update set name = excluded.name where excluded.name != members.name
"""
_MOVE_CHAT: Final = """
    insert into chats (id, kind, title, timezone, state, created_at)
    select :new, 'supergroup', title, timezone, case state when 'blocked' then 'active' else state end, created_at
        from chats where id = :old
    on conflict (id) do update set
        timezone = excluded.timezone, state = excluded.state, created_at = excluded.created_at
    where excluded.created_at <= chats.created_at
"""


class SqliteChatStore:
    """A `ChatStore` in SQLite.

    Every table with rows of a chat refers to `chats (id)` with `on delete cascade`: that alone makes `move`, `export`
    and `forget` take its rows along, whichever store they belong to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def profile(self, chat_id: int, user_id: int | None = None) -> ChatProfile:
        """Everything that is known of a chat, and of one person in it; also of an unknown chat."""
        [row] = self._database.rows(_PROFILE_SQL, {"chat_id": chat_id, "user_id": user_id})
        return ChatProfile(
            chat=_chat(row) if row["id"] is not None else None,
            member=Member(row["user_id"], row["name"]) if row["user_id"] is not None else None,
            access=row["status"] or "unknown",
            quiet=_quiet(row) if row["starts"] is not None else None,
        )

    def upsert(self, chat: Chat, member: Member) -> None:
        """Keep a chat and who wrote in it; a known one keeps its settings and renews kind, title and name.

        The chat may be forgotten at any moment, also between the two statements: then the person is not kept either.
        """
        self._database.execute(_UPSERT_CHAT, _row(chat))
        row = {"chat_id": chat.id, "user_id": member.user_id, "name": member.name}
        self._database.execute(_UPSERT_MEMBER, row)

    def get(self, chat_id: int) -> Chat | None:
        """One chat, or None."""
        row = self._database.row("select * from chats where id = ?", [chat_id])
        return _chat(row) if row else None

    def set_timezone(self, chat_id: int, timezone: str) -> None:
        """Set a chat's IANA timezone, which the caller has checked."""
        self._database.execute("update chats set timezone = ? where id = ?", [timezone, chat_id])

    def set_state(self, chat_id: int, state: ChatState) -> None:
        """Set whether a chat is written to."""
        self._database.execute("update chats set state = ? where id = ?", [state, chat_id])

    def set_quiet(self, chat_id: int, quiet: QuietHours | None) -> None:
        """Set a known chat's quiet hours; None deletes them."""
        if quiet is None:
            self._database.execute("delete from quiet_hours where chat_id = ?", [chat_id])
        else:
            row = {"chat_id": chat_id, "starts": f"{quiet.starts:%H:%M}", "ends": f"{quiet.ends:%H:%M}"}
            self._database.upsert("quiet_hours", [row], key="chat_id")

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

    def access_status(self, chat_id: int) -> AccessStatus:
        """What admins decided about a chat, which need not be known."""
        row = self._database.row("select status from access where chat_id = ?", [chat_id])
        status: AccessStatus = row["status"] if row else "unknown"
        return status

    def set_access(self, chat_id: int, status: Literal["allowed", "denied"], by: int, at: datetime) -> None:
        """Keep what an admin decides about a chat (at, UTC), in place of what was decided before."""
        row = {"chat_id": chat_id, "status": status, "set_by": by, "set_at": to_text(at)}
        self._database.upsert("access", [row], key="chat_id")

    def move(self, old_id: int, new_id: int) -> None:
        """Give a chat its new id (a group became a supergroup) and take everything along.

        Timezone and state of the row that was made first stand: the old chat's where the new one was known already,
        the moved ones where a late update of the old chat made its row anew. What both have is kept once. That the old
        chat was left says nothing about the new one.
        """
        with self._database.transaction():
            if old_id == new_id or self.get(old_id) is None:
                return
            self._database.execute(_MOVE_CHAT, {"old": old_id, "new": new_id})
            for table, column in self._children():
                sql = f"update or ignore {table} set {column} = ? where {column} = ?"  # noqa: S608 - our own tables
                self._database.execute(sql, [new_id, old_id])
            self._database.execute("update or ignore access set chat_id = ? where chat_id = ?", [new_id, old_id])
            self._database.execute("delete from access where chat_id = ?", [old_id])
            self._database.execute("delete from chats where id = ?", [old_id])

    def export(self, chat_id: int) -> tuple[ExportedTable, ...]:
        """Everything that any table keeps of a chat; blobs are named by their size."""
        tables = (("chats", "id"), ("access", "chat_id"), *self._children())
        sql = "select * from {} where {} = ?"
        found = ((table, self._database.rows(sql.format(table, column), [chat_id])) for table, column in tables)
        return tuple(ExportedTable(table, tuple(_readable(row) for row in rows)) for table, rows in found if rows)

    def forget(self, chat_id: int) -> None:
        """Delete a chat with everything that belongs to it; only what admins decided about it stays."""
        self._database.execute("delete from chats where id = ?", [chat_id])

    def _children(self) -> Iterator[tuple[str, str]]:
        """Every table, with its column, that refers to a chat."""
        sql = """
            select tables.name as child, keys."from" as reference
            from sqlite_master as tables, pragma_foreign_key_list(tables.name) as keys
            where tables.type = 'table' and keys."table" = 'chats' order by tables.name
        """
        return ((row["child"], row["reference"]) for row in self._database.rows(sql))


def _chat(row: Row) -> Chat:
    """A chat of its columns, and maybe others."""
    return Chat(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        timezone=row["timezone"],
        state=row["state"],
        created_at=to_moment(row["created_at"]),
    )


def _quiet(row: Row) -> QuietHours:
    """Quiet hours of their columns, and maybe others."""
    return QuietHours(time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"]))


def _row(chat: Chat) -> dict[str, object]:
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
