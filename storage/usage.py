"""How often each person asked for each kind of work, for the quotas."""

from datetime import datetime, timedelta
from typing import Final

import sqlite_utils

from storage.database import Database, Row
from storage.encoding import to_text
from storage.migrations import Migrations

RETENTION: Final = timedelta(days=2)
"""Quotas look back over 24 hours; what is older than this is let go."""

MIGRATIONS: Final = Migrations("usage")


@MIGRATIONS()
def create_usage(tables: sqlite_utils.Database) -> None:
    """One row a request that counts."""
    tables.executescript("""
        create table usage (
            user_id integer not null,
            work text not null,
            at text not null
        ) strict;
        create index usage_by_person on usage (user_id, work, at);
        create index usage_by_time on usage (at);
    """)


class UsageStore:
    """Requests in SQLite."""

    def __init__(self, database: Database) -> None:
        """Bring the table up to date."""
        self._database = database
        database.migrate(MIGRATIONS)

    def note(self, user_id: int, work: str, at: datetime) -> None:
        """Count one request of a person (at, UTC), and let go of what no quota looks at any more."""
        with self._database.transaction():
            self._database.insert("usage", [{"user_id": user_id, "work": work, "at": to_text(at)}])
            self.prune(at)

    def prune(self, now: datetime) -> None:
        """Let go of what no quota looks at any more (now, UTC)."""
        self._database.execute("delete from usage where at < ?", [to_text(now - RETENTION)])

    def count(self, user_id: int, work: str, since: datetime) -> int:
        """How many requests for that work a person has made since then (UTC)."""
        sql = "select count(*) as used from usage where user_id = ? and work = ? and at >= ?"
        row = self._database.row(sql, [user_id, work, to_text(since)])
        return int(row["used"]) if row else 0

    def export(self, user_id: int) -> tuple[Row, ...]:
        """Every kept request of a person, oldest first."""
        return tuple(self._database.rows("select * from usage where user_id = ? order by at", [user_id]))

    def forget(self, user_id: int) -> None:
        """Delete a person's requests."""
        self._database.execute("delete from usage where user_id = ?", [user_id])
