"""The command line's entry: trainings found by name and not imported before they are asked for, errors in its words."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from forecasting.__main__ import TRAININGS, error_text
from forecasting.errors import BrokenArtefact, FanchartError, InputError, NoModel


@pytest.mark.parametrize("module", TRAININGS.values())
def test_every_training_is_a_module_of_the_learning_package(module: str) -> None:
    assert find_spec(module) is not None


def test_the_command_line_itself_knows_nothing_of_them() -> None:
    program = "import forecasting.__main__, sys; sys.exit(any('learning' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own words


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (BrokenArtefact("It is damaged."), "It is damaged. Use --model base, or a file that a training wrote."),
        (NoModel("There is none."), "There is none. Use --model base, or a file that a training wrote."),
        (InputError("A symbol is missing.", "Type one."), "A symbol is missing. Type one."),
    ],
)
def test_an_error_names_the_option_that_helps(error: FanchartError, text: str) -> None:
    assert error_text(error) == text
