"""The trainings of the command line: found by name, and not imported before they are asked for."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from forecasting.cli.learn import COMMANDS


@pytest.mark.parametrize("module", COMMANDS.values())
def test_every_training_is_a_module_of_the_learning_package(module: str) -> None:
    assert find_spec(module) is not None


def test_the_command_line_itself_knows_nothing_of_them() -> None:
    program = "import forecasting.cli.learn, sys; sys.exit(any('learning' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0  # noqa: S603 - our own words
