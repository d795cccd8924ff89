"""The evaluation chart: each forecaster's skill against the historical quantiles, and the coverage of the bands."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from forecasting.charts import theme
from forecasting.charts.canvas import Sheet, lettering, shrink
from forecasting.charts.fan import foot
from forecasting.charts.formatter import Formatter
from forecasting.types.quantile_forecast import BANDS
from forecasting.types.scorecards import Score, Scorecard

_BASELINE: Final = "historical quantiles"
_TITLE_WIDTH: Final = 0.45
_MIN_SKILL: Final = -0.15
"""A forecaster whose spread is worse than this everywhere (a bare point) would flatten the others."""


def evaluation_chart(card: Scorecard, formatter: Formatter) -> bytes:
    """A PNG of 1080 x 1080: skill by CRPS per horizon above, reliability of the bands below."""
    sheet = Sheet()
    title = sheet.write(0.025, 0.945, card.symbol, theme.SIZES.title, bold=True, va="center")
    shrink(title, _TITLE_WIDTH)
    end = title.get_window_extent().x1 / sheet.figure.bbox.width
    span = f"{formatter.day(card.first_origin)} to {formatter.day(card.last_origin)}"
    sheet.write(end + 0.02, 0.941, span, theme.SIZES.tick, color=theme.MUTED, va="center")
    _draw_skill(sheet, sheet.axes(0.15, 0.515, 0.825, 0.255), card, formatter)
    _draw_reliability(sheet, sheet.axes(0.15, 0.135, 0.825, 0.165), card)
    foot(sheet, 0.03, "sessions ahead")
    return sheet.png()


def skills(card: Scorecard) -> dict[str, list[float]]:
    """Skill by CRPS against the historical quantiles, by forecaster, at every scored horizon; bare points left out."""
    found = {}
    for name in card.forecasters:
        pairs = [(card.score(name, horizon), card.score(_BASELINE, horizon)) for horizon in card.horizons]
        skill = [1 - score.crps / baseline.crps for score, baseline in pairs if score and baseline]
        if name != _BASELINE and len(skill) == len(pairs) and max(skill) > _MIN_SKILL:
            found[name] = skill
    return found


def _draw_skill(sheet: Sheet, axes: Axes, card: Scorecard, formatter: Formatter) -> None:
    """One line a forecaster; above zero is better than the range of the last 500 sessions."""
    _heading(sheet, 0.872, "Range: better than history's?", "skill beside the last 500 sessions; above 0 is better")
    places = range(len(card.horizons))
    lines = skills(card)
    axes.axhline(0, color=theme.MUTED, linewidth=2)
    for colour, (name, skill) in reversed(tuple(zip(theme.LINES * 2, lines.items(), strict=False))):
        is_model = name == "model"
        axes.plot(places, skill, "o-", color=colour, linewidth=6 if is_model else 2.5, markersize=15 if is_model else 8)
    axes.margins(y=0.12)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: formatter.percent(value)))
    _finish(axes, card)
    _legend(sheet, 0.425, [formatter.forecaster_name(name) for name in lines])


def _draw_reliability(sheet: Sheet, axes: Axes, card: Scorecard) -> None:
    """How often each band held the close, beside what it promised."""
    _heading(sheet, 0.372, "Bands: did they hold what they say?", "dots: share of closes inside; dashed: promised")
    for place, promised in enumerate(BANDS):
        axes.axhline(promised, color=theme.NO_CHANGE, linewidth=2.5, dashes=(4, 3), zorder=1)
        held = [_coverage(card.score("model", horizon), place) for horizon in card.horizons]
        axes.plot(range(len(held)), held, "o", color=theme.MEDIAN, markersize=14, zorder=3)
    axes.set_ylim(0.35, 1.03)
    axes.set_yticks(BANDS)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:.0%}"))
    _finish(axes, card)


def _heading(sheet: Sheet, height: float, question: str, key: str) -> None:
    sheet.write(0.025, height, question, theme.SIZES.label, bold=True, va="center")
    sheet.write(0.025, height - 0.04, key, theme.SIZES.footer, color=theme.MUTED, va="center")


def _coverage(score: Score | None, place: int) -> float:
    return (score.coverage_50, score.coverage_80, score.coverage_95)[place] if score else float("nan")


def _finish(axes: Axes, card: Scorecard) -> None:
    """Horizons below, and the chart's own font."""
    horizons = card.horizons
    axes.set_xlim(-0.3, len(horizons) - 0.7)
    axes.set_xticks(range(len(horizons)), [str(horizon) for horizon in horizons])
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(**lettering({"color": theme.MUTED, "fontsize": theme.SIZES.tick}))


def _legend(sheet: Sheet, height: float, names: list[str]) -> None:
    place = 0.025
    for colour, name in zip(theme.LINES * 2, names, strict=False):
        sheet.patch(place, height + 0.012, 0.03, 0.007, colour)
        text = sheet.write(place + 0.037, height + 0.015, name, theme.SIZES.footer, color=theme.MUTED, va="center")
        place = text.get_window_extent().x1 / sheet.figure.bbox.width + 0.025
