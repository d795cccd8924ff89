"""The text of /compare."""

from collections.abc import Collection, Sequence
from html import escape

from bot.view.text.names import company, source_name
from bot.view.text.numbers import chance, day, percent, price
from forecasting.types.quantile_forecast import Forecast


def compare_caption(forecasts: Sequence[Forecast], horizon: int, behind: Collection[str] = ()) -> str:
    """HTML of one paragraph a symbol; the symbols in `behind` are marked as having old prices."""
    lines = [f"<b>{horizon} sessions ahead</b>, 80% ranges"]
    lines += [_paragraph(forecast, horizon, is_old=forecast.symbol in behind) for forecast in forecasts]
    sources = ", ".join(dict.fromkeys(source_name(forecast.source) for forecast in forecasts))
    oldest = min(forecast.origin for forecast in forecasts)
    return "\n\n".join(lines) + f"\n\n<i>{escape(sources)} to {day(oldest)} · not advice</i>"


def _paragraph(forecast: Forecast, horizon: int, *, is_old: bool) -> str:
    lower, upper = forecast.band(horizon, 0.8)
    close = forecast.close
    old = f"\n⚠️ prices to {day(forecast.origin)}" if is_old else ""
    return (
        f"{company(forecast)}: {escape(price(close, forecast.currency))}\n"
        f"{percent(lower / close - 1)} to {percent(upper / close - 1)}, "
        f"chance of closing higher {escape(chance(forecast.chance_above(horizon, close)))}{old}"
    )
