"""Scores a published forecast against its outcome."""

from datetime import date
from typing import Final

import numpy as np

from forecasting.evaluation.metrics import crps
from forecasting.types.bars import PriceHistory, SessionArray
from forecasting.types.quantile_forecast import BANDS, Forecast
from forecasting.types.scorecards import Outcome

NO_SESSIONS: Final[SessionArray] = np.empty(0, "datetime64[D]")


def outcome(
    forecast: Forecast, horizon: int, history: PriceHistory, unposted_splits: SessionArray = NO_SESSIONS
) -> Outcome | None:
    """How a forecast did `horizon` sessions ahead; None while its day has not come, or where prices lack it.

    The move is measured on the history's own adjustment and applied to the forecast's close, so that a split or
    a dividend since then changes nothing. Across one of the `unposted_splits` nothing is measured yet.
    """
    target = forecast.targets[horizon - 1]
    then, came = _close_on(history, forecast.origin), _close_on(history, target)
    crossed = (unposted_splits > np.datetime64(forecast.origin)) & (unposted_splits <= np.datetime64(target))
    if then is None or came is None or crossed.any():
        return None
    close = forecast.close * came / then
    median = forecast.median(horizon)
    naive_error = (close - forecast.close) / forecast.close
    return Outcome(
        symbol=forecast.symbol,
        origin=forecast.origin,
        horizon=horizon,
        target=target,
        close=close,
        median=median,
        error=(close - median) / forecast.close,
        naive_error=naive_error,
        band=_smallest_band(forecast, horizon, close),
        crps=float(crps(np.array(close), forecast.prices[horizon - 1])) / forecast.close,
        naive_crps=abs(naive_error),
    )


def _close_on(history: PriceHistory, session: date) -> float | None:
    day = np.datetime64(session, "D")
    row = int(np.searchsorted(history.sessions, day))
    return float(history.close[row]) if row < len(history) and history.sessions[row] == day else None


def _smallest_band(forecast: Forecast, horizon: int, close: float) -> float:
    for probability in BANDS:
        lower, upper = forecast.band(horizon, probability)
        if lower <= close <= upper:
            return probability
    return 1.0
