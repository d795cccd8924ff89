"""Notes every statement that is passed to SQLite, for tests that count them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class StatementLog:
    """What was passed to `execute` and `executemany` of every connection that it made."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def connect(self, *arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 - those of sqlite3.connect
        """A connection that notes what it is passed."""
        log = self.statements

        class Noted(sqlite3.Connection):
            def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401
                log.append(sql)
                return super().execute(sql, parameters)

            def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:  # noqa: ANN401
                log.append(sql)
                return super().executemany(sql, parameters)

        return sqlite3.connect(*arguments, **options, factory=Noted)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements of the block, begin and commit included."""
        self.statements.clear()
        yield self.statements
