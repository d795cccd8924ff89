"""Promotion: a candidate answers only where it beats the active model on windows that it never saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from forecasting.evaluation.metrics import crps
from forecasting.evaluation.significance import diebold_mariano
from forecasting.known_past import credible
from forecasting.model.artefact import Artefact
from forecasting.model.forecaster import ModelForecaster
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory, SessionArray
from forecasting.types.job_records import Promotion
from forecasting.types.quantile_forecast import MAX_HORIZON
from forecasting.types.scorecards import SCORED_HORIZONS

HELD_OUT: Final = 250
"""Newest sessions that a candidate is not trained on, at most a quarter of a history."""
STEP: Final = 5
"""Sessions between two windows."""
MIN_WINDOWS: Final = 20
"""With fewer windows no candidate is promoted."""
SIGNIFICANCE: Final = 0.1
"""Largest p-value, two-sided, at which a better candidate is promoted."""


@dataclass(frozen=True, slots=True)
class Holdout:
    """One symbol's history, with the first row that a candidate never saw."""

    history: PriceHistory
    unseen: int
    context: MarketContext | None = None

    @property
    def seen(self) -> PriceHistory:
        """What a candidate may be trained on, outcomes included."""
        return self.history.take(slice(self.unseen))

    @property
    def origins(self) -> IndexArray:
        """Origins of the test windows: purged by the longest horizon, and each with its outcomes in the history."""
        return np.arange(self.unseen + MAX_HORIZON, len(self.history) - MAX_HORIZON, STEP)


def hold_out(history: PriceHistory, context: MarketContext | None = None) -> Holdout:
    """Hold the newest sessions of a history back; closes that look wrong are neither learned from nor scored on."""
    usable = credible(history)
    return Holdout(usable, len(usable) - min(HELD_OUT, len(usable) // 4), context)


def decide(candidate: Artefact, active: Artefact, holdouts: Sequence[Holdout]) -> Promotion:
    """Compare both models, calibrated as they would answer; symbols that share a session count as one window.

    The loss of a window is the CRPS against the close, over the root of the horizon, averaged over the scored horizons.
    """
    losses = [_losses(candidate, active, holdout) for holdout in holdouts if len(holdout.origins)]
    sessions, pairs = _by_session(losses)
    windows = len(sessions)
    new, old = pairs.mean(axis=0) if windows else (np.nan, np.nan)
    p_value = diebold_mariano(pairs[:, 0], pairs[:, 1], MAX_HORIZON, STEP).p_value if windows >= MIN_WINDOWS else np.nan
    return Promotion(
        promoted=bool(new < old and p_value <= SIGNIFICANCE),
        windows=windows,
        candidate_crps=float(new),
        active_crps=float(old),
        p_value=p_value,
        reason=_reason(new / old - 1, p_value, windows),
    )


def mean_loss(model: Artefact, holdouts: Sequence[Holdout]) -> float:
    """Mean loss of one model over the windows of all holdouts."""
    losses = [window_losses(model, holdout) for holdout in holdouts if len(holdout.origins)]
    return float(np.concatenate(losses).mean()) if losses else float("nan")


def window_losses(model: Artefact, holdout: Holdout) -> FloatArray:
    """Loss of a model on each window of a holdout, shape (windows,)."""
    ahead, rows = np.array(SCORED_HORIZONS), holdout.origins
    quantiles = ModelForecaster(model).quantiles(holdout.history, rows, holdout.context)[:, ahead - 1]
    unit = holdout.history.close[rows, None] * np.sqrt(ahead)
    return np.asarray((crps(holdout.history.close[rows[:, None] + ahead], quantiles) / unit).mean(axis=1))


def _losses(candidate: Artefact, active: Artefact, holdout: Holdout) -> tuple[SessionArray, FloatArray]:
    """Sessions of the windows, and each window's loss under both models, shape (windows, 2)."""
    both = [window_losses(model, holdout) for model in (candidate, active)]
    return holdout.history.sessions[holdout.origins], np.stack(both, axis=1)


def _by_session(losses: Sequence[tuple[SessionArray, FloatArray]]) -> tuple[SessionArray, FloatArray]:
    """Mean losses of the symbols on each session, in time order."""
    if not losses:
        return np.empty(0, "datetime64[D]"), np.empty((0, 2))
    sessions, place = np.unique(np.concatenate([s for s, _ in losses]), return_inverse=True)
    pairs = np.concatenate([pair for _, pair in losses])
    total = np.stack([np.bincount(place, pairs[:, column]) for column in range(2)], axis=1)
    return sessions, total / np.bincount(place)[:, None]


def _reason(change: float, p_value: float, windows: int) -> str:
    if windows < MIN_WINDOWS:
        return f"Too little history to tell: {windows} unseen windows, {MIN_WINDOWS} are needed."
    if not change < 0:
        return f"No better than the active model on {windows} unseen windows ({change:+.1%} CRPS), so that one stays."
    if p_value <= SIGNIFICANCE:
        return f"Better than the active model on {windows} unseen windows ({change:+.1%} CRPS, p = {p_value:.2f})."
    return f"Better on {windows} unseen windows, but perhaps by chance ({change:+.1%} CRPS, p = {p_value:.2f})."
