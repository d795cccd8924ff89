"""The text of /evaluate: the model beside its baselines at every horizon, as a table for a phone, and in words."""

from collections.abc import Callable, Iterable
from html import escape
from math import isnan
from typing import Final

from bot.view.text.names import forecaster_name
from bot.view.text.numbers import day
from forecasting.evaluation.verdict import verdict
from forecasting.types.scorecards import Score, Scorecard

_NAME_WIDTH: Final = 12
_CELL_WIDTH: Final = 6
"""12 + 4 x 6 characters: what a phone shows of a monospaced line."""


def evaluation_caption(card: Scorecard) -> str:
    """HTML of at most 1024 visible characters: what was done, and the verdict at every horizon."""
    origins = max(score.origins for score in card.scores)
    verdicts = (f"<b>{_ahead(horizon)}</b>: {escape(verdict(card, horizon))}" for horizon in card.horizons)
    return (
        f"<b>{escape(card.symbol)}</b>: {origins} forecasts made at past sessions, {day(card.first_origin)} to "
        f"{day(card.last_origin)}, each with only what was known then.\n\n" + "\n".join(verdicts) + "\n\n"
        "<i>The table follows · not advice</i>"
    )


def evaluation_table(card: Scorecard) -> str:
    """HTML of the whole table: spread for every forecaster, point errors beside no change, and the bands."""
    points: tuple[tuple[str, Callable[[Score], str]], ...] = (
        ("RMSE %", lambda score: f"{100 * score.rmse:.2f}"),
        ("MAE %", lambda score: f"{100 * score.mae:.2f}"),
        ("MAPE %", lambda score: f"{score.mape:.2f}"),
        ("MASE", lambda score: f"{score.mase:.2f}"),
    )
    tables = [_table(card, "CRPS %", card.forecasters, lambda score: f"{100 * score.crps:.2f}")]
    tables += [_table(card, title, ("model", "naive"), cell) for title, cell in points]
    tables += [_bands(card)]
    return (
        f"<b>{escape(card.symbol)}</b>, sessions ahead, errors in % of the price (lower is better)\n"
        f"<pre>{escape((chr(10) * 2).join(tables))}</pre>\n"
        "<i>CRPS judges the whole range, RMSE and MAE the median. “History” is the range of the last 500 sessions.</i>"
    )


def _table(card: Scorecard, title: str, names: Iterable[str], cell: Callable[[Score], str]) -> str:
    """One row a forecaster, one column a horizon."""
    head = _row(title, (f"{horizon}d" for horizon in card.horizons))
    return "\n".join([head, *(_row(forecaster_name(name), _cells(card, name, cell)) for name in names)])


def _bands(card: Scorecard) -> str:
    """How often the model's bands held the close, and its median had the right direction, in percent."""
    held: tuple[tuple[str, Callable[[Score], str]], ...] = (
        ("50% band", lambda score: f"{100 * score.coverage_50:.0f}"),
        ("80% band", lambda score: f"{100 * score.coverage_80:.0f}"),
        ("95% band", lambda score: f"{100 * score.coverage_95:.0f}"),
        ("right way", lambda score: "" if isnan(score.hit_rate) else f"{100 * score.hit_rate:.0f}"),
    )
    head = _row("held, %", (f"{horizon}d" for horizon in card.horizons))
    return "\n".join([head, *(_row(name, _cells(card, "model", cell)) for name, cell in held)])


def _cells(card: Scorecard, name: str, cell: Callable[[Score], str]) -> list[str]:
    scores = [card.score(name, horizon) for horizon in card.horizons]
    return [cell(score) if score else "" for score in scores]


def _row(name: str, cells: Iterable[str]) -> str:
    return f"{name:<{_NAME_WIDTH}.{_NAME_WIDTH}}" + "".join(f"{cell:>{_CELL_WIDTH}}" for cell in cells)


def _ahead(horizon: int) -> str:
    return "1 session" if horizon == 1 else f"{horizon} sessions"
