"""The comparison chart: 2 to 4 fans side by side, in percent of each close, on one scale."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from forecasting.charts import theme
from forecasting.charts.canvas import Sheet, lettering, plain, shrink
from forecasting.charts.fan import Scale, draw_fan, foot, watermark
from forecasting.charts.formatter import Formatter
from forecasting.types.quantile_forecast import Forecast

_ONE_ROW: Final = 0.66
_TWO_ROWS: Final = 0.27
_NAME_LENGTH: Final = 20
_TITLE_WIDTH: Final = 0.45
_PAST: Final = 20
"""Past sessions: as many as may lie ahead."""


def comparison_chart(forecasts: Sequence[Forecast], horizon: int, formatter: Formatter) -> bytes:
    """A PNG of 1080 x 1080 with a panel a symbol; all share one scale, so that widths can be compared."""
    sheet = Sheet()
    relative = [_relative(forecast) for forecast in forecasts]
    limits: tuple[float, float] | None = None
    panels = [sheet.axes(*place) for place in _places(len(forecasts))]
    for axes, forecast in zip(panels, relative, strict=True):
        draw_fan(axes, forecast, Scale.fitting(len(forecast.past_closes), horizon))
        low, high = axes.get_ylim()
        limits = (low, high) if limits is None else (min(low, limits[0]), max(high, limits[1]))
    for axes, forecast in zip(panels, forecasts, strict=True):
        axes.set_ylim(limits)
        _finish(sheet, axes, forecast, formatter)
    newest = max(forecast.origin for forecast in forecasts)
    foot(sheet, 0.03, f"{horizon} sessions ahead · data to {formatter.day(newest)}")
    watermark(sheet, *forecasts)
    return sheet.png()


def _relative(forecast: Forecast) -> Forecast:
    """The same forecast with every price as a change from the close, and less of the past."""
    close = forecast.close
    return replace(
        forecast,
        past_closes=tuple(past / close - 1 for past in forecast.past_closes[-_PAST:]),
        past_sessions=forecast.past_sessions[-_PAST:],
        prices=forecast.prices / close - 1,
    )


def _places(count: int) -> list[tuple[float, float, float, float]]:
    """Left, bottom, width and height of each panel: two in a row, at most two rows."""
    width, lefts = 0.345, (0.13, 0.63)
    if count <= len(lefts):
        return [(left, 0.17, width, _ONE_ROW) for left in lefts[:count]]
    return [(left, bottom, width, _TWO_ROWS) for bottom in (0.61, 0.15) for left in lefts][:count]


def _finish(sheet: Sheet, axes: Axes, forecast: Forecast, formatter: Formatter) -> None:
    box = axes.get_position()
    title = sheet.write(box.x0 - 0.11, box.y1 + 0.055, forecast.symbol, theme.SIZES.label + 4, bold=True, va="center")
    shrink(title, _TITLE_WIDTH)
    name = plain(forecast.name)[:_NAME_LENGTH] if forecast.name != forecast.symbol else ""
    sheet.write(box.x0 - 0.11, box.y1 + 0.022, name, theme.SIZES.footer, color=theme.MUTED, va="center")
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: formatter.percent(value, 0)))
    axes.set_xticks([0], [formatter.day(forecast.origin)])
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(**lettering({"color": theme.MUTED, "fontsize": theme.SIZES.footer}))
