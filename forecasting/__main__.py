"""The command line of the engine: `python -m forecasting predict | evaluate | pretrain | tune`."""

import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module
from types import MappingProxyType
from typing import Final

from rich.console import Console

from forecasting.cli.arguments import Evaluate, Learn, Predict, parse
from forecasting.errors import BrokenArtefact, FanchartError, NoModel
from forecasting.settings import EngineSettings, read_settings

WIDTH: Final = 120
"""Columns of a table that goes to a file or a pipe."""
FAILED: Final = 2
STOPPED: Final = 130
TRAININGS: Final[Mapping[str, str]] = MappingProxyType(
    {"pretrain": "forecasting.learning.pretraining", "tune": "forecasting.learning.tuning"}
)
"""Modules with a `main` for their command's words, imported by name: this process is a worker of its own."""


def main(words: Sequence[str]) -> int:
    """Run one command and return the process's exit code: 0, 2 after an error's sentence, 130 after Ctrl-C."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    progress = Console(stderr=True)
    try:
        _run(words, console, progress)
    except FanchartError as error:
        progress.print(error_text(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return FAILED
    except KeyboardInterrupt:
        progress.print("Stopped.")
        return STOPPED
    return 0


def error_text(error: FanchartError) -> str:
    """What happened, and what to do next with the options of the command line."""
    if isinstance(error, NoModel | BrokenArtefact):
        return f"{error.what} Use --model base, or a file that a training wrote."
    return str(error)


def train(command: Learn) -> None:
    """Run a training to its end, in this process.

    Raises:
        FanchartError: what the training raised.
    """
    import_module(TRAININGS[command.task]).main(command.words)


def _run(words: Sequence[str], console: Console, progress: Console) -> None:
    """Each command imports what it needs, so that `--help` answers at once."""
    match parse(words):
        case Predict() as command:
            from forecasting.cli.predict import predict  # noqa: PLC0415 - needed by this command alone

            predict(command, _settings(command), console, progress, _now)
        case Evaluate() as command:
            from forecasting.cli.evaluate import evaluate  # noqa: PLC0415 - as above

            evaluate(command, _settings(command), console, progress, _now)
        case Learn() as command:
            train(command)


def _settings(command: Predict | Evaluate) -> EngineSettings:
    """The settings of the environment, with what the command names in their place."""
    given = {"price_sources": command.source, "database": command.database}
    return read_settings(EngineSettings, **{name: value for name, value in given.items() if value is not None})


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
