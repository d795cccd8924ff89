"""Where full scorecards are kept, one for all that it stands on; only those of a symbol's newest origin stay."""

from dataclasses import asdict
from typing import Final

from forecasting.errors import StorageError
from forecasting.types.scorecards import Scorecard, ScorecardKey
from storage.database import Database
from storage.encoding import Json

SCORECARD: Final = Json(Scorecard)


class SqliteScorecardStore:
    """A `ScorecardStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
        self._database.insert("scorecards", [row], on_conflict="replace")
        self._database.execute("delete from scorecards where symbol = :symbol and origin < :origin", row)


def _columns(key: ScorecardKey) -> dict[str, object]:
    """A key's columns."""
    return {**asdict(key), "origin": key.origin.isoformat()}
