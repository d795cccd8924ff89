"""One SQLite file: connected to, locked, and asked with parameters only."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, Final, Literal, Self

import sqlite_utils
from sqlite_utils import Migrations

from forecasting.errors import StorageError
from storage.migrating import apply, refuse_newer

BUSY_TIMEOUT_S: Final = 10.0
"""How long a statement waits for another process (the command line beside the bot) to finish its own."""

Row = Mapping[str, Any]  # Any: a column holds what SQLite holds; each store gives it a type again
Parameters = Sequence[object] | Mapping[str, object]
Conflict = Literal["abort", "ignore", "replace"]
Connect = Callable[..., sqlite3.Connection]
"""`sqlite3.connect`, or what takes the same arguments."""


class Database:
    """A SQLite file, shared by every store of this process.

    One connection, guarded by a re-entrant lock: any thread may call any method (`asyncio.to_thread` does), one at a
    time, and a transaction keeps the others out until it ends. Nothing may be awaited inside of one. A statement that
    stands alone commits itself. Every commit is synced to the disk (measured: 0.25 ms), so what was committed survives
    kill -9 and a power cut.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection  # in autocommit: no statement begins a transaction by itself
        self._tables = sqlite_utils.Database(connection)
        self._lock = RLock()

    @classmethod
    def connect(cls, path: Path | str, connect: Connect = sqlite3.connect, *, read_only: bool = False) -> Self:
        """Open the file in WAL mode, or make it; `read_only` opens it as it is and refuses to write.

        Raises:
            StorageError: the file cannot be opened or is no SQLite database.
        """
        with _explained(Path(path)):
            connection = connect(path, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None)
            try:
                for setting in _READ_ONLY if read_only else _READ_WRITE:
                    connection.execute(setting).fetchall()
                return cls(Path(path), connection)
            except BaseException:
                connection.close()
                raise

    def migrate(self, migrations: Migrations, former_sets: Sequence[str] = ()) -> None:
        """Bring the tables up to date; what older versions recorded under other names of the set counts as applied.

        Raises:
            StorageError: the file was written by a newer version, or a migration failed (and left nothing behind).
        """
        with self._lock, _explained(self.path), self._keys_off(), self.transaction():
            apply(self._tables, migrations, former_sets, self.path)

    def refuse_newer(self, migrations: Migrations, former_sets: Sequence[str] = ()) -> None:
        """Read nothing of a file that a newer version has written.

        Raises:
            StorageError: a newer version has written it, or it cannot be read.
        """
        with self._lock, _explained(self.path):
            refuse_newer(self._tables, migrations, former_sets, self.path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits at the end of the block, rolls back when it raises; blocks may be nested.

        Raises:
            StorageError: SQLite failed.
        """
        with self._lock, _explained(self.path):
            if self._connection.in_transaction:
                with self._tables.atomic():
                    yield
                return
            # Asks for the write lock at once: a lock asked for later can be refused without any waiting.
            self._connection.execute("begin immediate")
            try:
                yield
                self._connection.execute("commit")
            except BaseException:
                self._connection.rollback()
                raise

    def tuples(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Every row that a SELECT (or a RETURNING) gives, as columns in their order.

        Raises:
            StorageError: SQLite failed.
        """
        with self._lock, _explained(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Every row that a SELECT (or a RETURNING) gives, by column name.

        Raises:
            StorageError: SQLite failed.
        """
        with self._lock, _explained(self.path):
            cursor = self._connection.execute(sql, parameters)
            names = [column for column, *_ in cursor.description or ()]
            return [dict(zip(names, values, strict=True)) for values in cursor]

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row that a SELECT (or a RETURNING) gives, or None.

        Raises:
            StorageError: SQLite failed.
        """
        return next(iter(self.rows(sql, parameters)), None)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one writing statement and return how many rows it changed.

        Raises:
            StorageError: SQLite failed.
        """
        with self._lock, _explained(self.path):
            return self._connection.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, rows: Iterable[Parameters]) -> int:
        """Run one writing statement for each of the rows and return how many rows they changed together.

        All or none is up to the caller's transaction.

        Raises:
            StorageError: SQLite failed.
        """
        with self._lock, _explained(self.path):
            return self._connection.executemany(sql, rows).rowcount

    def insert(self, table: str, rows: Iterable[Row], on_conflict: Conflict = "abort") -> int:
        """Insert rows of one table, all or none, columns named by the keys of the first; return how many were.

        A row whose key is taken already is an error, is left out ("ignore"), or takes the old one's place ("replace");
        any other broken rule is an error in every case.

        Raises:
            StorageError: SQLite failed.
        """
        given = list(rows)
        if len(given) <= 1:
            return sum(self.execute(_insert_sql(table, row, on_conflict), row) for row in given)
        with self.transaction():
            return self.execute_many(_insert_sql(table, given[0], on_conflict), given)

    def upsert(self, table: str, rows: Iterable[Row], key: str | tuple[str, ...]) -> None:
        """Insert rows of one table, all or none; a row whose key is taken gives its values to the one that is there.

        Raises:
            StorageError: SQLite failed.
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

    @contextmanager
    def _keys_off(self) -> Iterator[None]:
        """Let the block change tables that others refer to: a transform drops the old table, which would cascade."""
        self._connection.execute("pragma foreign_keys = off")
        try:
            yield
        finally:
            self._connection.execute("pragma foreign_keys = on")


_READ_WRITE: Final = ("pragma journal_mode = wal", "pragma foreign_keys = on", "pragma synchronous = full")
_READ_ONLY: Final = ("pragma query_only = on", "pragma schema_version")
"""The second one reads the file, so that one that is no database is refused at once."""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into a StorageError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        what = f"The database {path} failed ({error})."
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
        "no such table": "Start the bot once: it brings the file up to date.",
    }
    return next((step for mark, step in hints.items() if mark in reason), "Please report this.")
