"""The verdict in words: wins, losses and draws, and never a loss hidden."""

from dataclasses import replace

import pytest

from forecasting.evaluation.verdict import nearest_horizon, verdict
from forecasting.types.scorecards import Comparison, Scorecard
from tests.factories import scorecard

NAN = float("nan")


def card(spread: tuple[float, float], direction: tuple[float, float], horizon: int = 5) -> Scorecard:
    """A scorecard with (skill, p-value) on spread and on direction."""
    return replace(
        scorecard(),
        comparisons=(
            Comparison("historical quantiles", horizon, "crps", *spread),
            Comparison("naive", horizon, "squared error", *direction),
        ),
    )


@pytest.mark.parametrize(
    ("spread", "direction", "sentence"),
    [
        ((0.03, 0.02), (0.01, 0.04), "Beats no change on spread (p = 0.02) and direction (p = 0.04)."),
        ((0.03, 0.02), (0.01, 0.4), "Beats no change on spread (p = 0.02), not on direction (p = 0.4)."),
        (
            (0.03, 0.0001),
            (-0.02, 0.01),
            "Beats no change on spread (p < 0.001), but no change wins on direction (p = 0.01).",
        ),
        ((0.03, 0.02), (0.0, NAN), "Beats no change on spread (p = 0.02), not on direction (p unknown)."),
        ((-0.03, 0.02), (-0.02, 0.01), "No change wins on spread (p = 0.02) and direction (p = 0.01)."),
        (
            (0.012, 0.3),
            (-0.02, 0.01),
            "No change wins on direction (p = 0.01); no clear difference elsewhere: spread 1.2% better (p = 0.3).",
        ),
        (
            (0.012, 0.3),
            (-0.004, 0.6),
            "No clear winner against no change: spread 1.2% better (p = 0.3), direction 0.4% worse (p = 0.6).",
        ),
        ((0.0, NAN), (0.0001, 0.9), "No clear winner against no change: spread the same, direction the same."),
    ],
)
def test_every_standing_has_its_sentence(
    spread: tuple[float, float], direction: tuple[float, float], sentence: str
) -> None:
    assert verdict(card(spread, direction), 5) == sentence


def test_a_horizon_that_was_not_scored_takes_the_nearest_and_says_so() -> None:
    said = verdict(card((0.03, 0.02), (0.01, 0.4)), 6)
    assert said == "Beats no change on spread (p = 0.02), not on direction (p = 0.4). (Scored 5 sessions ahead.)"


@pytest.mark.parametrize(("wanted", "scored"), [(1, 1), (2, 1), (3, 5), (5, 5), (7, 5), (8, 10), (15, 20), (20, 20)])
def test_the_nearest_scored_horizon_is_the_longer_of_two(wanted: int, scored: int) -> None:
    assert nearest_horizon(scorecard(), wanted) == scored


def test_few_past_forecasts_allow_no_verdict() -> None:
    given = card((0.03, 0.02), (0.01, 0.04))
    short = replace(given, scores=tuple(replace(score, origins=12) for score in given.scores))
    assert verdict(short, 5) == "Too few past forecasts (12) to tell whether it beats no change."


def test_nothing_compared_is_said() -> None:
    assert verdict(scorecard(), 5) == "It was not compared with no change."


def test_no_scores_at_all() -> None:
    assert verdict(replace(scorecard(), scores=()), 5).startswith("Too few past forecasts (0)")
