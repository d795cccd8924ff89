"""Through the whole pipeline, calibration and scorecard included: what comes later changes no bit of a forecast."""

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.evaluation.scorecard import make_scorecard
from forecasting.evaluation.walkforward import Schedule
from forecasting.model.artefact import base_artefact, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.prices.market_context import context_of
from forecasting.types.bars import MarketContext, PriceHistory
from tests.factories import price_history

SESSIONS = 420
SCHEDULE = Schedule(origins=10, step=5)


@cache
def model() -> ModelForecaster:
    """The base model, loaded once."""
    return ModelForecaster(load(base_artefact()))


def with_other_future(histories: tuple[PriceHistory, ...], seed: int, after: int) -> tuple[PriceHistory, ...]:
    """The same histories with every number after a row changed."""
    random = np.random.default_rng(seed)
    changed = []
    for history in histories:
        noise = np.exp(random.standard_normal(len(history)))
        noise[: after + 1] = 1.0
        prices = {name: getattr(history, name) * noise for name in ("open", "high", "low", "close", "volume")}
        changed.append(replace(history, **prices))
    return tuple(changed)


SYMBOL_AND_INDEX = tuple(price_history(name, SESSIONS, seed=seed) for seed, name in enumerate(("AAPL", "^GSPC")))


def context_in(both: tuple[PriceHistory, ...]) -> MarketContext | None:
    """What the symbol's closes knew of the index."""
    history, index = both
    return context_of(index, history)


@given(seed=st.integers(0, 10_000), origin=st.integers(249, SESSIONS - 2))
@settings(max_examples=6, deadline=None)
def test_a_forecast_is_the_same_whatever_comes_later(seed: int, origin: int) -> None:
    rows = np.array([origin])
    known = model().quantiles(SYMBOL_AND_INDEX[0], rows, context_in(SYMBOL_AND_INDEX))
    other = with_other_future(SYMBOL_AND_INDEX, seed, origin)
    np.testing.assert_array_equal(known, model().quantiles(other[0], rows, context_in(other)))
    cut = tuple(history.take(slice(origin + 1)) for history in SYMBOL_AND_INDEX)
    np.testing.assert_array_equal(known, model().quantiles(cut[0], rows, context_in(cut)))


def test_an_origin_of_a_walk_is_answered_as_if_it_were_the_last_day() -> None:
    rows = np.array([260, 333, SESSIONS - 1])
    context = context_in(SYMBOL_AND_INDEX)
    together = model().quantiles(SYMBOL_AND_INDEX[0], rows, context)
    for place, row in enumerate(rows):
        alone = model().quantiles(SYMBOL_AND_INDEX[0].take(slice(row + 1)), np.array([row]), context)
        np.testing.assert_array_equal(together[place], alone[0])


@given(seed=st.integers(0, 10_000))
@settings(max_examples=3, deadline=None)
def test_a_scorecard_is_the_same_whatever_comes_after_its_last_outcome(seed: int) -> None:
    last_outcome = SESSIONS - SCHEDULE.step
    other = with_other_future(SYMBOL_AND_INDEX, seed, last_outcome)
    cards = [
        make_scorecard(each[0], model(), model="d" * 64, context=context_in(each), schedule=SCHEDULE)
        for each in (SYMBOL_AND_INDEX, other)
    ]
    assert repr(cards[0]) == repr(cards[1])  # to the last digit; NaN does not equal itself
