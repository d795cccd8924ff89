"""The ports of the stores in memory."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from forecasting.errors import BrokenArtefact, NoModel
from forecasting.model.artefact import sha256 as digest_of
from forecasting.types.bars import MAX_MATCHES, Listing, PriceHistory, StoredPrices, SymbolMatch
from forecasting.types.job_records import ModelRecord
from forecasting.types.quantile_forecast import Forecast, ForecastKey
from forecasting.types.scorecards import Outcome, Scorecard, ScorecardKey


class MemoryModelStore:
    """A `ModelStore` that lives as long as the process."""

    def __init__(self) -> None:
        self._records: list[ModelRecord] = []
        self._artefacts: dict[str, bytes] = {}

    def add(self, record: ModelRecord, artefact: bytes) -> None:
        """Keep a model; when its state is "active", the symbol's former active model is retired."""
        known = any((r.symbol, r.sha256) == (record.symbol, record.sha256) for r in self._records)
        if not known:
            self._records.append(replace(record, state="retired") if record.state == "active" else record)
        self._artefacts[record.sha256] = artefact
        if record.state == "active":
            self.activate(record.symbol, record.sha256)

    def active(self, symbol: str) -> ModelRecord | None:
        """The model that answers for a symbol: its own, else the pool's (""), else None."""
        active = {record.symbol: record for record in self._records if record.state == "active"}
        return active.get(symbol) or active.get("")

    def artefact(self, sha256: str) -> bytes:
        """A model's bytes, checked against their hash.

        Raises:
            NoModel: nothing is stored under that hash.
            BrokenArtefact: the bytes are not those that were stored.
        """
        if sha256 not in self._artefacts:
            raise NoModel(f"There is no model {sha256[:8]}.")
        if digest_of(self._artefacts[sha256]) != sha256:
            raise BrokenArtefact("The stored model was changed or cut short.")
        return self._artefacts[sha256]

    def past(self, symbol: str) -> tuple[ModelRecord, ...]:
        """Every model of a symbol ("" for the pool's), newest first."""
        own = [record for record in reversed(self._records) if record.symbol == symbol]
        return tuple(sorted(own, key=lambda record: record.created_at, reverse=True))

    def activate(self, symbol: str, sha256: str | None) -> None:
        """Make a stored model the active one; None retires the active one, so that the base answers again.

        Raises:
            NoModel: the symbol has no such model.
        """
        if sha256 is not None and sha256 not in [record.sha256 for record in self.past(symbol)]:
            raise NoModel(f"{symbol or 'The pool'} has no model {sha256[:8]}.", symbol=symbol)
        self._records = [_after(record, symbol, sha256) for record in self._records]

    def mark_older_adjustment(self, symbol: str) -> None:
        """Mark a symbol's models as trained on an older adjustment of its prices."""
        self._records = [
            replace(record, older_adjustment=True) if record.symbol == symbol else record for record in self._records
        ]


class MemoryForecastStore:
    """A `ForecastStore` that lives as long as the process."""

    def __init__(self) -> None:
        self._forecasts: dict[ForecastKey, Forecast] = {}
        self._outcomes: dict[tuple[str, date, int], Outcome] = {}

    def find(self, key: ForecastKey) -> Forecast | None:
        """The forecast that stands on exactly this, or None."""
        return self._forecasts.get(key)

    def best(self, key: ForecastKey) -> Forecast | None:
        """The forecast of the key with the market's columns, else the one without them, else None."""
        return self.find(replace(key, market=True)) or self.find(replace(key, market=False))

    def publish(self, forecast: Forecast) -> Forecast:
        """Keep a forecast; when one of the same key is stored, that one stands."""
        return self._forecasts.setdefault(forecast.key, forecast)

    def unscored(self, symbol: str) -> tuple[tuple[Forecast, tuple[int, ...]], ...]:
        """Forecasts of a symbol, oldest first, each with the horizons that have no outcome yet.

        Of the forecasts of one origin the first that was published counts.
        """
        first: dict[date, Forecast] = {}
        for forecast in self._forecasts.values():
            if forecast.symbol == symbol:
                first.setdefault(forecast.origin, forecast)
        waiting = ((forecast, self._open(forecast)) for _, forecast in sorted(first.items()))
        return tuple((forecast, horizons) for forecast, horizons in waiting if horizons)

    def awaiting(self) -> tuple[Listing, ...]:
        """Every symbol with a published forecast that has not been scored at every horizon."""
        waiting = {f.symbol: f.exchange for f in self._forecasts.values() if self._open(f)}
        return tuple(Listing(symbol, exchange) for symbol, exchange in sorted(waiting.items()))

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Keep outcomes; one that is stored already stands."""
        for outcome in outcomes:
            self._outcomes.setdefault((outcome.symbol, outcome.origin, outcome.horizon), outcome)

    def outcomes(self, symbol: str, limit: int = 100) -> tuple[Outcome, ...]:
        """Outcomes of a symbol, newest target first, then nearest horizon first."""
        own = [outcome for outcome in self._outcomes.values() if outcome.symbol == symbol]
        return tuple(sorted(own, key=lambda outcome: (-outcome.target.toordinal(), outcome.horizon))[:limit])

    def _open(self, forecast: Forecast) -> tuple[int, ...]:
        horizons = range(1, len(forecast.targets) + 1)
        return tuple(h for h in horizons if (forecast.symbol, forecast.origin, h) not in self._outcomes)


class MemoryScorecardStore:
    """A `ScorecardStore` that lives as long as the process."""

    def __init__(self) -> None:
        self._cards: dict[ScorecardKey, Scorecard] = {}

    def find(self, key: ScorecardKey) -> Scorecard | None:
        """The scorecard that stands on exactly this, or None."""
        return self._cards.get(key)

    def keep(self, key: ScorecardKey, card: Scorecard) -> None:
        """Keep a scorecard in place of one of the same key; those of the symbol's older origins are deleted."""
        old = [each for each in self._cards if each.symbol == key.symbol and each.origin < key.origin]
        for each in old:
            del self._cards[each]
        self._cards[key] = card


class MemoryPriceStore:
    """A `PriceStore` that lives as long as the process."""

    def __init__(self) -> None:
        self._histories: dict[str, PriceHistory] = {}
        self._names: dict[str, SymbolMatch] = {}
        self._searches: dict[str, tuple[str, ...]] = {}

    def load(self, symbol: str) -> PriceHistory | None:
        """All stored sessions of a symbol, or None."""
        return self._histories.get(symbol)

    def newest(self, symbol: str) -> StoredPrices | None:
        """How far a symbol's stored prices go; None where there are none."""
        known = self._histories.get(symbol)
        if known is None:
            return None
        return StoredPrices(
            symbol=symbol,
            exchange=known.exchange,
            source=known.source,
            last_session=known.last_session,
            fetched_at=known.fetched_at,
            revision=known.revision,
            notes=known.notes,
        )

    def save(self, history: PriceHistory) -> None:
        """Make what is stored for the symbol equal to this."""
        self._histories[history.symbol] = history
        self.remember([SymbolMatch(history.symbol, history.name, history.exchange)])

    def symbols(self) -> tuple[str, ...]:
        """Every symbol with stored prices, in alphabetical order."""
        return tuple(sorted(self._histories))

    def remember(self, matches: Iterable[SymbolMatch], text: str = "") -> None:
        """Keep names, and the search that found them (in their order), so that its repetition needs no network."""
        found = tuple(matches)
        self._names.update((match.symbol, match) for match in found)
        if text.strip():
            self._searches[text.strip().lower()] = tuple(match.symbol for match in found)

    def searched(self, text: str) -> tuple[SymbolMatch, ...]:
        """What a search for this very text (in any case) found before; empty when it was never searched for."""
        return tuple(self._names[symbol] for symbol in self._searches.get(text.strip().lower(), ()))

    def find(self, text: str) -> tuple[SymbolMatch, ...]:
        """Up to 5 remembered symbols whose symbol or name holds the text; those that start with it come first."""
        wanted = text.strip().upper()
        matches = sorted(self._names.values(), key=lambda match: match.symbol) if wanted else []
        starts = [m for m in matches if m.symbol.startswith(wanted) or m.name.upper().startswith(wanted)]
        holds = [m for m in matches if m not in starts and (wanted in m.symbol or wanted in m.name.upper())]
        return tuple((starts + holds)[:MAX_MATCHES])


def _after(record: ModelRecord, symbol: str, active: str | None) -> ModelRecord:
    """A record after its symbol's active model has changed."""
    if record.symbol != symbol:
        return record
    if record.sha256 == active:
        return replace(record, state="active")
    return replace(record, state="retired") if record.state == "active" else record
