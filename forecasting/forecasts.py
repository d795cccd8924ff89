"""The use case: a symbol goes down, a published forecast comes back."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Final

import numpy as np

from forecasting.active_models import ActiveModel, ActiveModels
from forecasting.errors import (
    ModelError,
    NoLongerTraded,
    SearchUnavailable,
    StalePrices,
    StorageError,
    TooLittleHistory,
)
from forecasting.evaluation.outcomes import outcome
from forecasting.evaluation.scorecard import MODEL, make_scorecard, scorecard_key
from forecasting.evaluation.walkforward import KnownQuantiles, min_sessions, scored_rows
from forecasting.known_past import credible, recent_past
from forecasting.ports import Calendar, Clock, ForecastStore, Market, Prices, ScorecardStore
from forecasting.prices.renewal import SIMULATED, STATIC
from forecasting.single_flight import SingleFlight
from forecasting.suspicious_closes import unposted_splits
from forecasting.types.bars import MarketContext, PriceAnswer, PriceHistory, PriceTrouble, StoredPrices, SymbolMatch
from forecasting.types.quantile_forecast import MAX_HORIZON, Forecast, ForecastKey
from forecasting.types.scorecards import Outcome, Scorecard, ScorecardKey

RETRAIN_AFTER: Final = timedelta(days=90)
"""A symbol's model is tried anew this long after the last attempt."""
BEHIND_LIMIT: Final = 30
"""Sessions behind are counted up to this many; more is simply old."""
AT_A_TIME: Final = min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
"""Forecasts computed at once: one a core, and at most 4, since the network's recurrence holds Python's lock."""

GONE_AFTER: Final = MappingProxyType({"unknown": 5, "old": MAX_HORIZON})
"""Sessions behind from which on a symbol is no longer traded: soon where its source has forgotten it; where the source
still serves old prices, once all that a forecast would be of has passed, since trading may be halted for days."""
_AWAITED: Final = timedelta(hours=12)
"""So long after a session's close its price may still come: until then a forecast of it is not of the past."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A forecast with what a reader has to know about the prices it stands on."""

    forecast: Forecast
    trouble: PriceTrouble | None  # why the prices are not newer
    sessions_behind: int  # closed sessions since the origin, at most 30
    data_notes: tuple[str, ...] = ()  # what the checks say of the prices now

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say about the data: of the prices as they are now, and of the forecast."""
        return tuple(dict.fromkeys((*self.data_notes, *self.forecast.notes)))


class ForecastService:
    """Answers with forecasts, scorecards and outcomes; every method blocks and may be called from any thread."""

    def __init__(
        self,
        *,
        prices: Prices,
        market: Market,
        calendar: Calendar,
        models: ActiveModels,
        forecasts: ForecastStore,
        scorecards: ScorecardStore,
        clock: Clock,
        at_a_time: int = AT_A_TIME,
    ) -> None:
        """Inject the dependencies; `at_a_time` forecasts are computed at once."""
        self._prices = prices
        self._market = market
        self._calendar = calendar
        self._models = models
        self._forecasts = forecasts
        self._scorecards = scorecards
        self._clock = clock
        self._predicting: SingleFlight[Forecast] = SingleFlight()
        self._evaluating: SingleFlight[Scorecard] = SingleFlight()
        self._forecast_slots = BoundedSemaphore(at_a_time)
        self._evaluation_slot = BoundedSemaphore(1)  # they take longest: a forecast never waits behind one

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        """The published forecast for the symbol's newest session, made now if there is none.

        `horizon` is how many sessions ahead people are going to read it: that day must not have passed.

        Raises:
            StalePrices: it has, and nothing newer came.
            NoLongerTraded: the symbol's prices ended too long ago.
            FanchartError: an `UnknownSymbol`, `PriceError` or `ModelError` says what stands in the way.
        """
        return self._stored_answer(symbol, horizon) or self._computed_answer(symbol, horizon)

    def evaluate(self, symbol: str) -> Scorecard:
        """A full walk-forward scorecard, GJR-GARCH-t included, which takes some seconds once and is stored.

        Raises:
            TooLittleHistory: there are no past origins to score.
            ModelError: the model's training saw every origin there is.
            FanchartError: as for `predict`.
        """
        history = self._prices.latest(symbol).history
        if len(history) < min_sessions():
            raise TooLittleHistory(history.symbol, len(history), min_sessions())
        model, context = self._models.of(history.symbol), self._market.context(history)
        key = scorecard_key(history, model.sha256, context)
        return self._scorecards.find(key) or self._evaluating.run(
            key, lambda: self._evaluated(key, history, model, context)
        )

    def score_due(self, symbol: str) -> tuple[Outcome, ...]:
        """Score every published forecast whose day has come, and return the new outcomes, oldest first.

        A close that looks wrong is no outcome: a doubted one is one as soon as the next session has confirmed it, or
        30 sessions later where it looks like a split that is not posted yet, since an outcome is never changed.

        Raises:
            FanchartError: as for `predict`.
        """
        waiting = self._forecasts.unscored(symbol)
        if not waiting:
            return ()
        history = credible(self._prices.latest(symbol).history)
        splits = unposted_splits(history)
        found = (outcome(forecast, horizon, history, splits) for forecast, horizons in waiting for horizon in horizons)
        outcomes = tuple(sorted((o for o in found if o), key=lambda o: (o.target, o.horizon)))
        self._forecasts.record(outcomes)
        return outcomes

    def outcomes(self, symbol: str, limit: int = 100) -> tuple[Outcome, ...]:
        """How the published forecasts of a symbol did, newest target first."""
        return self._forecasts.outcomes(symbol, limit)

    def wants_training(self, symbol: str) -> bool:
        """Whether the symbol was never trained for, or not for 90 days, or only on an older adjustment."""
        last = self._models.last_trained(symbol)
        return last is None or self._clock() - last > RETRAIN_AFTER

    def _stored_answer(self, symbol: str, horizon: int | None) -> Answer | None:
        """The published forecast on the newest prices, where both are at hand; it reads no bars."""
        prices = self._prices.fresh(symbol)
        forecast = self._stored(prices) if prices else None
        if prices is None or forecast is None or self._has_passed(prices, horizon):
            return None
        return Answer(forecast, None, self._sessions_behind(prices), prices.notes)

    def _stored(self, prices: StoredPrices) -> Forecast | None:
        """With the market; one without it only while the market is not known: then a better one can be made."""
        found = self._forecasts.best(_key(prices, self._models.of(prices.symbol), market=True))
        return None if found and not found.market and self._market.is_known(prices) else found

    def _computed_answer(self, symbol: str, horizon: int | None) -> Answer:
        """The forecast on the newest prices that can be had."""
        prices = self._new_enough(symbol, horizon)
        history = prices.history
        model = self._models.of(history.symbol)
        context = self._market.context(history)
        key = _key(history, model, market=context is not None)
        forecast = self._predicting.run(
            key, lambda: self._forecasts.find(key) or self._published(history, model, context)
        )
        return Answer(forecast, prices.trouble, self._sessions_behind(history), history.notes)

    def _new_enough(self, symbol: str, horizon: int | None) -> PriceAnswer:
        """Prices whose session `horizon` sessions on is ahead; those that are on their way are waited for otherwise.

        Raises:
            StalePrices: it has passed.
            NoLongerTraded: the prices ended too long ago.
        """
        prices = self._prices.latest(symbol)
        if self._has_passed(prices.history, horizon) and prices.trouble and prices.trouble.cause == "renewing":
            prices = self._prices.renewed(symbol)
        history, cause = prices.history, prices.trouble.cause if prices.trouble else ""
        behind = self._sessions_behind(history)
        if prices.trouble and behind >= GONE_AFTER.get(cause, BEHIND_LIMIT + 1):
            raise NoLongerTraded(history, self._matches(history))
        if horizon is not None and self._has_passed(history, horizon):
            matches = self._matches(history) if cause == "unknown" else ()
            raise StalePrices(history, horizon, behind, prices.trouble, matches)
        return prices

    def _has_passed(self, prices: PriceHistory | StoredPrices, horizon: int | None) -> bool:
        """Whether a live source should have told the close `horizon` sessions after its newest one long ago."""
        if horizon is None or prices.source in {SIMULATED, *STATIC}:
            return False
        target = self._calendar.next_sessions(prices.exchange, prices.last_session, horizon)[-1]
        return target <= self._calendar.last_closed_session(prices.exchange, self._clock() - _AWAITED)

    def _matches(self, history: PriceHistory) -> tuple[SymbolMatch, ...]:
        """What a symbol that is no longer traded may be called now, by its name."""
        try:
            found = self._prices.search(history.name)
        except SearchUnavailable as error:
            found = error.matches
        return tuple(match for match in found if match.symbol != history.symbol)

    def _published(self, history: PriceHistory, model: ActiveModel, context: MarketContext | None) -> Forecast:
        """The forecast, made and published now."""
        with self._forecast_slots:
            return self._forecasts.publish(self._made(history, model, context))

    def _made(self, history: PriceHistory, model: ActiveModel, context: MarketContext | None) -> Forecast:
        """A forecast with its scorecard: the network runs once for both over what is read of the history."""
        past = recent_past(history)
        origin = history.last_session
        targets = self._calendar.next_sessions(history.exchange, origin, MAX_HORIZON)
        rows = np.append(scored_rows(history, model.trained_to), len(history) - 1)
        known = KnownQuantiles(MODEL, rows, model.forecaster.quantiles(history, rows, context))
        return Forecast(
            symbol=history.symbol,
            name=history.name,
            currency=history.currency,
            exchange=history.exchange,
            source=history.source,
            notes=(*past.notes, *_unknown_holidays(self._calendar.known_until(history.exchange), targets)),
            origin=origin,
            past_sessions=tuple(past.history.sessions.astype(object)),
            past_closes=tuple(past.history.close.tolist()),
            targets=targets,
            prices=known.values[-1],
            model=model.sha256,
            model_kind=model.kind,
            revision=history.revision,
            market=context is not None,
            scorecard=make_scorecard(history, known, model=model.sha256, trained_to=model.trained_to),
            made_at=self._clock(),
            doubted=past.doubted,
        )

    def _evaluated(
        self, key: ScorecardKey, history: PriceHistory, model: ActiveModel, context: MarketContext | None
    ) -> Scorecard:
        """The scorecard, made and stored now unless somebody did a moment ago."""
        with self._evaluation_slot:
            stored = self._scorecards.find(key)
            if stored is not None:
                return stored
            trained_to = model.trained_to
            card = make_scorecard(
                history, model.forecaster, model=key.model, context=context, with_garch=True, trained_to=trained_to
            )
            if card is None:
                raise ModelError(f"The model of {key.symbol} saw every past session.", "Wait for newer sessions.")
            try:
                self._scorecards.keep(key, card)
            except StorageError as error:  # it is true all the same
                _log.warning("a scorecard could not be stored: %s", error)
            return card

    def _sessions_behind(self, prices: PriceHistory | StoredPrices) -> int:
        newest = self._calendar.last_closed_session(prices.exchange, self._clock())
        ahead = self._calendar.next_sessions(prices.exchange, prices.last_session, BEHIND_LIMIT)
        return sum(session <= newest for session in ahead)


def _key(prices: PriceHistory | StoredPrices, model: ActiveModel, *, market: bool) -> ForecastKey:
    """What a forecast on these prices stands on."""
    return ForecastKey(prices.symbol, prices.last_session, model.sha256, prices.revision, market)


def _unknown_holidays(known_until: date | None, targets: Sequence[date]) -> tuple[str, ...]:
    """A note where a target lies beyond the days whose holidays are known: its session may be another."""
    if known_until is None or targets[-1] <= known_until:
        return ()
    return (f"holidays after {known_until:%-d %b %Y} are not known yet",)
