"""Captions below fan charts: of one symbol in full, and of several side by side."""

from collections.abc import Collection, Sequence
from datetime import date
from html import escape
from zoneinfo import ZoneInfo

from bot.view.text.names import company, model_name, source_name
from bot.view.text.numbers import chance, day, moment, percent, price
from bot.view.text.prices import notes_line
from forecasting.evaluation.verdict import nearest_horizon, verdict
from forecasting.forecasts import BEHIND_LIMIT, Answer
from forecasting.types.bars import PriceTrouble
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Scorecard


def forecast_caption(
    answer: Answer, horizon: int, zone: ZoneInfo, training: str = "", *, is_retried: bool = False
) -> str:
    """HTML of close, median, range, chance, past errors and verdict; at most 1024 visible characters.

    `training` is one line of HTML on the symbol's own model, or empty; `is_retried` says whether the question is asked
    again by itself.
    """
    forecast = answer.forecast
    parts = (
        _outlook(forecast, horizon),
        _past_errors(forecast.scorecard, horizon)
        if forecast.scorecard
        else "Too little history to check past forecasts.",
        "\n".join(filter(None, (*_labels(answer, zone, is_retried=is_retried), training, data_line(forecast)))),
    )
    return "\n\n".join(parts)


def compare_caption(forecasts: Sequence[Forecast], horizon: int, behind: Collection[str] = ()) -> str:
    """HTML of one paragraph a symbol; the symbols in `behind` are marked as having old prices."""
    lines = [f"<b>{horizon} sessions ahead</b>, 80% ranges"]
    lines += [_paragraph(forecast, horizon, is_old=forecast.symbol in behind) for forecast in forecasts]
    sources = ", ".join(dict.fromkeys(source_name(forecast.source) for forecast in forecasts))
    oldest = min(forecast.origin for forecast in forecasts)
    return "\n\n".join(lines) + f"\n\n<i>{escape(sources)} to {day(oldest)} · not advice</i>"


def data_line(forecast: Forecast) -> str:
    """The line that every forecast ends with: its model, its data, and that it is no advice."""
    model = model_name(forecast.model_kind).removeprefix("the ")
    source = escape(source_name(forecast.source))
    return f"<i>{model.capitalize()} · {source} to {day(forecast.origin)} · not advice</i>"


def one_line(forecast: Forecast, horizon: int) -> str:
    """Plain text of the median and the 80 % range, for a list of results."""
    lower, upper = forecast.band(horizon, 0.8)
    currency = forecast.currency
    ahead = "1 session" if horizon == 1 else f"{horizon} sessions"
    median = price(forecast.median(horizon), currency)
    return f"{ahead}: {median}, 80% range {price(lower, currency)} to {price(upper, currency)}"


def trouble_line(trouble: PriceTrouble, origin: date, zone: ZoneInfo, *, is_retried: bool = False) -> str:
    """HTML of why prices are not newer, when they are tried again, and which data the forecast is on.

    The time is the local one of `zone`: "in 4 min" would be wrong for whoever reads it later. It is said only where the
    question is asked again by itself.
    """
    again = ""
    if trouble.retry_at:
        again = f" {'Next try' if is_retried else 'Try again'} at {moment(trouble.retry_at, zone)}."
    return f"⚠️ {escape(trouble.sentence)}{again} Here is the forecast on data to {day(origin)}."


def doubt_line(forecast: Forecast) -> str:
    """HTML of why the close at the origin looks wrong, and what becomes of it."""
    before, close = (escape(price(value, forecast.currency)) for value in forecast.past_closes[-2:])
    return f"⚠️ This close looks wrong: {close} after {before}. The bands leave it out until it is confirmed."


def _outlook(forecast: Forecast, horizon: int) -> str:
    median = forecast.median(horizon)
    lower, upper = forecast.band(horizon, 0.8)
    currency = forecast.currency
    ahead = "Next session" if horizon == 1 else f"In {horizon} sessions"
    return (
        f"{company(forecast)}\n"
        f"Close <b>{escape(price(forecast.close, currency))}</b> on {day(forecast.origin)}\n\n"
        f"<b>{ahead}</b>, {day(forecast.targets[horizon - 1], weekday=True)}:\n"
        f"median <b>{escape(price(median, currency))}</b> ({percent(median / forecast.close - 1)})\n"
        f"80% range <b>{escape(price(lower, currency))} to {escape(price(upper, currency))}</b>\n"
        f"chance of closing higher <b>{chance(forecast.chance_above(horizon, forecast.close))}</b>"
    )


def _past_errors(scorecard: Scorecard, horizon: int) -> str:
    """RMSE and MAE beside no change at the nearest scored horizon, and the verdict."""
    scored = nearest_horizon(scorecard, horizon)
    model, naive = scorecard.score("model", scored), scorecard.score("naive", scored)
    if model is None or naive is None:
        return "Past forecasts were not checked at this distance."
    sessions = "1 session" if scored == 1 else f"{scored} sessions"
    return (
        f"{model.origins} past forecasts, {sessions} ahead (no change in brackets):\n"
        f"RMSE {model.rmse:.2%} ({naive.rmse:.2%}) · MAE {model.mae:.2%} ({naive.mae:.2%})\n"
        f"{escape(verdict(scorecard, horizon))}"
    )


def _labels(answer: Answer, zone: ZoneInfo, *, is_retried: bool) -> tuple[str, ...]:
    """What a reader has to know about the prices before anything else."""
    forecast = answer.forecast
    labels = []
    if forecast.source == "simulated":
        labels.append("⚠️ Simulated prices, not a real market.")
    if forecast.doubted:
        labels.append(doubt_line(forecast))
    if answer.trouble:
        labels.append(trouble_line(answer.trouble, forecast.origin, zone, is_retried=is_retried))
    if answer.sessions_behind:
        behind = "1 session" if answer.sessions_behind == 1 else f"{answer.sessions_behind} sessions"
        least = "at least " if answer.sessions_behind >= BEHIND_LIMIT else ""
        labels.append(f"⚠️ These prices are {least}{behind} old.")
    labels.append(notes_line(answer.notes))
    return tuple(labels)


def _paragraph(forecast: Forecast, horizon: int, *, is_old: bool) -> str:
    lower, upper = forecast.band(horizon, 0.8)
    close = forecast.close
    old = f"\n⚠️ prices to {day(forecast.origin)}" if is_old else ""
    doubt = f"\n{doubt_line(forecast)}" if forecast.doubted else ""
    return (
        f"{company(forecast)}: {escape(price(close, forecast.currency))}\n"
        f"{percent(lower / close - 1)} to {percent(upper / close - 1)}, "
        f"chance of closing higher {escape(chance(forecast.chance_above(horizon, close)))}{old}{doubt}"
    )
