"""What tests look at in a database: every statement that is passed to it, and all rows of the deliveries."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.push.types import Delivery
from storage import Stores


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


def all_deliveries(stores: Stores) -> list[Delivery]:
    """The whole ledger, oldest first; no part of the bot ever reads all of it."""
    numbers = [row["id"] for row in stores.database.rows("select id from deliveries order by id")]
    return [found for number in numbers if (found := stores.deliveries.get(number))]
