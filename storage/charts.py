"""Charts that Telegram has already: its file id under what the chart shows, so that none is drawn or sent up twice."""

from dataclasses import astuple
from typing import Final

import sqlite_utils

from bot.chats.types import ChartKey
from storage.database import Database
from storage.migrations import Migrations

KEPT_CHARTS: Final = 5000
"""The newest so many are remembered (about 1 MB)."""

_NAMES: Final = ("bot_id", "symbol", "origin", "model", "look")
_IS_KEY: Final = " and ".join(f"{name} = :{name}" for name in _NAMES)

MIGRATIONS: Final = Migrations("charts")


@MIGRATIONS()
def create_charts(tables: sqlite_utils.Database) -> None:
    """One row a chart."""
    tables.executescript("""
        create table charts (
            id integer primary key,
            bot_id integer not null,
            symbol text not null,
            origin text not null,
            model text not null,
            look text not null,
            file_id text not null,
            unique (bot_id, symbol, origin, model, look)
        ) strict;
    """)


class ChartStore:
    """File ids in SQLite."""

    def __init__(self, database: Database) -> None:
        """Bring the table up to date."""
        self._database = database
        database.migrate(MIGRATIONS)

    def find(self, key: ChartKey) -> str | None:
        """Telegram's id of the chart, or None."""
        row = self._database.row(f"select file_id from charts where {_IS_KEY}", _columns(key))  # noqa: S608 - a constant
        return str(row["file_id"]) if row else None

    def keep(self, key: ChartKey, file_id: str) -> None:
        """Remember a chart's id after it was sent, and let go of the oldest ones."""
        prune = "delete from charts where id <= (select max(id) from charts) - ?"
        with self._database.transaction():
            self._database.insert("charts", [{**_columns(key), "file_id": file_id}], on_conflict="replace")
            self._database.execute(prune, [KEPT_CHARTS])

    def drop(self, key: ChartKey) -> None:
        """Forget a chart whose id Telegram no longer takes."""
        self._database.execute(f"delete from charts where {_IS_KEY}", _columns(key))  # noqa: S608 - a constant


def _columns(key: ChartKey) -> dict[str, object]:
    """A key's columns."""
    return dict(zip(_NAMES, astuple(key), strict=True)) | {"origin": key.origin.isoformat()}
