"""When a chat wants no pushes: its quiet hours, in its own timezone."""

from dataclasses import dataclass
from datetime import time
from typing import Final

import sqlite_utils

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


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every day from `starts` up to, not including, `ends`; over midnight where `ends` is the earlier one."""

    starts: time  # the chat's local time
    ends: time  # the chat's local time, another one than `starts`

    @property
    def over_midnight(self) -> bool:
        """Whether they end on the day after."""
        return self.ends < self.starts


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
