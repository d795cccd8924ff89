"""What the network sees: bounded, free of units, and 0 where something is not known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.model.features import BOUND, feature_table
from forecasting.model.forecaster import outcomes
from forecasting.model.market_features import COLUMNS, MIN_MARKET_SESSIONS, aligned
from forecasting.model.quarterly import HORIZON_GROUPS, quarterly_features
from forecasting.model.volatility import close_volatility, log_returns
from tests.factories import market_context, price_history


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 500), volatility=st.sampled_from([1e-5, 0.01, 0.3]), rows=st.integers(2, 300))
def test_features_are_finite_and_bounded(seed: int, volatility: float, rows: int) -> None:
    table = feature_table(price_history(sessions=rows, seed=seed, daily_volatility=volatility))
    assert table.values.dtype == np.float32
    assert np.isfinite(table.values).all()
    assert np.abs(table.values).max() <= BOUND
    assert (table.volatility > 0).all()


def test_many_paths_at_once_give_what_each_gives_alone() -> None:
    histories = [price_history(sessions=120, seed=seed) for seed in range(3)]
    stacked = replace(
        histories[0],
        open=np.stack([h.open for h in histories]),
        high=np.stack([h.high for h in histories]),
        low=np.stack([h.low for h in histories]),
        close=np.stack([h.close for h in histories]),
        volume=np.stack([h.volume for h in histories]),
    )
    together = feature_table(stacked).values
    assert all(np.array_equal(together[row], feature_table(h).values) for row, h in enumerate(histories))


def test_a_large_move_echoes_a_quarter_later() -> None:
    close = price_history(sessions=300, seed=2, daily_volatility=0.005).close
    jumped = close * np.where(np.arange(300) >= 200, 1.2, 1.0)  # the move of session 200
    before, after = (
        list(quarterly_features(log_returns(c), close_volatility(log_returns(c)), np.ones(300)))
        for c in (close, jumped)
    )
    rises = [np.flatnonzero(new[205:] - old[205:] > 0.3) + 205 for old, new in zip(before, after, strict=True)]
    for (first, last), rows in zip(HORIZON_GROUPS, rises, strict=False):
        assert rows.tolist() == list(range(263 - last, 264 - first))


def test_what_came_of_a_session() -> None:
    history = price_history(sessions=60)
    table = feature_table(history)
    found = outcomes(history.close, table)
    expected = np.log(history.close[35] / history.close[30]) / (table.volatility[30] * np.sqrt(5))
    assert found[30, 4] == pytest.approx(expected)
    assert np.isnan(found[-1]).all()
    assert np.isfinite(found[39]).all()


def test_a_market_is_unknown_on_sessions_that_it_lacks() -> None:
    history = price_history(sessions=200)
    columns = aligned(market_context(history.take(slice(100))), history.sessions)
    assert columns is not None
    assert np.isfinite(columns.market_return[1:100]).all()
    assert np.isnan(columns.market_return[100:]).all()
    assert np.isnan(columns.dispersion).all()
    assert aligned(None, history.sessions) is None


def test_market_features_wait_until_enough_is_known() -> None:
    history = price_history(sessions=200)
    with_market = feature_table(history, aligned(market_context(history), history.sessions)).values
    alone = feature_table(history).values
    assert (alone[:, -COLUMNS:] == 0).all()
    assert np.array_equal(with_market[:, :-COLUMNS], alone[:, :-COLUMNS])
    return_columns, dispersion_columns = with_market[:, -COLUMNS:-2], with_market[:, -2:]
    assert (return_columns[:MIN_MARKET_SESSIONS] == 0).all()
    assert (return_columns[MIN_MARKET_SESSIONS:, -1] == 1).all()
    assert (dispersion_columns == 0).all()
