"""Where full scorecards are kept, one for all that it stands on; only those of a symbol's newest origin stay."""

from dataclasses import asdict
from typing import Final

import sqlite_utils

from forecasting.errors import StorageError
from forecasting.types.scorecards import Scorecard, ScorecardKey
from storage.database import Database
from storage.encoding import Json
from storage.migrations import Migrations

SCORECARD: Final = Json(Scorecard)
MIGRATIONS: Final = Migrations("scorecards")


@MIGRATIONS()
def create_scorecards(tables: sqlite_utils.Database) -> None:
    """Scorecards by what they stand on."""
    tables.executescript("""
        create table scorecards (
            symbol text not null,
            origin text not null,
            model text not null,
            prices text not null,
            context text not null,
            version integer not null,
            scorecard text not null,
            primary key (symbol, origin, model, prices, context, version)
        ) strict, without rowid;
    """)


class SqliteScorecardStore:
    """A `ScorecardStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        """Bring the table up to date."""
        self._database = database
        database.migrate(MIGRATIONS)

    def find(self, key: ScorecardKey) -> Scorecard | None:
        """The scorecard that stands on exactly this, or None where there is none that can be read."""
        sql = """
            select scorecard from scorecards
            where (symbol, origin, model, prices, context, version)
                = (:symbol, :origin, :model, :prices, :context, :version)
        """
        row = self._database.row(sql, _columns(key))
        try:
            return SCORECARD.load(row["scorecard"]) if row else None
        except StorageError:  # it can be made again
            return None

    def keep(self, key: ScorecardKey, card: Scorecard) -> None:
        """Keep a scorecard in place of one of the same key; those of the symbol's older origins are deleted."""
        row = {**_columns(key), "scorecard": SCORECARD.dump(card)}
        with self._database.transaction():
            self._database.execute("delete from scorecards where symbol = :symbol and origin < :origin", row)
            self._database.insert("scorecards", [row], on_conflict="replace")


def _columns(key: ScorecardKey) -> dict[str, object]:
    """A key's columns."""
    return {**asdict(key), "origin": key.origin.isoformat()}
