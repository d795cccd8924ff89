"""When a chat wants no pushes: its quiet hours, in its own timezone."""

from datetime import time
from typing import Final

import sqlite_utils

from bot.push.types import QuietHours
from storage.database import Database
from storage.migrations import Migrations

MIGRATIONS: Final = Migrations("quiet")


@MIGRATIONS()
def create_quiet_hours(tables: sqlite_utils.Database) -> None:
    """At most one span of hours a chat."""
    tables.executescript("""
        create table quiet_hours (
            chat_id integer primary key references chats (id) on delete cascade,
            starts text not null,
            ends text not null
        ) strict;
    """)


class QuietStore:
    """Quiet hours in SQLite."""

    def __init__(self, database: Database) -> None:
        """Bring the table up to date; the chats' own table comes first."""
        self._database = database
        database.migrate(MIGRATIONS)

    def get(self, chat_id: int) -> QuietHours | None:
        """A chat's quiet hours, or None."""
        row = self._database.row("select starts, ends from quiet_hours where chat_id = ?", [chat_id])
        return QuietHours(time.fromisoformat(row["starts"]), time.fromisoformat(row["ends"])) if row else None

    def set(self, chat_id: int, quiet: QuietHours | None) -> None:
        """Keep a chat's quiet hours, or drop them."""
        if quiet is None:
            self._database.execute("delete from quiet_hours where chat_id = ?", [chat_id])
        else:
            row = {"chat_id": chat_id, "starts": f"{quiet.starts:%H:%M}", "ends": f"{quiet.ends:%H:%M}"}
            self._database.upsert("quiet_hours", [row], key="chat_id")
