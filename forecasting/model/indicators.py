"""Technical indicators, computed by TA-Lib and brought into units of volatility."""

from collections.abc import Iterator

import numpy as np
import talib

from forecasting.model.volatility import FLOOR, Bars
from forecasting.types.bars import FloatArray


def indicators(bars: Bars, volatility: FloatArray) -> Iterator[FloatArray]:
    """RSI, MACD histogram, Bollinger position and average true range; 0 until each has enough sessions."""
    shape = bars.close.shape
    paths = [
        np.ascontiguousarray(np.reshape(a, (-1, shape[-1])), np.float64) for a in (bars.high, bars.low, bars.close)
    ]
    rows = [_of_path(*path) for path in zip(*paths, strict=True)]
    rsi, macd, bollinger, true_range = (np.reshape(column, shape) for column in zip(*rows, strict=True))
    yield rsi
    yield macd / volatility
    yield bollinger
    yield np.where(true_range > 0, np.log(true_range / volatility + 1e-3), 0.0)


def _of_path(high: FloatArray, low: FloatArray, close: FloatArray) -> tuple[FloatArray, ...]:
    logs = np.log(np.maximum(close, 1e-12))
    rsi = talib.RSI(close, timeperiod=14) / 25 - 2
    _, _, macd = talib.MACD(logs)
    upper, middle, lower = talib.BBANDS(logs, timeperiod=20)
    width = np.where(upper > lower, np.maximum(upper - lower, FLOOR), np.inf)
    true_range = talib.ATR(high, low, close, timeperiod=14) / np.maximum(close, 1e-12)
    return tuple(np.nan_to_num(column, nan=0.0) for column in (rsi, macd, 2 * (logs - middle) / width, true_range))
