"""Where models are kept: one row a symbol and artefact, the bytes beside what is known of them."""

import hashlib
from datetime import date
from typing import Final

from forecasting.errors import BrokenArtefact, NoModel
from forecasting.types.job_records import ModelRecord, Promotion
from storage.database import Database, Row
from storage.encoding import Json, to_moment, to_text

KEPT_ARTEFACTS: Final = 5
"""Of a symbol's retired and rejected models the newest keep their bytes, to roll back to; older ones are a record."""

PROMOTION: Final = Json(Promotion)


class SqliteModelStore:
    """A `ModelStore` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: ModelRecord, artefact: bytes) -> None:
        """Keep a model; when its state is "active", the symbol's former active model is retired.

        A model that the symbol has already keeps its row; its bytes are renewed and "active" takes effect.
        """
        renew = "update models set artefact = ? where symbol = ? and sha256 = ?"
        with self._database.transaction():
            state = "retired" if record.state == "active" else record.state
            self._database.insert("models", [_row(record, artefact, state)], on_conflict="ignore")
            self._database.execute(renew, [artefact, record.symbol, record.sha256])
            if record.state == "active":
                self.activate(record.symbol, record.sha256)
            self._drop_old_bytes(record.symbol)

    def active(self, symbol: str) -> ModelRecord | None:
        """The model that answers for a symbol: its own, else the pool's (""), else None."""
        sql = "select * from models where symbol in (?, '') and state = 'active' order by symbol desc limit 1"
        row = self._database.row(sql, [symbol])
        return _record(row) if row else None

    def artefact(self, sha256: str) -> bytes:
        """A model's bytes, checked against their hash.

        Raises:
            NoModel: nothing is stored under that hash.
            BrokenArtefact: the bytes are not those that were stored.
        """
        sql = "select artefact from models where sha256 = ? and artefact is not null limit 1"
        row = self._database.row(sql, [sha256])
        if row is None:
            raise NoModel(f"No model {sha256[:12]} is stored.")
        artefact = bytes(row["artefact"])
        if hashlib.sha256(artefact).hexdigest() != sha256:
            raise BrokenArtefact(f"The stored model {sha256[:12]} is damaged.")
        return artefact

    def past(self, symbol: str) -> tuple[ModelRecord, ...]:
        """Every model of a symbol ("" for the pool's), newest first."""
        sql = "select * from models where symbol = ? order by created_at desc, rowid desc"
        return tuple(_record(row) for row in self._database.rows(sql, [symbol]))

    def activate(self, symbol: str, sha256: str | None) -> None:
        """Make a stored model the active one; None retires the active one, so that the base answers again.

        Raises:
            NoModel: the symbol has no such model, or it is too old for its bytes to be kept.
        """
        retire = "update models set state = 'retired' where symbol = ? and state = 'active'"
        activate = "update models set state = 'active' where symbol = ? and sha256 = ? and artefact is not null"
        with self._database.transaction():
            self._database.execute(retire, [symbol])
            if sha256 is not None and not self._database.execute(activate, [symbol, sha256]):
                what = f"{symbol or 'The pool'} has no model {sha256[:12]} to go back to."
                raise NoModel(what, symbol=symbol)

    def mark_older_adjustment(self, symbol: str) -> None:
        """Mark a symbol's models as trained on an older adjustment of its prices."""
        self._database.execute("update models set older_adjustment = 1 where symbol = ?", [symbol])

    def _drop_old_bytes(self, symbol: str) -> None:
        """Delete the bytes of models that nobody will go back to."""
        sql = """
            update models set artefact = null where symbol = :symbol and state != 'active' and artefact is not null
            and rowid not in (select rowid from models where symbol = :symbol and state != 'active'
                              order by created_at desc, rowid desc limit :kept)
        """
        self._database.execute(sql, {"symbol": symbol, "kept": KEPT_ARTEFACTS})


def _row(record: ModelRecord, artefact: bytes, state: str) -> Row:
    """A model's columns."""
    return {
        "symbol": record.symbol,
        "sha256": record.sha256,
        "kind": record.kind,
        "state": state,
        "created_at": to_text(record.created_at),
        "trained_to": record.trained_to.isoformat() if record.trained_to else None,
        "gate": PROMOTION.dump(record.promotion) if record.promotion else None,
        "older_adjustment": int(record.older_adjustment),
        "artefact": artefact,
    }


def _record(row: Row) -> ModelRecord:
    """A model from its columns."""
    return ModelRecord(
        sha256=row["sha256"],
        kind=row["kind"],
        symbol=row["symbol"],
        state=row["state"],
        created_at=to_moment(row["created_at"]),
        trained_to=date.fromisoformat(row["trained_to"]) if row["trained_to"] else None,
        promotion=PROMOTION.load(row["gate"]) if row["gate"] else None,
        older_adjustment=bool(row["older_adjustment"]),
    )
