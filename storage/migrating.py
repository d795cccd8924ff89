"""Brings a file up to date: what is pending runs once, in order; a file of a newer version is refused."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import sqlite_utils
from sqlite_utils import Migrations

from forecasting.errors import StorageError


def apply(tables: sqlite_utils.Database, migrations: Migrations, former_sets: Sequence[str], path: Path) -> None:
    """Run the pending migrations in their order, inside the caller's transaction.

    sqlite-utils records what was applied in the table `_sqlite_migrations`, by the name of the set that it belongs to;
    what is recorded under a former name of the set counts as applied.

    Raises:
        StorageError: a newer version has written the file; or a migration took away rows that others refer to.
    """
    refuse_newer(tables, migrations, former_sets, path)
    _rename_sets(tables, former_sets, migrations.name)
    if migrations.pending(tables):
        before = _orphans(tables)
        migrations.apply(tables)
        if _orphans(tables) > before:
            what = f"A change of {path} took away what other rows refer to ({migrations.name})."
            raise StorageError(what, "Please report this.")


def refuse_newer(tables: sqlite_utils.Database, migrations: Migrations, former_sets: Sequence[str], path: Path) -> None:
    """Let no file pass that has a migration which this version does not know.

    Raises:
        StorageError: it has one, so a newer version has written it.
    """
    sets, known = {migrations.name, *former_sets}, _names(migrations)
    recorded = [row for row in tables.table(Migrations.migrations_table).rows if row["migration_set"] in sets]
    unknown = [row["name"] for row in recorded if row["name"] not in known]
    if unknown:
        what = f"{path} was written by a newer version of Fanchart ({migrations.name}: {', '.join(unknown)})."
        raise StorageError(what, "Update Fanchart, or point DATABASE at another file.")


def _rename_sets(tables: sqlite_utils.Database, former: Sequence[str], name: str) -> None:
    """Record what was applied under a former name under today's, unless it is recorded there."""
    sql = "update or ignore _sqlite_migrations set migration_set = ? where migration_set = ?"
    if tables.table(Migrations.migrations_table).exists():
        for one in former:
            tables.execute(sql, [name, one])


def _orphans(tables: sqlite_utils.Database) -> int:
    """How many rows refer to one that is not there; migrations run with foreign keys off."""
    return len(tables.execute("pragma foreign_key_check").fetchall())


def _names(migrations: Migrations) -> set[str]:
    """Every migration that this version knows: those that an empty database would need."""
    with closing(sqlite_utils.Database(memory=True)) as empty:
        return {migration.name for migration in migrations.pending(empty)}
