"""Messages that wait for a job: rows, so that a restarted bot ends what a message of the last run began to tell."""

from dataclasses import asdict
from typing import Final

import sqlite_utils

from bot.chats.types import Watch
from storage.database import Database
from storage.migrations import Migrations

MIGRATIONS: Final = Migrations("watches")


@MIGRATIONS()
def create_watches(tables: sqlite_utils.Database) -> None:
    """One row a waiting message."""
    tables.executescript("""
        create table watches (
            chat_id integer not null references chats (id) on delete cascade,
            message_id integer not null,
            job_id integer not null,
            horizon integer,
            primary key (chat_id, message_id)
        ) strict;
    """)


class TrackedMessageStore:
    """Waiting messages in SQLite."""

    def __init__(self, database: Database) -> None:
        """Bring the table up to date; the chats' own table comes first."""
        self._database = database
        database.migrate(MIGRATIONS)

    def keep(self, watch: Watch) -> None:
        """Keep what a message waits for now; nothing of a chat that was forgotten meanwhile."""
        sql = """
            insert or replace into watches (chat_id, message_id, job_id, horizon)
            select :chat_id, :message_id, :job_id, :horizon where exists (select 1 from chats where id = :chat_id)
        """
        self._database.execute(sql, asdict(watch))

    def drop(self, watch: Watch) -> None:
        """Forget a message that waits for this job no more."""
        sql = "delete from watches where chat_id = ? and message_id = ? and job_id = ?"
        self._database.execute(sql, [watch.chat_id, watch.message_id, watch.job_id])

    def drop_message(self, chat_id: int, message_id: int) -> None:
        """Forget a message, whatever it waits for."""
        self._database.execute("delete from watches where chat_id = ? and message_id = ?", [chat_id, message_id])

    def every(self) -> tuple[Watch, ...]:
        """Every waiting message."""
        rows = self._database.rows("select * from watches order by chat_id, message_id")
        return tuple(Watch(**row) for row in rows)
