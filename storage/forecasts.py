"""Where published forecasts and their outcomes are kept; triggers see to it that neither is ever changed."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Final

from forecasting.types.bars import Listing
from forecasting.types.quantile_forecast import Forecast, ForecastKey
from forecasting.types.scorecards import Outcome, Scorecard
from storage.database import Database, Row
from storage.encoding import Json, to_array, to_blob, to_moment, to_text

DATES: Final = Json(tuple[date, ...])
NOTES: Final = Json(tuple[str, ...])
HORIZONS: Final = Json(tuple[int, ...])
SCORECARD: Final = Json(Scorecard)
_OF_INPUTS: Final = """
    select * from forecasts
    where symbol = :symbol and origin = :origin and model = :model and revision = :revision
"""


class SqliteForecastStore:
    """A `ForecastStore` in SQLite.

    Of several forecasts of one symbol and origin (other models, revised prices, with the market and without) the one
    that was published first is scored: a later one cannot replace what people have seen.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: ForecastKey) -> Forecast | None:
        """The forecast that stands on exactly this, or None."""
        return self._one(f"{_OF_INPUTS} and market = :market", key)

    def best(self, key: ForecastKey) -> Forecast | None:
        """The forecast of the key with the market's columns, else the one without them, else None."""
        return self._one(f"{_OF_INPUTS} order by market desc limit 1", key)

    def _one(self, sql: str, key: ForecastKey) -> Forecast | None:
        row = self._database.row(sql, {**asdict(key), "origin": key.origin.isoformat()})
        return _forecast(row) if row else None

    def publish(self, forecast: Forecast) -> Forecast:
        """Keep a forecast; when one of the same key is stored, that one stands and is returned."""
        if self._database.insert("forecasts", [_forecast_row(forecast)], on_conflict="ignore"):
            return forecast
        return self.find(forecast.key) or forecast

    def unscored(self, symbol: str) -> tuple[tuple[Forecast, tuple[int, ...]], ...]:
        """Forecasts of a symbol, oldest first, each with the horizons that have no outcome yet."""
        sql = """
            select *, (select json_group_array(horizon) from outcomes
                       where (symbol, origin) = (forecasts.symbol, forecasts.origin)) as scored
            from forecasts
            where id in (select min(id) from forecasts where symbol = ? group by origin)
                and json_array_length(scored) < horizons
            order by origin
        """
        return tuple((_forecast(row), _unscored(row)) for row in self._database.rows(sql, [symbol]))

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


def _unscored(row: Row) -> tuple[int, ...]:
    """The horizons of a stored forecast that are not in its column `scored`."""
    scored = HORIZONS.load(row["scored"])
    return tuple(horizon for horizon in range(1, row["horizons"] + 1) if horizon not in scored)


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
        "revision": forecast.revision,
        "market": forecast.market,
        "scorecard": SCORECARD.dump(forecast.scorecard) if forecast.scorecard else None,
        "made_at": to_text(forecast.made_at),
        "doubted": int(forecast.doubted),
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
        revision=row["revision"],
        market=bool(row["market"]),
        scorecard=SCORECARD.load(row["scorecard"]) if row["scorecard"] else None,
        made_at=to_moment(row["made_at"]),
        doubted=bool(row["doubted"]),
    )


def _outcome_row(outcome: Outcome) -> Row:
    """An outcome's columns."""
    row = asdict(outcome)
    return row | {"origin": outcome.origin.isoformat(), "target": outcome.target.isoformat()}


def _outcome(row: Row) -> Outcome:
    """An outcome from its columns."""
    dates = {name: date.fromisoformat(row[name]) for name in ("origin", "target")}
    return Outcome(**{**row, **dates})
