"""The fan chart: 60 past sessions, the probable range of the next ones in shaded bands, the median and "no change"."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from forecasting.charts import theme
from forecasting.charts.canvas import Sheet, lettering, plain, shrink
from forecasting.charts.formatter import Formatter
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import MEDIAN, Forecast, band_columns

MIN_SHARE_AHEAD: Final = 0.36
"""Of the width, for the sessions ahead: at true scale 5 sessions beside 60 would be a sliver that no phone can show."""
_NAME_LENGTH: Final = 30
_TITLE_WIDTH: Final = 0.6
_LABEL_GAP: Final = 0.058
"""Least distance between two end labels, as a share of the height, so that they do not overlap."""
_LOWEST_LABEL: Final = 0.025
"""Where the dates below are not touched, as a share of the height."""


def fan_chart(forecast: Forecast, horizon: int, formatter: Formatter) -> bytes:
    """A PNG of 1080 x 1080 that shows a forecast up to `horizon` sessions ahead (1..20)."""
    sheet = Sheet()
    left, right = _margins(forecast, formatter)
    axes = sheet.axes(left, 0.15, 1 - left - right, 0.6)
    scale = Scale.fitting(len(forecast.past_closes), horizon)
    draw_fan(axes, forecast, scale)
    label_ends(axes, forecast, horizon, formatter)
    label_dates(axes, forecast, scale, formatter)
    _head(sheet, forecast, horizon, formatter)
    _legend(sheet)
    _foot(sheet, forecast, formatter)
    watermark(sheet, forecast)
    return sheet.png()


def _margins(forecast: Forecast, formatter: Formatter) -> tuple[float, float]:
    """Room for the prices on both sides, as shares of the width: 0.00002291 takes twice as much as 22.91."""
    values = (*forecast.past_closes, *forecast.prices[-1])
    letters = max(len(formatter.bare_price(value, forecast.currency)) for value in values)
    return 0.035 + 0.019 * letters, 0.03 + 0.022 * letters


@dataclass(frozen=True, slots=True)
class Scale:
    """Where sessions stand on the axis: past ones 1 apart up to 0, those ahead wider where there are few of them."""

    past: int
    horizon: int
    step: float

    @classmethod
    def fitting(cls, past: int, horizon: int) -> "Scale":
        """Give the sessions ahead at least their smallest share of the width."""
        smallest = past * MIN_SHARE_AHEAD / (1 - MIN_SHARE_AHEAD)
        return cls(past, horizon, max(1.0, smallest / horizon))

    def behind(self) -> FloatArray:
        """Places of the past sessions; the origin is at 0."""
        return np.arange(1.0 - self.past, 1.0)

    def ahead_of_origin(self) -> FloatArray:
        """Places of the origin and of the sessions ahead."""
        return np.arange(self.horizon + 1, dtype=np.float64) * self.step


def draw_fan(axes: Axes, forecast: Forecast, scale: Scale) -> None:
    """Draw past, bands, median and "no change" into axes, and set their limits."""
    fan = np.vstack([np.full(forecast.prices.shape[1], forecast.close), forecast.prices[: scale.horizon]])
    ahead = scale.ahead_of_origin()
    axes.axvspan(0, ahead[-1], color=theme.AHEAD, zorder=0, linewidth=0)
    for band, colour in theme.BAND_COLOURS:
        lower, upper = band_columns(band)
        axes.fill_between(ahead, fan[:, lower], fan[:, upper], color=colour, linewidth=0, zorder=2)
    axes.plot(ahead, np.full(len(ahead), forecast.close), color=theme.NO_CHANGE, linewidth=2.5, dashes=(4, 3), zorder=5)
    axes.plot(ahead, fan[:, MEDIAN], color=theme.MEDIAN, linewidth=4.5, zorder=4, solid_capstyle="round")
    axes.plot(scale.behind(), forecast.past_closes, color=theme.INK, linewidth=3.5, zorder=4, solid_joinstyle="round")
    fill = theme.PAPER if forecast.doubted else theme.INK
    axes.plot(
        [0], [forecast.close], "o", color=theme.INK, markerfacecolor=fill, markersize=11, markeredgewidth=3, zorder=6
    )
    axes.set_xlim(1 - scale.past, ahead[-1])
    low, high = min(fan.min(), *forecast.past_closes), max(fan.max(), *forecast.past_closes)
    axes.set_ylim(low - 0.04 * (high - low), high + 0.04 * (high - low))


def label_ends(axes: Axes, forecast: Forecast, horizon: int, formatter: Formatter) -> None:
    """Write the prices at the horizon beside the fan, moved apart where they would overlap."""
    (low95, high95), (low80, high80) = forecast.band(horizon, 0.95), forecast.band(horizon, 0.8)
    values = (low95, low80, forecast.median(horizon), high80, high95)
    bottom, top = axes.get_ylim()
    heights = inside(spread([(value - bottom) / (top - bottom) for value in values], _LABEL_GAP))
    for value, height in zip(values, heights, strict=True):
        is_median = value == values[2]
        colour = theme.MEDIAN if is_median else theme.INK if value in (low80, high80) else theme.MUTED
        style = lettering({"bold": is_median, "color": colour, "va": "center", "fontsize": theme.SIZES.label})
        axes.text(1.018, height, formatter.bare_price(value, forecast.currency), transform=axes.transAxes, **style)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: formatter.bare_price(value, forecast.currency)))
    for label in axes.get_yticklabels():
        label.set(**lettering({"color": theme.MUTED, "fontsize": theme.SIZES.tick}))


def spread(heights: list[float], gap: float) -> list[float]:
    """Move ascending heights apart to at least `gap`, each as little as possible, keeping their order and centre."""
    ordered = list(heights)
    for _ in range(len(heights) ** 2):
        for below, above in zip(range(len(ordered)), range(1, len(ordered)), strict=False):
            overlap = gap - (ordered[above] - ordered[below])
            if overlap > 0:
                ordered[below] -= overlap / 2
                ordered[above] += overlap / 2
    return ordered


def inside(heights: list[float]) -> list[float]:
    """Move ascending heights, all by the same, to where labels fit: below a crash they would stand among the dates."""
    up, down = max(0.0, _LOWEST_LABEL - heights[0]), max(0.0, heights[-1] - 1)
    return [height + up - down for height in heights]


def label_dates(axes: Axes, forecast: Forecast, scale: Scale, formatter: Formatter) -> None:
    """Write the dates of a few past sessions, of the origin and of the horizon."""
    behind = [-place for place in (round(scale.past * 0.66), round(scale.past * 0.33)) if 0 < place < scale.past]
    dates: list[tuple[float, date]] = [(place, forecast.past_sessions[place - 1]) for place in behind]
    dates += [(0, forecast.origin), (scale.ahead_of_origin()[-1], forecast.targets[scale.horizon - 1])]
    middle = (scale.horizon + 1) // 2
    if scale.horizon >= 6:  # noqa: PLR2004 - with fewer the labels would touch
        dates.insert(-1, (scale.ahead_of_origin()[middle], forecast.targets[middle - 1]))
    axes.set_xticks([place for place, _ in dates], [formatter.short_day(when) for _, when in dates])
    for label, (place, _) in zip(axes.get_xticklabels(), dates, strict=True):
        colour = theme.INK if place == 0 else theme.MUTED
        label.set(**lettering({"color": colour, "fontsize": theme.SIZES.tick, "bold": place == 0}))
    axes.axvline(0, color=theme.MUTED, linewidth=1.5, zorder=1)


def _head(sheet: Sheet, forecast: Forecast, horizon: int, formatter: Formatter) -> None:
    title = sheet.write(0.025, 0.945, forecast.symbol, theme.SIZES.title, bold=True, va="center")
    shrink(title, _TITLE_WIDTH)
    end = title.get_window_extent().x1 / sheet.figure.bbox.width
    name = plain(forecast.name)
    shown = name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"
    if shown.upper() != forecast.symbol:
        subtitle = sheet.write(end + 0.02, 0.941, shown, theme.SIZES.subtitle, color=theme.MUTED, va="center")
        shrink(subtitle, 0.955 - end)
    sessions = "next session" if horizon == 1 else f"next {horizon} sessions"
    close = formatter.price(forecast.close, forecast.currency)
    last = formatter.day(forecast.targets[horizon - 1], weekday=True)
    sheet.write(0.025, 0.875, f"{close}  ·  {sessions}, to {last}", theme.SIZES.subtitle, va="center")


def _legend(sheet: Sheet) -> None:
    """One row that names bands and lines."""
    place = 0.025
    for label, colour, height in (
        ("50%", theme.BAND_50, 0.022),
        ("80%", theme.BAND_80, 0.022),
        ("95%", theme.BAND_95, 0.022),
        ("median", theme.MEDIAN, 0.006),
        ("no change", theme.NO_CHANGE, 0.004),
    ):
        for left, width in ((0, 0.015), (0.021, 0.015)) if label == "no change" else ((0, 0.036),):
            sheet.patch(place + left, 0.811 - height / 2, width, height, colour)
        text = sheet.write(place + 0.044, 0.81, label, theme.SIZES.tick, color=theme.MUTED, va="center")
        place = text.get_window_extent().x1 / sheet.figure.bbox.width + 0.03


def _foot(sheet: Sheet, forecast: Forecast, formatter: Formatter) -> None:
    source, newest = formatter.source_name(forecast.source), formatter.day(forecast.origin)
    foot(sheet, 0.045, f"Data: {source}, to {newest}")


def foot(sheet: Sheet, height: float, text: str) -> None:
    """Write a line at the bottom of a sheet, and that this is no advice."""
    sheet.write(0.025, height, text, theme.SIZES.footer, color=theme.MUTED, va="center")
    sheet.write(0.975, height, "Fanchart · not advice", theme.SIZES.footer, color=theme.MUTED, va="center", ha="right")


def watermark(sheet: Sheet, *forecasts: Forecast) -> None:
    """Say across the picture when any of its prices are not real."""
    if any(forecast.source == "simulated" for forecast in forecasts):
        sheet.write(
            0.4, 0.46, "simulated prices", 62, color=theme.WATERMARK, alpha=0.3, rotation=28, ha="center", va="center"
        )
