"""The chart of /evaluate: how much better or worse than history each forecaster was, and whether the bands held."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from bot.view import theme
from bot.view.canvas import Sheet, lettering
from bot.view.evaluation import forecasters, scored_horizons
from bot.view.names import forecaster_name
from bot.view.numbers import day
from forecasting.types import Score, Scorecard

_YARDSTICK: Final = "historical quantiles"
_OUT_OF_SIGHT: Final = -0.15
"""A forecaster whose spread is worse than this everywhere (a bare point) would flatten the others."""
_COVERAGES: Final = (("50% band", 0.5), ("80% band", 0.8), ("95% band", 0.95))


def evaluation_chart(card: Scorecard) -> bytes:
    """A PNG of 1080 x 1080: skill by CRPS per horizon above, reliability of the bands below."""
    sheet = Sheet()
    sheet.write(0.025, 0.945, card.symbol, theme.SIZES.title, bold=True, va="center")
    span = f"past forecasts, {day(card.first_origin)} to {day(card.last_origin)}"
    sheet.write(0.025, 0.893, span, theme.SIZES.subtitle, color=theme.MUTED, va="center")
    _draw_skill(sheet, sheet.axes(0.135, 0.5, 0.84, 0.27), card)
    _draw_reliability(sheet, sheet.axes(0.135, 0.13, 0.84, 0.21), card)
    sheet.write(0.975, 0.03, "Fanchart · not advice", theme.SIZES.footer, color=theme.MUTED, va="center", ha="right")
    return sheet.png()


def skills(card: Scorecard) -> dict[str, list[float]]:
    """Skill by CRPS against the historical quantiles, by forecaster, at every scored horizon; bare points left out."""
    found = {}
    for name in forecasters(card):
        pairs = [(card.score(name, horizon), card.score(_YARDSTICK, horizon)) for horizon in scored_horizons(card)]
        skill = [1 - score.crps / yardstick.crps for score, yardstick in pairs if score and yardstick]
        if name != _YARDSTICK and len(skill) == len(pairs) and max(skill) > _OUT_OF_SIGHT:
            found[name] = skill
    return found


def _draw_skill(sheet: Sheet, axes: Axes, card: Scorecard) -> None:
    """One line a forecaster; above zero is better than the range of the last 500 sessions."""
    sheet.write(
        0.025, 0.84, "Spread: skill beside the range of the last 2 years", theme.SIZES.label, bold=True, va="center"
    )
    places = range(len(scored_horizons(card)))
    lines = skills(card)
    axes.axhline(0, color=theme.MUTED, linewidth=2)
    for colour, (name, skill) in zip(theme.LINES * 2, lines.items(), strict=False):
        is_model = name == "model"
        axes.plot(places, skill, "o-", color=colour, linewidth=5 if is_model else 2.5, markersize=13 if is_model else 8)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{100 * value:+.1f}%"))
    _finish(axes, card)
    _legend(sheet, 0.4, [forecaster_name(name) for name in lines])


def _draw_reliability(sheet: Sheet, axes: Axes, card: Scorecard) -> None:
    """How often each band held the close, beside what it promised."""
    sheet.write(0.025, 0.373, "Bands: how often they held the close", theme.SIZES.label, bold=True, va="center")
    for place, (_, promised) in enumerate(_COVERAGES):
        axes.axhline(promised, color=theme.NO_CHANGE, linewidth=2.5, dashes=(4, 3), zorder=1)
        held = [_held(card.score("model", horizon), place) for horizon in scored_horizons(card)]
        axes.plot(range(len(held)), held, "o", color=theme.MEDIAN, markersize=14, zorder=3)
    axes.set_ylim(0.3, 1.05)
    axes.set_yticks([promised for _, promised in _COVERAGES])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:.0%}"))
    _finish(axes, card)


def _held(score: Score | None, place: int) -> float:
    return (score.coverage_50, score.coverage_80, score.coverage_95)[place] if score else float("nan")


def _finish(axes: Axes, card: Scorecard) -> None:
    """Horizons below, and our lettering."""
    horizons = scored_horizons(card)
    axes.set_xlim(-0.3, len(horizons) - 0.7)
    labels = ["1 session" if horizon == 1 else str(horizon) for horizon in horizons]
    axes.set_xticks(range(len(horizons)), labels)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set(**lettering({"color": theme.MUTED, "fontsize": theme.SIZES.tick}))


def _legend(sheet: Sheet, height: float, names: list[str]) -> None:
    place = 0.025
    for colour, name in zip(theme.LINES * 2, names, strict=False):
        sheet.patch(place, height + 0.012, 0.03, 0.007, colour)
        text = sheet.write(place + 0.037, height + 0.015, name, theme.SIZES.footer, color=theme.MUTED, va="center")
        place = text.get_window_extent().x1 / sheet.figure.bbox.width + 0.025
