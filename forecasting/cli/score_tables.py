"""Scorecards as tables: one symbol in full, many symbols pooled."""

from collections.abc import Callable, Sequence

from rich.table import Table

from forecasting.cli.numbers import percent, ratio, share
from forecasting.evaluation.pooled import PooledScore
from forecasting.evaluation.verdict import SIGNIFICANT
from forecasting.types import Scorecard


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
        told = [each for each in found if each.baseline == baseline and each.p_value < SIGNIFICANT]
        counts = [[each.skill > 0 for each in told if each.horizon == horizon] for horizon in horizons]
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
