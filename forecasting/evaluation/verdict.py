"""A scorecard in one plain sentence."""

from dataclasses import dataclass
from math import isnan
from typing import Final

from forecasting.types.scorecards import Scorecard

SIGNIFICANT: Final = 0.05
"""A two-sided p-value below this counts as a difference."""
MIN_ORIGINS: Final = 30
"""Fewer past forecasts than this are too few for a verdict."""
SPREAD_BASELINE: Final = "historical quantiles"
"""No change with the range of the past two years around it: a bare point would be too easy to beat on spread."""
DIRECTION_BASELINE: Final = "naive"


@dataclass(frozen=True, slots=True)
class _Finding:
    """How the model compares with one baseline."""

    question: str
    skill: float
    p_value: float

    @property
    def is_significant(self) -> bool:
        """Whether there is a difference that is more than chance."""
        return self.p_value < SIGNIFICANT

    @property
    def is_better(self) -> bool:
        """Whether the model won."""
        return self.is_significant and self.skill > 0

    def plain(self) -> str:
        """The question and how sure the answer is: "spread (p = 0.02)"."""
        return f"{self.question} (p {_probability(self.p_value)})"

    def measured(self) -> str:
        """The question, how far apart both are, and how sure that is: "spread 1.2% better (p = 0.3)"."""
        if isnan(self.p_value) or f"{self.skill:.1%}" in ("0.0%", "-0.0%"):
            return f"{self.question} the same"
        comparative = "better" if self.skill > 0 else "worse"
        return f"{self.question} {abs(self.skill):.1%} {comparative} (p {_probability(self.p_value)})"


def verdict(card: Scorecard, horizon: int) -> str:
    """One sentence: does the model beat no change `horizon` sessions ahead, on spread and on direction?

    Spread is compared by CRPS against the range of the last 500 sessions, direction by the squared error of the median
    against the close at the origin. A horizon that was not scored takes the nearest one that was.
    """
    scored = nearest_horizon(card, horizon)
    score = card.score("model", scored)
    if score is None or score.origins < MIN_ORIGINS:
        return f"Too few past forecasts ({score.origins if score else 0}) to tell whether it beats no change."
    spread = _findings(card, "spread", SPREAD_BASELINE, scored, "crps")
    direction = _findings(card, "direction", DIRECTION_BASELINE, scored, "squared error")
    return _sentence(spread + direction) + (f" (Scored {scored} sessions ahead.)" if scored != horizon else "")


def nearest_horizon(card: Scorecard, horizon: int) -> int:
    """The scored horizon closest to the wanted one, the longer of two that are equally close; the wanted if none."""
    return min(card.horizons, key=lambda each: (abs(each - horizon), -each), default=horizon)


def _findings(card: Scorecard, question: str, baseline: str, horizon: int, loss: str) -> tuple[_Finding, ...]:
    """The comparison with one baseline; empty where there is none."""
    comparison = card.comparison(baseline, horizon, loss)
    return (_Finding(question, comparison.skill, comparison.p_value),) if comparison else ()


def _sentence(findings: tuple[_Finding, ...]) -> str:
    """All findings in words, the good ones first."""
    better = " and ".join(found.plain() for found in findings if found.is_better)
    worse = " and ".join(found.plain() for found in findings if found.is_significant and not found.is_better)
    even = [found for found in findings if not found.is_significant]
    measured = ", ".join(found.measured() for found in even)
    if better:
        rest = f", but no change wins on {worse}" if worse else ""
        return f"Beats no change on {better}{rest}" + "".join(f", not on {found.plain()}" for found in even) + "."
    if worse:
        return f"No change wins on {worse}" + (f"; no clear difference elsewhere: {measured}." if even else ".")
    return f"No clear winner against no change: {measured}." if even else "It was not compared with no change."


def _probability(p_value: float) -> str:
    """A p-value for people: "= 0.02", "< 0.001", or "unknown"."""
    if isnan(p_value):
        return "unknown"
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.2g}"  # noqa: PLR2004 - three digits are enough for people
