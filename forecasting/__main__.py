"""The command line of the forecasts: `python -m forecasting predict | evaluate | pretrain | tune`."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from forecasting.cli.arguments import Evaluate, Learn, Predict, parse
from forecasting.errors import FanchartError

WIDTH = 120
"""Columns of a table that goes to a file or a pipe."""
FAILED = 2
STOPPED = 130


def main(words: Sequence[str]) -> int:
    """Run one command and return the process's exit code: 0, 2 after an error's sentence, 130 after Ctrl-C."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    progress = Console(stderr=True)
    try:
        _run(words, console, progress)
    except FanchartError as error:
        progress.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        return FAILED
    except KeyboardInterrupt:
        progress.print("Stopped.")
        return STOPPED
    return 0


def _run(words: Sequence[str], console: Console, progress: Console) -> None:
    """Do what the words say; each command imports what it needs, so that `--help` answers at once."""
    match parse(words):
        case Predict() as command:
            from forecasting.cli.predict import predict  # noqa: PLC0415 - needed by this command alone

            predict(command, console, progress, _now)
        case Evaluate() as command:
            from forecasting.cli.evaluate import evaluate  # noqa: PLC0415 - as above

            evaluate(command, console, progress, _now)
        case Learn() as command:
            from forecasting.cli.learn import learn  # noqa: PLC0415 - as above

            learn(command)


def _now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
