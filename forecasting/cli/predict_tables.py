"""A forecast as text: the fan by session, what the checks said, and the scorecard beside the baselines."""

from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forecasting.cli.numbers import decimals, price, share
from forecasting.cli.score_tables import score_table
from forecasting.evaluation.verdict import nearest_horizon, verdict
from forecasting.service import BEHIND_LIMIT, Answer
from forecasting.types import BANDS, Forecast


def print_answer(answer: Answer, horizon: int, *, past: bool, console: Console) -> None:
    """Print a forecast up to a horizon; `past` says that old prices were asked for."""
    forecast = answer.forecast
    console.print(f"[bold]{escape(forecast.symbol)}[/] {_title(forecast)}", highlight=False)
    console.print(_fan(forecast, horizon), highlight=False)
    for note in forecast.notes:
        console.print(f"Checks: {escape(note)}.", highlight=False)
    for sentence in _warnings(answer, past=past):
        console.print(escape(sentence), highlight=False)
    _print_scorecard(forecast, horizon, console)
    console.print("Not advice.", style="dim")


def _title(forecast: Forecast) -> str:
    """Name, close and day of the origin."""
    name = f"{forecast.name} " if forecast.name != forecast.symbol else ""
    close = price(forecast.close, decimals(forecast.close))
    return escape(f"{name}closed at {close} {forecast.currency} on {_day(forecast.origin)} ({forecast.source} prices)")


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
    said = [answer.trouble.sentence] if answer.trouble else []
    behind = answer.sessions_behind
    if behind and not past:
        count = f"{behind} or more" if behind >= BEHIND_LIMIT else str(behind)
        said.append(f"These prices are {count} sessions old.")
    return said


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
