"""The export: its columns, its digits, and a file that is there in full or not at all."""

import csv
from pathlib import Path

import numpy as np
import pytest

from forecasting.baselines.drift import Naive
from forecasting.baselines.ewma import EwmaBand
from forecasting.cli.export import COLUMNS, exporting
from forecasting.errors import InputError
from forecasting.evaluation.walkforward import Schedule, WalkForward, origin_rows, walk_forward
from tests.factories import price_history

SCHEDULE = Schedule(origins=3, step=4, horizons=(1, 20))


def walk() -> WalkForward:
    """Three origins, two horizons, two forecasters."""
    rows = origin_rows(400, SCHEDULE)
    return walk_forward(price_history(sessions=400), (EwmaBand(), Naive()), rows, SCHEDULE)


def test_the_columns_are_the_protocols() -> None:
    assert len(COLUMNS) == 5 + 21
    assert COLUMNS[:7] == ("symbol", "origin", "horizon", "model", "close", "q0.025", "q0.05")
    assert COLUMNS[-2:] == ("q0.95", "q0.975")


def test_every_row_is_the_forecast_to_the_last_useful_digit(tmp_path: Path) -> None:
    path, given = tmp_path / "out.csv", walk()
    with exporting(path) as write:
        write(given)
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["model"], row["horizon"]) for row in rows[:3]] == [
        ("ewma band", "1"),
        ("ewma band", "20"),
        ("ewma band", "1"),
    ]
    assert len(rows) == 3 * 2 * 2
    prices = np.array([[float(row[name]) for name in COLUMNS[5:]] for row in rows]).reshape(2, 3, 2, 21)
    np.testing.assert_allclose(prices, [run.quantiles for run in given.runs], rtol=1e-11)
    assert [row["origin"] for row in rows[::2]] == [str(origin) for origin in given.origins] * 2
    assert float(rows[-1]["close"]) == pytest.approx(given.closes[-1], rel=1e-11)


def test_nothing_is_left_of_an_export_that_was_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("yesterday's")
    with pytest.raises(InputError, match="stop"), exporting(path) as write:  # noqa: PT012 - the block is what is tested
        write(walk())
        raise InputError("stop")
    assert path.read_text() == "yesterday's"
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"), exporting(tmp_path / "no" / "out.csv"):
        pass


def test_no_file_no_export(tmp_path: Path) -> None:
    with exporting(None) as write:
        write(walk())
    assert not list(tmp_path.iterdir())
