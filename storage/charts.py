"""Telegram's file ids of charts that it has already, by what a chart shows: none is drawn or sent up twice."""

from dataclasses import astuple
from typing import Final

from bot.chats.types import ChartKey
from storage.database import Database

MAX_CHARTS: Final = 5000
"""About 1 MB."""

_NAMES: Final = ("bot_id", "symbol", "origin", "contents", "look")
_IS_KEY: Final = " and ".join(f"{name} = :{name}" for name in _NAMES)


class SqliteChartStore:
    """A `ChartStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: ChartKey) -> str | None:
        """The chart's file id, or None."""
        row = self._database.row(f"select file_id from charts where {_IS_KEY}", _columns(key))  # noqa: S608 - a constant
        return str(row["file_id"]) if row else None

    def keep(self, key: ChartKey, file_id: str) -> None:
        """Keep the file id of a chart that was sent, in place of an older one."""
        self._database.insert("charts", [{**_columns(key), "file_id": file_id}], on_conflict="replace")

    def drop(self, key: ChartKey) -> None:
        """Forget a chart whose file id Telegram no longer takes."""
        self._database.execute(f"delete from charts where {_IS_KEY}", _columns(key))  # noqa: S608 - a constant

    def prune(self) -> int:
        """Forget all but the newest charts; return how many were forgotten."""
        sql = "delete from charts where id not in (select id from charts order by id desc limit ?)"
        return self._database.execute(sql, [MAX_CHARTS])


def _columns(key: ChartKey) -> dict[str, object]:
    """A key's columns."""
    return dict(zip(_NAMES, astuple(key), strict=True)) | {"origin": key.origin.isoformat()}
