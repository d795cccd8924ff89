"""`predict`: one symbol's forecast, its scorecard and the verdict."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from forecasting.cli.arguments import Predict
from forecasting.cli.chosen_models import chosen_models
from forecasting.cli.export import as_json
from forecasting.cli.local_prices import LocalPrices, local_market
from forecasting.cli.tables import print_answer
from forecasting.evaluation.verdict import verdict
from forecasting.forecasts import Answer, ForecastService
from forecasting.memory_stores import MemoryForecastStore, MemoryScorecardStore
from forecasting.ports import Clock
from forecasting.prices.exchanges import calendars
from forecasting.settings import EngineSettings
from forecasting.types.quantile_forecast import BANDS, LEVELS, Forecast


def predict(command: Predict, settings: EngineSettings, console: Console, progress: Console, clock: Clock) -> None:
    """Print a symbol's forecast on `console`, and on `progress` that it is being made.

    Raises:
        FanchartError: an `InputError`, `PriceError` or `ModelError`.
    """
    with progress.status("Forecasting"):
        answer = _answer(command, settings, clock)
    if command.json:
        console.out(as_json(_fields(answer, command.horizon)), highlight=False)
    else:
        print_answer(answer, command.horizon, past=command.as_of is not None, console=console)


def _answer(command: Predict, settings: EngineSettings, clock: Clock) -> Answer:
    with chosen_models(command.model, settings.database, clock) as models:
        service = ForecastService(
            prices=LocalPrices(settings, clock, command.as_of),
            market=local_market(command.market or settings.price_sources, settings, clock),
            calendar=calendars,
            models=models,
            forecasts=MemoryForecastStore(),
            scorecards=MemoryScorecardStore(),
            clock=clock,
        )
        return service.predict(command.symbol, None if command.as_of else command.horizon)


def _fields(answer: Answer, horizon: int) -> Mapping[str, Any]:
    """The JSON document, whose leaves are `Any`."""
    forecast = answer.forecast
    return {
        "symbol": forecast.symbol,
        "name": forecast.name,
        "currency": forecast.currency,
        "exchange": forecast.exchange,
        "source": forecast.source,
        "notes": answer.notes,
        "origin": forecast.origin,
        "close": forecast.close,
        "doubted": forecast.doubted,
        "sessions_behind": answer.sessions_behind,
        "trouble": answer.trouble,
        "market": forecast.market,
        "model": {"sha256": forecast.model, "kind": forecast.model_kind},
        "made_at": forecast.made_at,
        "horizon": horizon,
        "forecasts": [_row(forecast, ahead) for ahead in range(1, horizon + 1)],
        "verdict": verdict(forecast.scorecard, horizon) if forecast.scorecard else None,
        "scorecard": forecast.scorecard,
    }


def _row(forecast: Forecast, horizon: int) -> Mapping[str, Any]:
    quantiles = zip(LEVELS, forecast.prices[horizon - 1], strict=True)
    return {
        "horizon": horizon,
        "session": forecast.targets[horizon - 1],
        "median": forecast.median(horizon),
        **{f"band_{band:.0%}".rstrip("%"): forecast.band(horizon, band) for band in BANDS},
        "chance_higher": forecast.chance_above(horizon, forecast.close),
        "quantiles": {f"{level:g}": price for level, price in quantiles},
    }
