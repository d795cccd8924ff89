"""What a scorecard says in one plain sentence."""

from dataclasses import dataclass
from typing import Final, Literal

from forecasting.types import Scorecard

SIGNIFICANT: Final = 0.05
"""A two-sided p-value below this counts as a difference."""
ENOUGH_ORIGINS: Final = 30
"""Fewer past forecasts than this are too few for a verdict."""
SPREAD_RIVAL: Final = "historical quantiles"
"""No change with the range of the past two years around it: a bare point would be too easy to beat on spread."""
DIRECTION_RIVAL: Final = "naive"

Standing = Literal["better", "worse", "even"]


@dataclass(frozen=True, slots=True)
class _Finding:
    """How the model stands on one question."""

    question: str
    standing: Standing
    p_value: float

    def __str__(self) -> str:
        """The question with its p-value."""
        return f"{self.question} (p {_probability(self.p_value)})"


def verdict(card: Scorecard, horizon: int) -> str:
    """One sentence: does the model beat no change `horizon` sessions ahead, on spread and on direction?

    Spread is judged by CRPS against the range of the last 500 sessions, direction by the squared error of the median
    against the close at the origin. A horizon that was not scored is judged at the nearest one that was.
    """
    scored = nearest_horizon(card, horizon)
    score = card.score("model", scored)
    if score is None or score.origins < ENOUGH_ORIGINS:
        return f"Too few past forecasts ({score.origins if score else 0}) to tell whether it beats no change."
    findings = [
        found
        for found in (
            _finding(card, "spread", SPREAD_RIVAL, scored, "crps"),
            _finding(card, "direction", DIRECTION_RIVAL, scored, "squared error"),
        )
        if found
    ]
    return _sentence(findings) + (f" (Scored {scored} sessions ahead.)" if scored != horizon else "")


def nearest_horizon(card: Scorecard, horizon: int) -> int:
    """The scored horizon closest to the wanted one, the longer of two that are equally close; the wanted if none."""
    scored = {score.horizon for score in card.scores}
    return min(scored, key=lambda each: (abs(each - horizon), -each), default=horizon)


def _finding(card: Scorecard, question: str, rival: str, horizon: int, loss: str) -> _Finding | None:
    """The standing against one baseline; None where they were not compared."""
    comparison = card.comparison(rival, horizon, loss)
    if comparison is None:
        return None
    if not comparison.p_value < SIGNIFICANT:
        return _Finding(question, "even", comparison.p_value)
    return _Finding(question, "better" if comparison.skill > 0 else "worse", comparison.p_value)


def _sentence(findings: list[_Finding]) -> str:
    """Put the findings into words, the good ones first, and never hide a bad one."""
    better, worse, even = (_listed(findings, standing) for standing in ("better", "worse", "even"))
    if better:
        return f"Beats no change on {better}" + _and_no_change_wins(worse) + (f", not on {even}" if even else "") + "."
    if worse:
        return f"No change wins on {worse}" + (f"; no clear difference on {even}" if even else "") + "."
    return f"No clear difference from no change on {even}." if even else "It was not compared with no change."


def _and_no_change_wins(worse: str) -> str:
    """The clause about what the model loses on, if anything."""
    return f", but no change wins on {worse}" if worse else ""


def _listed(findings: list[_Finding], standing: str) -> str:
    """The questions of one standing, joined by "and"."""
    return " and ".join(str(found) for found in findings if found.standing == standing)


def _probability(p_value: float) -> str:
    """A p-value for people: "= 0.02", "< 0.001", or "unknown"."""
    if p_value != p_value:  # noqa: PLR0124 - only NaN differs from itself
        return "unknown"
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.2g}"  # noqa: PLR2004 - three digits are enough for people
