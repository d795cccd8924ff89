"""The use case: a symbol goes down, a published forecast comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import Final

import numpy as np

from forecasting.errors import ModelError, TooLittleHistory
from forecasting.evaluation.outcomes import outcome
from forecasting.evaluation.scorecard import make_scorecard
from forecasting.model.artefact import load
from forecasting.model.forecaster import ModelForecaster
from forecasting.ports import Calendar, Clock, ForecastStore, ModelStore, Prices
from forecasting.types import (
    MAX_HORIZON,
    MIN_SESSIONS,
    Forecast,
    ModelKind,
    Outcome,
    PriceHistory,
    PriceTrouble,
    Scorecard,
)

PAST_SHOWN: Final = 60
"""Sessions before the origin that a forecast carries, so that it can be drawn by itself."""
RETRAIN_AFTER: Final = timedelta(days=90)
"""A symbol's model is tried anew this long after the last attempt."""
BEHIND_LIMIT: Final = 30
"""Sessions behind are counted up to this many; more is simply old."""
MODELS_IN_MEMORY: Final = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """A forecast with what a reader has to know about the prices it stands on."""

    forecast: Forecast
    trouble: PriceTrouble | None  # why the prices are not newer
    sessions_behind: int  # closed sessions since the origin, at most 30


@dataclass(frozen=True, slots=True)
class _Voice:
    """The model that answers for a symbol."""

    sha256: str
    kind: ModelKind
    forecaster: ModelForecaster
    trained_to: date | None  # the last session its training saw


class ForecastService:
    """Answers with forecasts, scorecards and outcomes; every method blocks and may be called from any thread."""

    def __init__(
        self,
        *,
        prices: Prices,
        calendar: Calendar,
        models: ModelStore,
        forecasts: ForecastStore,
        base: bytes,
        clock: Clock,
    ) -> None:
        """Take the walls; `base` is the artefact that answers where a symbol has no model of its own."""
        self._prices = prices
        self._calendar = calendar
        self._models = models
        self._forecasts = forecasts
        self._base = base
        self._base_sha256 = sha256(base).hexdigest()
        self._clock = clock
        self._computing = Lock()  # forecasts keep both cores busy: two at once would only slow each other
        self._forecaster: Callable[[str], ModelForecaster] = lru_cache(MODELS_IN_MEMORY)(self._load)

    def predict(self, symbol: str) -> Answer:
        """The published forecast for the symbol's newest session, made now if there is none.

        Raises:
            FanchartError: an `UnknownSymbol`, `PriceError` or `ModelError` says what stands in the way.
        """
        prices = self._prices.latest(symbol)
        history = prices.history
        voice = self._voice(history.symbol)
        forecast = self._stored(history, voice)
        if forecast is None:
            with self._computing:
                forecast = self._stored(history, voice) or self._forecasts.publish(self._make(history, voice))
        return Answer(forecast, prices.trouble, self._sessions_behind(history))

    def evaluate(self, symbol: str) -> Scorecard:
        """A full walk-forward scorecard, GJR-GARCH-t included, which takes some seconds.

        Raises:
            TooLittleHistory: there are no past origins to score.
            ModelError: the model's training saw every origin there is.
            FanchartError: as for `predict`.
        """
        history = self._prices.latest(symbol).history
        needed = MIN_SESSIONS + MAX_HORIZON
        if len(history) < needed:
            raise TooLittleHistory(history.symbol, len(history), needed)
        scorecard = self._scorecard(history, self._voice(history.symbol), with_garch=True)
        if scorecard is None:
            raise ModelError(f"The model of {history.symbol} saw every past session.", "Wait for newer sessions.")
        return scorecard

    def score_due(self, symbol: str) -> tuple[Outcome, ...]:
        """Score every published forecast whose day has come, and return the new outcomes, oldest first.

        Raises:
            FanchartError: as for `predict`.
        """
        waiting = self._forecasts.unscored(symbol)
        if not waiting:
            return ()
        history = self._prices.latest(symbol).history
        found = (outcome(forecast, horizon, history) for forecast, horizons in waiting for horizon in horizons)
        outcomes = tuple(sorted((o for o in found if o), key=lambda o: (o.target, o.horizon)))
        self._forecasts.record(outcomes)
        return outcomes

    def outcomes(self, symbol: str, limit: int = 100) -> tuple[Outcome, ...]:
        """How the published forecasts of a symbol did, newest target first."""
        return self._forecasts.outcomes(symbol, limit)

    def active_artefact(self, symbol: str) -> bytes:
        """The bytes of the model that answers for a symbol, which a candidate has to beat.

        Raises:
            ModelError: the stored model cannot be read.
        """
        record = self._models.active(symbol)
        return self._models.artefact(record.sha256) if record else self._base

    def wants_training(self, symbol: str) -> bool:
        """Whether the symbol was never trained for, or not for 90 days, or only on an older adjustment."""
        past = [record for record in self._models.past(symbol) if not record.older_adjustment]
        return not past or self._clock() - past[0].created_at > RETRAIN_AFTER

    def _voice(self, symbol: str) -> _Voice:
        record = self._models.active(symbol)
        if record is None:
            return _Voice(self._base_sha256, "base", self._forecaster(self._base_sha256), None)
        return _Voice(record.sha256, record.kind, self._forecaster(record.sha256), record.trained_to)

    def _load(self, digest: str) -> ModelForecaster:
        artefact = self._base if digest == self._base_sha256 else self._models.artefact(digest)
        return ModelForecaster(load(artefact))

    def _stored(self, history: PriceHistory, voice: _Voice) -> Forecast | None:
        return self._forecasts.find(history.symbol, history.last_session, voice.sha256)

    def _make(self, history: PriceHistory, voice: _Voice) -> Forecast:
        past = history.rows(slice(-PAST_SHOWN, None))
        origin = history.last_session
        quantiles = voice.forecaster.quantiles(history, np.array([len(history) - 1]), self._prices.context())
        return Forecast(
            symbol=history.symbol,
            name=history.name,
            currency=history.currency,
            exchange=history.exchange,
            source=history.source,
            notes=history.notes,
            origin=origin,
            past_sessions=tuple(past.sessions.astype(object)),
            past_closes=tuple(past.close.tolist()),
            targets=self._calendar.next_sessions(history.exchange, origin, MAX_HORIZON),
            prices=quantiles[0],
            model=voice.sha256,
            model_kind=voice.kind,
            scorecard=self._scorecard(history, voice, with_garch=False),
            made_at=self._clock(),
        )

    def _scorecard(self, history: PriceHistory, voice: _Voice, *, with_garch: bool) -> Scorecard | None:
        return make_scorecard(
            history,
            voice.forecaster,
            model=voice.sha256,
            context=self._prices.context(),
            with_garch=with_garch,
            trained_to=voice.trained_to,
        )

    def _sessions_behind(self, history: PriceHistory) -> int:
        newest = self._calendar.last_closed_session(history.exchange, self._clock())
        ahead = self._calendar.next_sessions(history.exchange, history.last_session, BEHIND_LIMIT)
        return sum(session <= newest for session in ahead)
