"""From a walk-forward evaluation to a scorecard."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Final, Literal

import numpy as np

from forecasting.baselines.drift import Drift, Naive
from forecasting.baselines.ewma import EwmaBand, VolatilityBand
from forecasting.baselines.history import HistoricalQuantiles
from forecasting.evaluation import metrics
from forecasting.evaluation.significance import diebold_mariano
from forecasting.evaluation.walkforward import (
    DEFAULT_SCHEDULE,
    Run,
    Schedule,
    WalkForward,
    scored_rows,
    walk_forward,
)
from forecasting.known_past import WithKnownPast
from forecasting.ports import Forecaster
from forecasting.types.bars import FloatArray, MarketContext, PriceHistory, SessionArray
from forecasting.types.quantile_forecast import MEDIAN
from forecasting.types.scorecards import Comparison, Score, Scorecard, ScorecardKey

MODEL: Final = "model"
"""What the evaluated forecaster is called in a scorecard; every other run is a baseline."""
VERSION: Final = 4
"""Goes up whenever a scorecard of the same prices would come out otherwise, a baseline's figures included."""

_LOSSES: Final[tuple[tuple[Literal["crps", "squared error"], metrics.Loss], ...]] = (
    ("crps", metrics.crps),
    ("squared error", metrics.squared_error),
)


def make_scorecard(
    history: PriceHistory,
    forecaster: Forecaster,
    *,
    model: str,
    context: MarketContext | None = None,
    with_garch: bool = False,
    trained_to: date | None = None,
    schedule: Schedule = DEFAULT_SCHEDULE,
) -> Scorecard | None:
    """Score a forecaster named "model" on past origins of one symbol, beside the baselines.

    `model` is the SHA-256 of its artefact; `trained_to` the last session that its training saw, None for simulated
    markets only. GJR-GARCH-t costs about a second, the other baselines together less than a tenth. A short history is
    scored on fewer origins; None where there is no origin that the model did not see.
    """
    rows = scored_rows(history, trained_to, schedule)
    if not len(rows):
        return None
    return scorecard(
        walk_forward(history, (forecaster, *baselines(with_garch=with_garch)), rows, schedule, context), model
    )


def scorecard_key(history: PriceHistory, model: str, context: MarketContext | None) -> ScorecardKey:
    """What a scorecard stands on; what the market did after the origin is no part of it."""
    prices = (history.open, history.high, history.low, history.close, history.volume)
    market: list[FloatArray | SessionArray] = []
    if context is not None:
        known = context.sessions <= history.sessions[-1]
        market = [getattr(context, column.name)[known] for column in fields(context)]
    return ScorecardKey(
        symbol=history.symbol,
        origin=history.last_session,
        model=model,
        prices=_fingerprint(history.sessions, *prices),
        context=_fingerprint(*market) if market else "",
        version=VERSION,
    )


def _fingerprint(*columns: FloatArray | SessionArray) -> str:
    """SHA-256 of the columns' bytes, little-endian, whatever the machine."""
    digest = sha256()
    for column in columns:
        digest.update(column.astype("<i8" if column.dtype.kind == "M" else "<f8").tobytes())
    return digest.hexdigest()


def baselines(*, with_garch: bool) -> tuple[Forecaster, ...]:
    """The baselines that a scorecard shows, the costly one only where it is asked for; each reads what was known."""
    found: tuple[Forecaster, ...] = (Naive(), Drift(), VolatilityBand(), HistoricalQuantiles(), EwmaBand())
    if with_garch:
        from forecasting.baselines.garch import GjrGarch  # noqa: PLC0415 - arch takes 60 MB and most of a second

        found = *found, GjrGarch()
    return tuple(WithKnownPast(baseline) for baseline in found)


def scorecard(walk: WalkForward, model: str) -> Scorecard:
    """Scores of every run of a walk-forward evaluation, and the model's comparisons with each baseline."""
    model_run = next(run for run in walk.runs if run.forecaster == MODEL)
    baseline_runs = (run for run in walk.runs if run is not model_run)
    first, last = walk.origins[[0, -1]].astype(object)
    return Scorecard(
        symbol=walk.symbol,
        model=model,
        first_origin=first,
        last_origin=last,
        scores=tuple(_score(walk, run, column) for run in walk.runs for column in range(len(walk.horizons))),
        comparisons=tuple(each for baseline in baseline_runs for each in _comparisons(walk, model_run, baseline)),
    )


def relative(walk: WalkForward, run: Run) -> tuple[FloatArray, FloatArray]:
    """Outcomes (origins, horizons) and quantiles (origins, horizons, 21) in units of the close at each origin."""
    return walk.outcomes / walk.closes[:, None], run.quantiles / walk.closes[:, None, None]


def _score(walk: WalkForward, run: Run, column: int) -> Score:
    """One run at one horizon (a column of the walk)."""
    all_outcomes, all_quantiles = relative(walk, run)
    outcomes, quantiles = all_outcomes[:, column], all_quantiles[:, column]
    mse = float(metrics.squared_error(outcomes, quantiles).mean())
    mae = float(metrics.absolute_error(outcomes, quantiles).mean())
    return Score(
        forecaster=run.forecaster,
        horizon=walk.horizons[column],
        origins=len(outcomes),
        mse=mse,
        rmse=mse**0.5,
        mae=mae,
        mape=float(metrics.percentage_error(outcomes, quantiles).mean()),
        mase=mae / walk.naive_error if walk.naive_error > 0 else float("nan"),
        hit_rate=metrics.hit_rate(outcomes, quantiles[:, MEDIAN], np.ones_like(outcomes)),
        crps=float(metrics.crps(outcomes, quantiles).mean()),
        winkler_80=float(metrics.winkler(outcomes, quantiles, 0.8).mean()),
        coverage_50=float(metrics.inside(outcomes, quantiles, 0.5).mean()),
        coverage_80=float(metrics.inside(outcomes, quantiles, 0.8).mean()),
        coverage_95=float(metrics.inside(outcomes, quantiles, 0.95).mean()),
    )


def _comparisons(walk: WalkForward, model_run: Run, baseline: Run) -> Iterator[Comparison]:
    """The model against one baseline, under every loss and at every horizon."""
    outcomes, model = relative(walk, model_run)
    _, other = relative(walk, baseline)
    for name, loss in _LOSSES:
        model_loss, other_loss = loss(outcomes, model), loss(outcomes, other)
        for column, horizon in enumerate(walk.horizons):
            a, b = model_loss[:, column], other_loss[:, column]
            p_value = diebold_mariano(a, b, horizon, walk.step).p_value
            yield Comparison(baseline.forecaster, horizon, name, skill(float(a.mean()), float(b.mean())), p_value)


def skill(loss: float, baseline_loss: float) -> float:
    """1 - loss / the baseline's loss; NaN where the baseline lost nothing."""
    return 1 - loss / baseline_loss if baseline_loss > 0 else float("nan")
