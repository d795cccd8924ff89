"""Every forecast of an evaluation as a CSV file, so that anyone can score it with their own code."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from forecasting.errors import InputError
from forecasting.evaluation.walkforward import Run, WalkForward
from forecasting.types import LEVELS

COLUMNS: Final = ("symbol", "origin", "horizon", "model", "close", *(f"q{level:g}" for level in LEVELS))
"""`close` is the price at the origin, and like the quantiles adjusted for splits and dividends."""


class WriteWalk(Protocol):
    """Takes one symbol's walk-forward evaluation."""

    def __call__(self, walk: WalkForward) -> None:
        """Write its rows."""
        ...


@contextmanager
def exporting(path: Path | None) -> Iterator[WriteWalk]:
    """A writer to the file, which appears under its name only when everything is in it; None writes nothing.

    Raises:
        InputError: the file cannot be written.
    """
    if path is None:
        yield _forget
        return
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            yield lambda walk: writer.writerows(row for run in walk.runs for row in _rows(walk, run))
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror}).", "Choose another file.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _rows(walk: WalkForward, run: Run) -> Iterator[tuple[str, ...]]:
    """One row an origin and horizon; prices with 12 significant digits."""
    for origin, close, fans in zip(walk.origins, walk.closes, run.quantiles, strict=True):
        for horizon, fan in zip(walk.horizons, fans, strict=True):
            prices = (f"{price:.12g}" for price in (close, *fan))
            yield walk.symbol, str(origin), str(horizon), run.forecaster, *prices


def _forget(walk: WalkForward) -> None:
    """Write nothing."""
    del walk
