"""Where published forecasts and their outcomes are kept; triggers see to it that neither is ever changed."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Final

import sqlite_utils

from forecasting.types.bars import Listing
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome, Scorecard
from storage.database import Database, Row
from storage.encoding import Json, to_array, to_blob, to_moment, to_text
from storage.migrations import Migrations

DATES: Final = Json(tuple[date, ...])
NOTES: Final = Json(tuple[str, ...])
SCORECARD: Final = Json(Scorecard)
MIGRATIONS: Final = Migrations("forecasts")


@MIGRATIONS()
def create_forecasts(tables: sqlite_utils.Database) -> None:
    """Forecasts, one a symbol, origin and model."""
    tables.executescript("""
        create table forecasts (
            id integer primary key,
            symbol text not null,
            origin text not null,
            model text not null,
            model_kind text not null check (model_kind in ('base', 'pool', 'symbol')),
            name text not null,
            currency text not null,
            exchange text not null,
            source text not null,
            notes text not null,
            past_sessions text not null,
            past_closes blob not null,
            targets text not null,
            horizons integer not null,
            levels integer not null,
            prices blob not null,
            scorecard text,
            made_at text not null,
            unique (symbol, origin, model)
        ) strict;
    """)
    _forbid_changes(tables, "forecasts")


@MIGRATIONS()
def create_outcomes(tables: sqlite_utils.Database) -> None:
    """Outcomes, one a symbol, origin and horizon."""
    tables.executescript("""
        create table outcomes (
            symbol text not null,
            origin text not null,
            horizon integer not null,
            target text not null,
            close real not null,
            median real not null,
            error real not null,
            naive_error real not null,
            band real not null,
            crps real not null,
            naive_crps real not null,
            primary key (symbol, origin, horizon)
        ) strict;
        create index outcomes_by_target on outcomes (symbol, target);
    """)
    _forbid_changes(tables, "outcomes")


class SqliteForecastStore:
    """A `ForecastStore` in SQLite.

    Where two models made a forecast for the same symbol and origin, the one that was published first is scored:
    a later one cannot replace what people have seen.
    """

    def __init__(self, database: Database) -> None:
        """Bring the tables up to date."""
        self._database = database
        database.migrate(MIGRATIONS)

    def find(self, symbol: str, origin: date, model: str) -> Forecast | None:
        """The forecast of one symbol, origin and model, or None."""
        sql = "select * from forecasts where symbol = ? and origin = ? and model = ?"
        row = self._database.row(sql, [symbol, origin.isoformat(), model])
        return _forecast(row) if row else None

    def publish(self, forecast: Forecast) -> Forecast:
        """Keep a forecast; when one of the same symbol, origin and model is stored, that one stands and is returned."""
        with self._database.transaction():
            stored = self.find(forecast.symbol, forecast.origin, forecast.model)
            if stored is None:
                self._database.insert("forecasts", [_forecast_row(forecast)])
            return stored or forecast

    def unscored(self, symbol: str) -> tuple[tuple[Forecast, tuple[int, ...]], ...]:
        """Forecasts of a symbol, oldest first, each with the horizons that have no outcome yet."""
        first = "select min(id) from forecasts where symbol = :symbol group by origin"
        known = "select count(*) from outcomes where (symbol, origin) = (forecasts.symbol, forecasts.origin)"
        sql = f"select * from forecasts where id in ({first}) and ({known}) < horizons order by origin"  # noqa: S608 - both parts are the constants above
        rows = self._database.rows(sql, {"symbol": symbol})
        return tuple((_forecast(row), self._missing(row)) for row in rows)

    def awaiting(self) -> tuple[Listing, ...]:
        """Every symbol with a published forecast that has not been scored at every horizon."""
        known = "select count(*) from outcomes where (symbol, origin) = (forecasts.symbol, forecasts.origin)"
        sql = f"select distinct symbol, exchange from forecasts where ({known}) < horizons order by symbol"  # noqa: S608 - a constant
        return tuple(Listing(**row) for row in self._database.rows(sql))

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Keep outcomes; one that is stored already stands."""
        self._database.insert("outcomes", [_outcome_row(outcome) for outcome in outcomes], on_conflict="ignore")

    def outcomes(self, symbol: str, limit: int = 100) -> tuple[Outcome, ...]:
        """Outcomes of a symbol, newest target first, then nearest horizon first."""
        sql = "select * from outcomes where symbol = ? order by target desc, horizon limit ?"
        return tuple(_outcome(row) for row in self._database.rows(sql, [symbol, limit]))

    def _missing(self, row: Row) -> tuple[int, ...]:
        """The horizons of a stored forecast that have no outcome."""
        sql = "select horizon from outcomes where symbol = ? and origin = ?"
        known = {found["horizon"] for found in self._database.rows(sql, [row["symbol"], row["origin"]])}
        return tuple(horizon for horizon in range(1, row["horizons"] + 1) if horizon not in known)


def _forbid_changes(tables: sqlite_utils.Database, table: str) -> None:
    """Let rows of a table be added, but neither changed nor deleted (nor replaced, which is both)."""
    for event in ("update", "delete"):
        tables.execute(
            f"create trigger {table}_never_{event} before {event} on {table} "
            f"begin select raise(abort, '{table} are never changed'); end"
        )


def _forecast_row(forecast: Forecast) -> Row:
    """A forecast's columns."""
    horizons, levels = forecast.prices.shape
    return {
        "symbol": forecast.symbol,
        "origin": forecast.origin.isoformat(),
        "model": forecast.model,
        "model_kind": forecast.model_kind,
        "name": forecast.name,
        "currency": forecast.currency,
        "exchange": forecast.exchange,
        "source": forecast.source,
        "notes": NOTES.dump(forecast.notes),
        "past_sessions": DATES.dump(forecast.past_sessions),
        "past_closes": to_blob(forecast.past_closes),
        "targets": DATES.dump(forecast.targets),
        "horizons": horizons,
        "levels": levels,
        "prices": to_blob(forecast.prices),
        "scorecard": SCORECARD.dump(forecast.scorecard) if forecast.scorecard else None,
        "made_at": to_text(forecast.made_at),
    }


def _forecast(row: Row) -> Forecast:
    """A forecast from its columns."""
    return Forecast(
        symbol=row["symbol"],
        name=row["name"],
        currency=row["currency"],
        exchange=row["exchange"],
        source=row["source"],
        notes=NOTES.load(row["notes"]),
        origin=date.fromisoformat(row["origin"]),
        past_sessions=DATES.load(row["past_sessions"]),
        past_closes=tuple(to_array(row["past_closes"], -1).tolist()),
        targets=DATES.load(row["targets"]),
        prices=to_array(row["prices"], row["horizons"], row["levels"]),
        model=row["model"],
        model_kind=row["model_kind"],
        scorecard=SCORECARD.load(row["scorecard"]) if row["scorecard"] else None,
        made_at=to_moment(row["made_at"]),
    )


def _outcome_row(outcome: Outcome) -> Row:
    """An outcome's columns."""
    row = asdict(outcome)
    return row | {"origin": outcome.origin.isoformat(), "target": outcome.target.isoformat()}


def _outcome(row: Row) -> Outcome:
    """An outcome from its columns."""
    dates = {name: date.fromisoformat(row[name]) for name in ("origin", "target")}
    return Outcome(**{**row, **dates})
