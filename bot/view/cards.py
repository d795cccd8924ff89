"""The digest's picture for several symbols: a strip each, with a small fan between its name and its range."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image

from bot.view.text.names import source_name
from bot.view.text.numbers import bare_price, day, percent, price
from forecasting.charts import theme
from forecasting.charts.canvas import Sheet, shrink
from forecasting.charts.fan import Scale, draw_fan
from forecasting.types.quantile_forecast import Forecast

MAX_STRIPS: Final = 12
"""More would be too small to read where a phone fits the picture to its height."""
_STRIP_IN: Final = 1.6
_HEAD_IN: Final = 0.9
_FOOT_IN: Final = 0.6
_PAST: Final = 30
_THINNER: Final = 0.7
_SYMBOL_WIDTH: Final = 0.24
_COLOURS: Final = 256


def strip(forecast: Forecast, horizon: int) -> bytes:
    """One symbol's row as a PNG of 1080 x 160: name and close, 30 past sessions and the fan, median and 80 % range."""
    sheet = Sheet(_STRIP_IN)
    currency, median = forecast.currency, forecast.median(horizon)
    lower, upper = forecast.band(horizon, 0.8)
    right = {"va": "center", "ha": "right"}
    shrink(sheet.write(0.03, 0.66, forecast.symbol, 30, bold=True, va="center"), _SYMBOL_WIDTH)
    sheet.write(0.03, 0.29, price(forecast.close, currency), 22, color=theme.MUTED, va="center")
    _draw(sheet, forecast, horizon)
    sheet.write(0.97, 0.66, bare_price(median, currency), 28, bold=True, color=theme.MEDIAN, **right)
    sheet.write(0.78, 0.655, percent(median / forecast.close - 1), 20, color=theme.MUTED, **right)
    sheet.write(0.97, 0.29, f"{bare_price(lower, currency)} to {bare_price(upper, currency)}", 22, **right)
    sheet.patch(0.03, 0.0, 0.94, 0.012, theme.GRID)
    return sheet.png()


def card(strips: Sequence[bytes], forecasts: Sequence[Forecast], horizon: int) -> bytes:
    """The strips under one head and above one foot, as one PNG of 1080 pixels width."""
    rows = [_head(horizon), *strips, _foot(f"Data: {data_words(forecasts)}")]
    pictures = [Image.open(BytesIO(row)).convert("RGB") for row in rows]
    whole = Image.new("RGB", (pictures[0].width, sum(picture.height for picture in pictures)), theme.PAPER)
    top = 0
    for picture in pictures:
        whole.paste(picture, (0, top))
        top += picture.height
    encoded = BytesIO()
    small = whole.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    small.save(encoded, "PNG", compress_level=3)
    return encoded.getvalue()


def data_words(forecasts: Sequence[Forecast]) -> str:
    """Where several forecasts' data is from and how far the newest goes: "Yahoo to 5 Jul 2024"."""
    newest = max(forecast.origin for forecast in forecasts)
    sources = sorted({source_name(forecast.source) for forecast in forecasts})
    return f"{', '.join(sources)} to {day(newest)}"


def _draw(sheet: Sheet, forecast: Forecast, horizon: int) -> None:
    """The small fan, without axes, in thinner lines than a large one's."""
    axes = sheet.axes(0.29, 0.1, 0.34, 0.84)
    near = replace(forecast, past_sessions=forecast.past_sessions[-_PAST:], past_closes=forecast.past_closes[-_PAST:])
    draw_fan(axes, near, Scale.fitting(len(near.past_closes), horizon))
    for line in axes.lines:
        line.set_linewidth(_THINNER * line.get_linewidth())
        line.set_markersize(_THINNER * line.get_markersize())
    axes.set_axis_off()


@lru_cache(maxsize=8)
def _head(horizon: int) -> bytes:
    """What the columns are."""
    sheet = Sheet(_HEAD_IN)
    ahead = "next session" if horizon == 1 else f"{horizon} sessions ahead"
    sheet.write(0.03, 0.5, "Close", 20, color=theme.MUTED, va="center")
    sheet.write(0.29, 0.5, "50 · 80 · 95% bands", 20, color=theme.MUTED, va="center")
    sheet.write(0.97, 0.66, f"median, {ahead}", 20, color=theme.MEDIAN, va="center", ha="right")
    sheet.write(0.97, 0.28, "80% range", 20, color=theme.MUTED, va="center", ha="right")
    sheet.patch(0.03, 0.0, 0.94, 0.02, theme.GRID)
    return sheet.png()


@lru_cache(maxsize=64)
def _foot(data: str) -> bytes:
    """Where the data is from and how far it goes, and that this is no advice."""
    sheet = Sheet(_FOOT_IN)
    sheet.write(0.03, 0.5, data, 18, color=theme.MUTED, va="center")
    sheet.write(0.97, 0.5, "Fanchart · not advice", 18, color=theme.MUTED, va="center", ha="right")
    return sheet.png()
