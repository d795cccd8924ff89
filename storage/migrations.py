"""How tables come into being and change: each concern's own ordered, forward-only migrations."""

from contextlib import closing
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from forecasting.errors import StorageError

__all__ = ["Migrations", "apply"]


def apply(tables: sqlite_utils.Database, migrations: Migrations, path: Path) -> None:
    """Run one concern's pending migrations in their order, inside the caller's transaction.

    sqlite-utils keeps what was applied in the table `_sqlite_migrations`.

    Raises:
        StorageError: the file has migrations that this version does not know, so a newer one has written it; or a
            migration took away rows that others refer to.
    """
    known = _names(migrations)
    unknown = [applied.name for applied in migrations.applied(tables) if applied.name not in known]
    if unknown:
        what = f"{path} was written by a newer version of Fanchart ({migrations.name}: {', '.join(unknown)})."
        raise StorageError(what, "Update Fanchart, or point DATABASE at another file.")
    if migrations.pending(tables):
        before = _orphans(tables)
        migrations.apply(tables)
        if _orphans(tables) > before:
            what = f"A change of {path} took away what other rows refer to ({migrations.name})."
            raise StorageError(what, "Please report this.")


def _orphans(tables: sqlite_utils.Database) -> int:
    """How many rows refer to one that is not there; migrations run with foreign keys off."""
    return len(tables.execute("pragma foreign_key_check").fetchall())


def _names(migrations: Migrations) -> set[str]:
    """Every migration that this version knows: those that an empty database would need."""
    with closing(sqlite_utils.Database(memory=True)) as empty:
        return {migration.name for migration in migrations.pending(empty)}
