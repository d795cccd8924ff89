"""What people read: tables of scores and of a forecast."""

from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from forecasting.cli.tables import (
    coverage_table,
    crps_table,
    decimals,
    percent,
    price,
    print_answer,
    ratio,
    score_table,
    share,
    significance_table,
)
from forecasting.evaluation.pooled import pool
from forecasting.forecasts import Answer
from forecasting.types.bars import PriceTrouble
from forecasting.types.scorecards import Comparison
from tests.factories import forecast, price_history, scorecard


def printed(what: RenderableType) -> str:
    """The text as it goes to a file."""
    console = Console(width=120)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


def answer_text(answer: Answer, *, past: bool = False) -> str:
    """What `predict` prints."""
    console = Console(width=120)
    with console.capture() as capture:
        print_answer(answer, 5, past=past, console=console)
    return capture.get()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (price(1234.5, decimals(1234.5)), "1,234.50"),
        (price(0.000012, decimals(0.000012)), "0.000012"),
        (share(0.534), "53%"),
        (share(float("nan")), "-"),
        (ratio(0.97749), "0.977"),
        (ratio(float("nan")), "-"),
        (percent(0.0231), "2.31%"),
        (percent(float("nan")), "-"),
    ],
)
def test_numbers_are_short(text: str, expected: str) -> None:
    assert text == expected


def test_a_score_table_holds_everybody_at_one_horizon() -> None:
    text = printed(score_table(scorecard(), 5))
    assert "AAPL, 5 ahead: 100 origins, 2022-06-01 to 2024-06-05" in text
    assert "model" in text
    assert "naive" in text
    assert "1.55%" in text  # the model's CRPS, 0.97 x 0.016


def test_pooled_tables_have_a_column_a_horizon_and_one_for_all() -> None:
    text = printed(crps_table(pool([scorecard()])))
    head = next(line for line in text.splitlines() if "Forecaster" in line)
    assert [name.strip() for name in head.strip("┃").split("┃")] == ["Forecaster", "1", "5", "10", "20", "all"]


def test_point_forecasts_have_no_coverage() -> None:
    text = printed(coverage_table(pool([scorecard()])))
    assert "51.0 81.0 94.0" in text
    assert "naive" not in text


def test_significance_counts_symbols_beyond_chance() -> None:
    def compared(skill: float, p_value: float) -> Comparison:
        return Comparison("naive", 5, "crps", skill, p_value)

    cards = [
        replace(scorecard(), comparisons=(compared(*each),))
        for each in ((0.1, 0.01), (0.1, 0.2), (-0.1, 0.01), (0.2, 0.04), (0.0, float("nan")))
    ]
    assert "2 / 1" in printed(significance_table(cards))


def test_a_forecast_names_the_checks_the_trouble_and_the_age_of_its_prices() -> None:
    history = replace(price_history(), notes=("dropped 1 zero price",))
    answer = Answer(forecast(history), PriceTrouble("Yahoo is limiting us."), 7)
    text = answer_text(answer)
    assert "Checks: dropped 1 zero price." in text
    assert "Yahoo is limiting us." in text
    assert "7 sessions old" in text
    assert "sessions old" not in answer_text(answer, past=True)


def test_markup_in_a_name_is_text() -> None:
    history = replace(price_history(), name="[red]Evil[/red] Inc.")
    assert "[red]Evil[/red] Inc." in answer_text(Answer(forecast(history), None, 0))


def test_a_forecast_without_a_scorecard_says_so() -> None:
    made = replace(forecast(), scorecard=None)
    assert "no past sessions to score" in answer_text(Answer(made, None, 0))
