"""Every forecast of an evaluation as a CSV file, so that anyone can score it with their own code."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from forecasting.errors import InputError
from forecasting.evaluation.walkforward import Run, WalkForward
from forecasting.types.quantile_forecast import LEVELS

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
    del walk


def as_json(value: object) -> str:
    """The value as an indented JSON document."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON knows: dict, list, str, numbers, None
    """The value in JSON's own types.

    Raises:
        TypeError: it is of a type that no answer holds.
    """
    match value:
        case None | bool() | int() | str():
            plain: Any = value
        case float():
            plain = float(value) if isfinite(value) else None
        case date() | Path():
            plain = value.isoformat() if isinstance(value, date) else str(value)
        case np.ndarray() | np.generic():
            plain = _plain(value.tolist())
        case Mapping():
            plain = {str(key): _plain(each) for key, each in value.items()}
        case Sequence():
            plain = [_plain(each) for each in value]
        case _ if is_dataclass(value):
            plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise TypeError(type(value).__name__)
    return plain
