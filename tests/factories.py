"""Valid values of every type, price files and pictures, for tests to vary one thing at a time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

from forecasting.types.bars import FloatArray, MarketContext, PriceHistory
from forecasting.types.job_records import ModelRecord, Promotion
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON, Forecast
from forecasting.types.scorecards import Score, Scorecard

NOW = datetime(2024, 7, 3, 21, 30, tzinfo=UTC)
"""A Wednesday evening, after New York's early close before Independence Day."""
CSV_HEADER: Final = "Date,Open,High,Low,Close,Adj Close,Volume"


def weekdays(last: date, count: int) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """`count` weekdays that end with `last`, or with the weekday before it."""
    end = np.busday_offset(np.datetime64(last, "D"), 0, roll="backward")
    return np.busday_offset(end, np.arange(1 - count, 1))


def price_history(
    symbol: str = "AAPL",
    sessions: int = 1200,
    *,
    seed: int = 7,
    last: date = date(2024, 7, 3),
    start_price: float = 100.0,
    daily_volatility: float = 0.015,
    exchange: str = "XNYS",
    source: str = "csv",
) -> PriceHistory:
    """A random walk with ranges and volumes, on weekdays up to `last`."""
    random = np.random.default_rng(seed)
    returns = daily_volatility * random.standard_t(5, sessions) / np.sqrt(5 / 3)
    close = start_price * np.exp(np.cumsum(returns))
    before = np.concatenate(([start_price], close[:-1]))
    opened = before * np.exp(0.3 * daily_volatility * random.standard_normal(sessions))
    spread = np.exp(np.abs(0.5 * daily_volatility * random.standard_normal((2, sessions))))
    return PriceHistory(
        symbol=symbol,
        sessions=weekdays(last, sessions),
        open=opened,
        high=np.maximum(opened, close) * spread[0],
        low=np.minimum(opened, close) / spread[1],
        close=close,
        volume=np.round(1e6 * np.exp(0.3 * random.standard_normal(sessions))),
        currency="USD",
        exchange=exchange,
        name=f"{symbol} Inc.",
        source=source,
        fetched_at=NOW,
    )


def with_closes(history: PriceHistory, closes: Mapping[int, float]) -> PriceHistory:
    """The history with some closes multiplied, by row (from the end where negative); volumes stay as they were."""
    factors = np.ones(len(history))
    for row, factor in closes.items():
        factors[row] = factor
    close = history.close * factors
    return replace(history, close=close, high=np.maximum(history.high, close), low=np.minimum(history.low, close))


def market_context(history: PriceHistory, seed: int = 99) -> MarketContext:
    """A market of random returns around a history; none on its first session."""
    returns = 0.01 * np.random.default_rng(seed).standard_normal(len(history))
    return MarketContext(history.sessions, np.append(np.nan, returns[1:]))


def quantile_prices(close: float, daily_volatility: float = 0.015) -> FloatArray:
    """Quantile prices of a fan without drift, shape (20, 21)."""
    spread = np.interp(LEVELS, (0.025, 0.25, 0.5, 0.75, 0.975), (-1.96, -0.674, 0.0, 0.674, 1.96))
    return close * np.exp(daily_volatility * np.sqrt(np.arange(1, MAX_HORIZON + 1))[:, None] * spread)


def score(forecaster: str = "model", horizon: int = 5, *, scale: float = 1.0) -> Score:
    """A plausible score; `scale` makes it better (< 1) or worse (> 1)."""
    return Score(
        forecaster=forecaster,
        horizon=horizon,
        origins=100,
        mse=0.0009 * scale**2,
        rmse=0.03 * scale,
        mae=0.022 * scale,
        mape=2.2 * scale,
        mase=1.8 * scale,
        hit_rate=0.53,
        crps=0.016 * scale,
        winkler_80=0.11 * scale,
        coverage_50=0.51,
        coverage_80=0.81,
        coverage_95=0.94,
    )


def scorecard(symbol: str = "AAPL", model: str = "a" * 64) -> Scorecard:
    """A scorecard of the model beside naive at the four scored horizons."""
    return Scorecard(
        symbol=symbol,
        model=model,
        first_origin=date(2022, 6, 1),
        last_origin=date(2024, 6, 5),
        scores=tuple(
            score(name, horizon, scale=scale)
            for horizon in (1, 5, 10, 20)
            for name, scale in (("model", 0.97), ("naive", 1.4))
        ),
    )


def forecast(
    history: PriceHistory | None = None,
    *,
    model: str = "a" * 64,
    card: Scorecard | None = None,
    revision: int = 0,
    market: bool = True,
) -> Forecast:
    """A forecast that stands on the last session of a history."""
    given = history or price_history()
    past = given.take(slice(-60, None))
    origin = given.last_session
    return Forecast(
        symbol=given.symbol,
        name=given.name,
        currency=given.currency,
        exchange=given.exchange,
        source=given.source,
        notes=given.notes,
        origin=origin,
        past_sessions=tuple(past.sessions.astype(object)),
        past_closes=tuple(float(price) for price in past.close),
        targets=tuple(np.busday_offset(np.datetime64(origin), np.arange(1, MAX_HORIZON + 1)).astype(object)),
        prices=quantile_prices(float(past.close[-1])),
        model=model,
        model_kind="base",
        revision=revision,
        market=market,
        scorecard=card or scorecard(given.symbol, model),
        made_at=NOW,
    )


def model_record(symbol: str = "AAPL", sha256: str = "b" * 64, *, promoted: bool = True) -> ModelRecord:
    """A symbol model's record, promoted or rejected."""
    promotion = Promotion(
        promoted,
        60,
        0.0155 if promoted else 0.0165,
        0.016,
        0.04,
        "It beat the active model." if promoted else "It did not beat the active model.",
    )
    return ModelRecord(
        sha256=sha256,
        kind="symbol",
        symbol=symbol,
        state="active" if promoted else "rejected",
        created_at=NOW,
        trained_to=date(2024, 4, 1),
        promotion=promotion,
    )


def csv_text(history: PriceHistory, *, split_row: int | None = None) -> str:
    """The history in Yahoo's layout: raw before a 2-for-1 split at a row, with an Adj Close that knows it."""
    lines = [CSV_HEADER]
    for row in range(len(history)):
        factor = 2.0 if split_row is not None and row < split_row else 1.0
        raw = [column[row] * factor for column in (history.open, history.high, history.low, history.close)]
        numbers = [*raw, history.close[row], history.volume[row]]
        lines.append(",".join([str(history.sessions[row]), *(repr(float(number)) for number in numbers)]))
    return "\n".join(lines) + "\n"


def sample_photo(width: int = 90, height: int = 60) -> bytes:
    """A plain PNG of that many pixels."""
    encoded = BytesIO()
    Image.new("RGB", (width, height), "white").save(encoded, "PNG")
    return encoded.getvalue()
