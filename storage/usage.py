"""How often each person asked for each kind of work, for the quotas."""

from datetime import datetime, timedelta
from typing import Final

from storage.database import Database, Row
from storage.encoding import to_text

RETENTION: Final = timedelta(days=2)
"""Quotas look back over 24 hours."""


class SqliteUsageStore:
    """A `UsageStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spend(self, user_id: int, work: str, now: datetime, since: datetime, quota: int | None) -> bool:
        """Count one request at `now`, unless there are `quota` since `since` already (UTC); return whether it counts.

        Without a quota it always counts.
        """
        sql = """
            insert into usage (user_id, work, at) select :user_id, :work, :now where :quota is null or :quota >
                (select count(*) from usage where user_id = :user_id and work = :work and at >= :since)
        """
        values = {"user_id": user_id, "work": work, "now": to_text(now), "since": to_text(since), "quota": quota}
        return self._database.execute(sql, values) == 1

    def prune(self, now: datetime) -> int:
        """Delete what no quota looks at any more (now, UTC); return how many requests that were."""
        return self._database.execute("delete from usage where at < ?", [to_text(now - RETENTION)])

    def export(self, user_id: int) -> tuple[Row, ...]:
        """Every kept request of a person, oldest first."""
        return tuple(self._database.rows("select * from usage where user_id = ? order by at", [user_id]))

    def forget(self, user_id: int) -> None:
        """Delete a person's requests."""
        self._database.execute("delete from usage where user_id = ?", [user_id])
