"""The tables that the command line prints."""

from collections.abc import Callable, Sequence
from datetime import date
from math import isnan

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forecasting.evaluation.pooled import PooledScore
from forecasting.evaluation.verdict import SIGNIFICANT, nearest_horizon, verdict
from forecasting.forecasts import BEHIND_LIMIT, Answer
from forecasting.types.quantile_forecast import BANDS, Forecast
from forecasting.types.scorecards import Scorecard

UNKNOWN = "-"


def decimals(close: float) -> int:
    """Digits after the point that a price of this size is shown with: two for a stock, more for a penny."""
    return 2 if close >= 1 else 6


def price(value: float, digits: int) -> str:
    """A price: 1,234.50."""
    return f"{value:,.{digits}f}"


def share(value: float) -> str:
    """A share of 1 in percent: 53%."""
    return UNKNOWN if isnan(value) else f"{value:.0%}"


def ratio(value: float) -> str:
    """A loss in units of another: 0.977."""
    return UNKNOWN if isnan(value) else f"{value:.3f}"


def percent(value: float) -> str:
    """A relative error in percent: 2.31%."""
    return UNKNOWN if isnan(value) else f"{value:.2%}"


def print_answer(answer: Answer, horizon: int, *, past: bool, console: Console) -> None:
    """Print a forecast up to a horizon; `past` where a past day was asked for."""
    forecast = answer.forecast
    console.print(f"[bold]{escape(forecast.symbol)}[/] {_title(forecast)}", highlight=False)
    console.print(_fan(forecast, horizon), highlight=False)
    for note in answer.notes:
        console.print(f"Checks: {escape(note)}.", highlight=False)
    for sentence in _warnings(answer, past=past):
        console.print(escape(sentence), highlight=False)
    _print_scorecard(forecast, horizon, console)
    console.print("Not advice.", style="dim")


def _title(forecast: Forecast) -> str:
    name = f"{forecast.name} " if forecast.name != forecast.symbol else ""
    close = price(forecast.close, decimals(forecast.close))
    unit = f" {forecast.currency}" if forecast.currency else ""
    return escape(f"{name}closed at {close}{unit} on {_day(forecast.origin)} ({forecast.source} prices)")


def _fan(forecast: Forecast, horizon: int) -> Table:
    """Median and bands of every session up to the horizon."""
    table = Table("Ahead", "Day", "Median", *(f"{band:.0%} band" for band in BANDS), "Higher")
    for column in table.columns:
        column.justify, column.no_wrap = "right", True
    digits = decimals(forecast.close)
    for ahead in range(1, horizon + 1):
        bands = (forecast.band(ahead, band) for band in BANDS)
        table.add_row(
            str(ahead),
            _day(forecast.targets[ahead - 1]),
            price(forecast.median(ahead), digits),
            *(f"{price(low, digits)} - {price(high, digits)}" for low, high in bands),
            share(forecast.chance_above(ahead, forecast.close)),
        )
    return table


def _warnings(answer: Answer, *, past: bool) -> list[str]:
    """What a reader has to know about the prices."""
    warnings = [answer.trouble.sentence] if answer.trouble else []
    if answer.forecast.doubted:
        before, close = (price(value, decimals(value)) for value in answer.forecast.past_closes[-2:])
        warnings.append(
            f"This close looks wrong: {close} after {before}. The bands leave it out until it is confirmed."
        )
    behind = answer.sessions_behind
    if behind and not past:
        count = f"{behind} or more" if behind >= BEHIND_LIMIT else str(behind)
        warnings.append(f"These prices are {count} sessions old.")
    return warnings


def _print_scorecard(forecast: Forecast, horizon: int, console: Console) -> None:
    """The verdict and the walk-forward table at the scored horizon nearest to the wanted one."""
    card = forecast.scorecard
    if card is None:
        console.print("There are no past sessions to score this model on yet.")
        return
    console.print(score_table(card, nearest_horizon(card, horizon)), highlight=False)
    console.print(f"{verdict(card, horizon)} Model: {forecast.model_kind} {forecast.model[:8]}.", highlight=False)


def _day(day: date) -> str:
    """A day with its weekday: Thu 28 Mar 2024."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def score_table(card: Scorecard, horizon: int) -> Table:
    """Every forecaster at one horizon; errors in percent of the close at the origin."""
    rows = [score for score in card.scores if score.horizon == horizon]
    origins = rows[0].origins if rows else 0
    title = f"{card.symbol}, {horizon} ahead: {origins} origins, {card.first_origin} to {card.last_origin}"
    table = _table(title, "Forecaster", "CRPS", "RMSE", "MAE", "MAPE", "MASE", "Hits", "Winkler", "50", "80", "95%")
    for row in rows:
        table.add_row(
            row.forecaster,
            *(percent(value) for value in (row.crps, row.rmse, row.mae, row.mape / 100)),
            ratio(row.mase),
            share(row.hit_rate),
            percent(row.winkler_80),
            *(f"{100 * value:.0f}" for value in (row.coverage_50, row.coverage_80, row.coverage_95)),
            style="bold" if row.forecaster == "model" else "",
        )
    return table


def crps_table(pooled: Sequence[PooledScore]) -> Table:
    """CRPS in units of the historical quantiles', per horizon and over all."""
    title = "CRPS / CRPS of the historical quantiles (lower is better)"
    return _pooled_table(title, pooled, lambda row: ratio(row.crps_ratio))


def rmse_table(pooled: Sequence[PooledScore]) -> Table:
    """RMSE of the median in units of no change's, per horizon and over all."""
    return _pooled_table("RMSE of the median / RMSE of no change", pooled, lambda row: ratio(row.rmse_ratio))


def coverage_table(pooled: Sequence[PooledScore]) -> Table:
    """How often the bands held, per horizon and over all; point forecasts have none."""
    banded = [row for row in pooled if row.forecaster not in ("naive", "drift")]
    return _pooled_table("Outcomes inside the 50, 80 and 95% bands", banded, _coverage)


def significance_table(cards: Sequence[Scorecard]) -> Table:
    """How many symbols the model is better / worse on by CRPS, beyond chance, against each baseline."""
    found = [each for card in cards for each in card.comparisons if each.loss == "crps"]
    horizons = sorted({each.horizon for each in found})
    table = _table(f"Symbols where the model is better / worse (p < {SIGNIFICANT})", "Against", *map(str, horizons))
    for baseline in dict.fromkeys(each.baseline for each in found):
        significant = [each for each in found if each.baseline == baseline and each.p_value < SIGNIFICANT]
        counts = [[each.skill > 0 for each in significant if each.horizon == horizon] for horizon in horizons]
        table.add_row(baseline, *(f"{sum(wins)} / {len(wins) - sum(wins)}" for wins in counts))
    return table


def _pooled_table(title: str, pooled: Sequence[PooledScore], cell: Callable[[PooledScore], str]) -> Table:
    """One row a forecaster, one column a horizon, and one for all of them."""
    horizons = list(dict.fromkeys(row.horizon for row in pooled))
    table = _table(title, "Forecaster", *("all" if horizon is None else str(horizon) for horizon in horizons))
    for forecaster in dict.fromkeys(row.forecaster for row in pooled):
        cells = (cell(row) for row in pooled if row.forecaster == forecaster)
        table.add_row(forecaster, *cells, style="bold" if forecaster == "model" else "")
    return table


def _coverage(row: PooledScore) -> str:
    """Three coverages in percent: 50 80 95."""
    return " ".join(f"{100 * value:.1f}" for value in (row.coverage_50, row.coverage_80, row.coverage_95))


def _table(title: str, *columns: str) -> Table:
    """An empty table with numbers to the right."""
    table = Table(*columns, title=title, title_justify="left", title_style="bold")
    for column in table.columns[1:]:
        column.justify, column.no_wrap = "right", True
    return table
