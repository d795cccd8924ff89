"""Scorecards: every number from its definition, comparisons with the baselines, and short histories."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest

from forecasting.baselines.drift import Naive
from forecasting.baselines.ewma import EwmaBand
from forecasting.evaluation import metrics
from forecasting.evaluation.scorecard import make_scorecard, scorecard, skill
from forecasting.evaluation.significance import diebold_mariano
from forecasting.evaluation.walkforward import Schedule, origin_rows, walk_forward
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import MEDIAN
from forecasting.types.scorecards import SCORED_HORIZONS
from tests.factories import price_history

MODEL = EwmaBand(name="model", decay=0.97)
SHA256 = "c" * 64


@dataclass(frozen=True, slots=True)
class Seer:
    """A cheat that knows the close to come: its errors are nothing, its direction always right."""

    name: str = "model"

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        del context
        come = history.close[origins[:, None] + np.arange(1, 21)]
        return np.repeat(come[:, :, None], 21, axis=2)


def test_a_score_holds_what_its_words_say() -> None:
    history = price_history(sessions=900)
    rows = origin_rows(900)
    card = make_scorecard(history, MODEL, model=SHA256)
    assert card is not None
    found = card.score("model", 5)
    assert found is not None
    close = history.close[rows]
    outcomes = history.close[rows + 5] / close
    quantiles = MODEL.quantiles(history, rows)[:, 4] / close[:, None]
    errors = outcomes - quantiles[:, MEDIAN]
    before = history.close[: rows[0] + 1]
    assert found.origins == 100
    assert found.mse == pytest.approx(np.mean(errors**2))
    assert found.rmse == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert found.mae == pytest.approx(np.mean(np.abs(errors)))
    assert found.mape == pytest.approx(100 * np.mean(np.abs(errors) / outcomes))
    assert found.mase == pytest.approx(found.mae / np.mean(np.abs(before[1:] / before[:-1] - 1)))
    assert found.crps == pytest.approx(metrics.crps(outcomes, quantiles).mean())
    assert found.coverage_80 == pytest.approx(np.mean((quantiles[:, 2] <= outcomes) & (outcomes <= quantiles[:, 18])))
    assert found.winkler_80 == pytest.approx(metrics.winkler(outcomes, quantiles, 0.8).mean())
    assert np.isnan(found.hit_rate)


def test_it_names_model_symbol_and_origins_and_scores_everybody() -> None:
    history = price_history("MSFT", sessions=900)
    card = make_scorecard(history, MODEL, model=SHA256)
    assert card is not None
    rows = origin_rows(900)
    assert (card.symbol, card.model) == ("MSFT", SHA256)
    assert (card.first_origin, card.last_origin) == tuple(history.sessions[rows[[0, -1]]].astype(object))
    names = ["model", "naive", "drift", "volatility band", "historical quantiles", "ewma band"]
    assert [(s.forecaster, s.horizon) for s in card.scores] == [(n, h) for n in names for h in SCORED_HORIZONS]
    assert len(card.comparisons) == 5 * 2 * 4


def test_comparisons_are_skill_and_diebold_mariano() -> None:
    history = price_history(sessions=900)
    schedule = Schedule(60, 5, (10,))
    rows = origin_rows(900, schedule)
    card = make_scorecard(history, MODEL, model=SHA256, schedule=schedule)
    assert card is not None
    close = history.close[rows]
    outcomes = history.close[rows + 10] / close
    ours = metrics.crps(outcomes, MODEL.quantiles(history, rows)[:, 9] / close[:, None])
    theirs = metrics.crps(outcomes, EwmaBand().quantiles(history, rows)[:, 9] / close[:, None])
    found = card.comparison("ewma band", 10, "crps")
    assert found is not None
    assert found.skill == pytest.approx(1 - ours.mean() / theirs.mean())
    assert found.p_value == pytest.approx(diebold_mariano(ours, theirs, 10, 5).p_value)


def test_who_knows_the_future_wins_everything() -> None:
    card = make_scorecard(price_history(sessions=900), Seer(), model=SHA256)
    assert card is not None
    for horizon in SCORED_HORIZONS:
        found = card.score("model", horizon)
        against = card.comparison("naive", horizon, "squared error")
        assert found is not None
        assert against is not None
        assert (found.mse, found.crps, found.hit_rate, found.coverage_50) == (0, 0, 1, 1)
        assert against.skill == 1
        assert against.p_value < 0.01


def test_garch_joins_where_it_is_asked_for() -> None:
    history = price_history(sessions=400)
    card = make_scorecard(history, MODEL, model=SHA256, with_garch=True, schedule=Schedule(3, 5))
    assert card is not None
    assert card.score("gjr-garch-t", 20) is not None


def test_a_short_history_is_scored_on_the_origins_it_has() -> None:
    card = make_scorecard(price_history(sessions=350), MODEL, model=SHA256)
    assert card is not None
    assert {score.origins for score in card.scores} == {16}


def test_without_an_origin_there_is_no_scorecard() -> None:
    assert make_scorecard(price_history(sessions=260), MODEL, model=SHA256) is None


def test_origins_that_the_training_saw_are_left_out() -> None:
    history = price_history(sessions=900)
    trained_to: date = history.sessions[780].astype(object)
    card = make_scorecard(history, MODEL, model=SHA256, trained_to=trained_to)
    assert card is not None
    assert card.first_origin > trained_to
    assert {score.origins for score in card.scores} == {19}
    assert make_scorecard(history, MODEL, model=SHA256, trained_to=history.last_session) is None


def test_nothing_after_the_last_outcome_touches_a_scorecard() -> None:
    history = price_history(sessions=900)
    schedule = Schedule(40, 5)
    card = make_scorecard(history, MODEL, model=SHA256, schedule=schedule)
    closes = history.close.copy()
    closes[-4:] *= 2  # the last origin is row 875, its last outcome row 895
    again = make_scorecard(replace(history, close=closes), MODEL, model=SHA256, schedule=schedule)
    assert repr(again) == repr(card)  # to the last digit; NaN does not equal itself


def test_a_price_that_never_moves_divides_by_nothing() -> None:
    history = price_history(sessions=400)
    still = replace(history, close=np.full(400, 5.0))
    card = scorecard(walk_forward(still, (MODEL, Naive()), origin_rows(400)), SHA256)
    found = card.score("model", 1)
    assert found is not None
    assert found.crps == 0
    assert np.isnan(found.mase)
    assert all(np.isnan(each.skill) and np.isnan(each.p_value) for each in card.comparisons)


def test_skill_is_what_is_saved_of_the_baselines_loss() -> None:
    assert skill(0.9, 1.0) == pytest.approx(0.1)
    assert skill(1.2, 1.0) == pytest.approx(-0.2)
    assert np.isnan(skill(0.0, 0.0))
