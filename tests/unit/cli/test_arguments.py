"""From words to commands, and what makes no sense."""

from datetime import date
from pathlib import Path

import pytest

from forecasting.cli.arguments import Evaluate, Learn, Predict, parse
from forecasting.evaluation.walkforward import Schedule


def evaluated(*words: str) -> Evaluate:
    """The evaluation that these words ask for."""
    command = parse(("evaluate", *words))
    assert isinstance(command, Evaluate)
    return command


def test_predict_in_full() -> None:
    sources = "--source csv:prices --market csv:market"
    words = f"predict AAPL {sources} --as-of 2024-03-28 --horizon 20 --model active --database my.db --json"
    day, database = date(2024, 3, 28), Path("my.db")
    assert parse(words.split()) == Predict(
        "AAPL",
        "csv:prices",
        "csv:market",
        day,
        horizon=20,
        model="active",
        database=database,
        json=True,
    )


def test_predict_needs_a_symbol_alone() -> None:
    command = parse(("predict", "AAPL"))
    assert command == Predict("AAPL", None, None, None, 5, "base", None, json=False)


def test_evaluate_follows_the_protocol_unless_told_otherwise() -> None:
    command = evaluated("--source", "csv:prices")
    assert command.schedule == Schedule(100, 5, (1, 5, 10, 20))
    assert (command.symbols, command.model, command.garch, command.export) == ((), "base", True, None)


def test_evaluate_in_full() -> None:
    words = "--symbols A,B,A --origins 30 --step 1 --horizons 20,1 --no-garch --export out.csv"
    command = evaluated(*words.split())
    assert command.symbols == ("A", "B")
    assert command.schedule == Schedule(30, 1, (1, 20))
    assert (command.garch, command.export) == (False, Path("out.csv"))


@pytest.mark.parametrize("words", ["all", "ALL", " all "])
def test_all_symbols_are_no_names(words: str) -> None:
    assert evaluated("--symbols", words).symbols == ()


@pytest.mark.parametrize("task", ["pretrain", "tune"])
def test_what_learning_needs_is_handed_on_unread(task: str) -> None:
    assert parse((task, "--seed", "3", "--help")) == Learn(task, ("--seed", "3", "--help"))


@pytest.mark.parametrize(
    "words",
    [
        "predict",
        "predict AAPL --horizon 0",
        "predict AAPL --horizon 21",
        "predict AAPL --horizon -3",
        "predict AAPL --horizon ٣",
        "predict AAPL --horizon 1.5",
        "predict AAPL --as-of 2024-02-30",
        "predict AAPL MSFT",
        "evaluate --origins 0",
        "evaluate --origins 100001",
        "evaluate --step x",
        "evaluate --horizons 1,,5",
        "evaluate --horizons 1,21",
        "evaluate --unknown",
    ],
)
def test_what_cannot_be_meant_ends_with_usage(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(words.split())
    assert left.value.code == 2
    assert "usage" in capsys.readouterr().err
