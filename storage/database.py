"""The one SQLite file: opened, locked, brought up to date and spoken to with parameters only."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Literal, Self

import sqlite_utils

from forecasting.errors import StorageError
from storage.migrations import Migrations, apply

BUSY_TIMEOUT_S: Final = 10.0
"""How long a statement waits for another process (the command line beside the bot) to finish its own."""

Row = Mapping[str, Any]  # Any: a column holds what SQLite holds; each store gives it a type again
Parameters = Sequence[object] | dict[str, object]
Conflict = Literal["abort", "ignore", "replace"]


class Database:
    """A SQLite file in WAL mode, shared by every store of this process.

    One connection, guarded by a re-entrant lock: any thread may call any method (`asyncio.to_thread` does), one at a
    time, and a transaction keeps the others out until it ends. Nothing may be awaited inside of one. Every commit is
    synced to the disk (measured: 0.25 ms), so what was committed survives kill -9 and a power cut.
    """

    def __init__(self, path: Path | str) -> None:
        """Open the file, or make it.

        Raises:
            StorageError: the file cannot be opened or is no SQLite database.
        """
        self.path = Path(path)
        self._lock = RLock()
        with self._explained():
            self._connection = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level="IMMEDIATE"
            )
        try:
            self._tables = self._prepared()
        except BaseException:
            self._connection.close()
            raise

    def migrate(self, migrations: Migrations) -> None:
        """Bring one concern's tables up to date; every store calls it with its own migrations.

        Raises:
            StorageError: the file was written by a newer version, or a migration failed (and left nothing behind).
        """
        with self._lock, self._explained(), self._keys_off(), self.transaction():
            apply(self._tables, migrations, self.path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits at the end of the block, rolls back when it raises; blocks may be nested.

        Raises:
            StorageError: the database said no.
        """
        with self._lock, self._explained():
            if not self._connection.in_transaction:
                # Asks for the write lock at once: a lock asked for later can be refused without any waiting.
                self._tables.execute("begin immediate")
                with self._ended():
                    yield
            else:
                with self._tables.atomic():
                    yield

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Every row that a SELECT (or a RETURNING) gives, by column name.

        Raises:
            StorageError: the database said no.
        """
        with self._lock, self._explained():
            inside = self._connection.in_transaction
            cursor = self._tables.execute(sql, parameters)  # query() of sqlite-utils would run three statements
            names = [column for column, *_ in cursor.description or ()]
            found: list[Row] = [dict(zip(names, values, strict=True)) for values in cursor]
            if not inside:
                self._tables.commit()  # what a RETURNING wrote
            return found

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row that a SELECT (or a RETURNING) gives, or None.

        Raises:
            StorageError: the database said no.
        """
        return next(iter(self.rows(sql, parameters)), None)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one writing statement and return how many rows it changed.

        Raises:
            StorageError: the database said no.
        """
        with self._lock, self._explained():
            return int(self._tables.execute(sql, parameters).rowcount)

    def insert(self, table: str, rows: Iterable[Row], on_conflict: Conflict = "abort") -> None:
        """Insert rows of one table, all or none, columns named by the keys of the first.

        A row whose key is taken already is an error, is left out ("ignore"), or takes the old one's place ("replace");
        any other broken rule is an error in every case.

        Raises:
            StorageError: the database said no.
        """
        given = list(rows)
        if given:
            with self.transaction():
                self._connection.executemany(_insert_sql(table, given[0], on_conflict), given)

    def upsert(self, table: str, rows: Iterable[Row], key: str | tuple[str, ...]) -> None:
        """Insert rows of one table, all or none; a row whose key is taken gives its values to the one that is there.

        Raises:
            StorageError: the database said no.
        """
        with self.transaction():
            self._tables.table(table).upsert_all(map(dict, rows), pk=key)

    def close(self) -> None:
        """Close the file; what is committed is in it."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        """Use the database in a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it at the block's end."""
        self.close()

    def _prepared(self) -> sqlite_utils.Database:
        """The connection in sqlite-utils' hands, with the settings that every statement counts on."""
        with self._explained():
            tables = sqlite_utils.Database(self._connection)
            tables.enable_wal()
            tables.execute("pragma foreign_keys = on")
            tables.execute("pragma synchronous = full")
            return tables

    @contextmanager
    def _keys_off(self) -> Iterator[None]:
        """Let the block change tables that others refer to: a transform drops the old table, which would cascade."""
        self._tables.execute("pragma foreign_keys = off")
        try:
            yield
        finally:
            self._tables.execute("pragma foreign_keys = on")

    @contextmanager
    def _ended(self) -> Iterator[None]:
        """Commit what the block did, or roll it back."""
        try:
            yield
            self._tables.commit()
        except BaseException:
            self._tables.rollback()
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn SQLite's errors into a StorageError that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            what = f"The database {self.path} said no ({error})."
            raise StorageError(what, _next_step(str(error))) from error


def _insert_sql(table: str, row: Row, on_conflict: Conflict) -> str:
    """The statement that inserts such rows; names come from our own code, values are parameters."""
    verb = "insert or replace" if on_conflict == "replace" else "insert"
    ending = "on conflict do nothing" if on_conflict == "ignore" else ""
    values = ", ".join(f":{column}" for column in row)
    return f"{verb} into {table} ({', '.join(row)}) values ({values}) {ending}"


def _next_step(reason: str) -> str:
    """What to do about an error of SQLite, told by its text (its codes do not tell these apart any better)."""
    hints = {
        "not a database": "Move that file away, or point DATABASE at another one.",
        "malformed": "The file is damaged: stop the bot and restore a backup.",
        "unable to open": "Check that the folder exists and may be written to.",
        "readonly": "Check that the file and its folder may be written to.",
        "locked": "Another program holds it; try again in a moment.",
        "full": "Free some disk space.",
    }
    return next((step for mark, step in hints.items() if mark in reason), "Please report this.")
