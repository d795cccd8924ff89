"""Values of the house as JSON."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from forecasting.cli.export import as_json
from tests.factories import scorecard


@dataclass(frozen=True, slots=True)
class Sample:
    """One of everything."""

    day: date
    moment: datetime
    prices: object
    unknown: float
    path: Path
    nothing: None = None


def test_one_of_everything() -> None:
    sample = Sample(
        date(2024, 7, 3),
        datetime(2024, 7, 3, 21, 30, tzinfo=UTC),
        np.array([[1.5, np.nan], [np.inf, 2]]),
        float("nan"),
        Path("a/b"),
    )
    assert json.loads(as_json(sample)) == {
        "day": "2024-07-03",
        "moment": "2024-07-03T21:30:00+00:00",
        "prices": [[1.5, None], [None, 2.0]],
        "unknown": None,
        "path": "a/b",
        "nothing": None,
    }


def test_numbers_keep_every_digit() -> None:
    assert json.loads(as_json((0.1 + 0.2, np.float64(1 / 3), np.int64(7), True))) == [0.1 + 0.2, 1 / 3, 7, True]


def test_a_scorecard_is_complete() -> None:
    found = json.loads(as_json(scorecard()))
    assert found["first_origin"] == "2022-06-01"
    assert len(found["scores"]) == len(scorecard().scores)
    assert found["scores"][0]["crps"] == scorecard().scores[0].crps


def test_what_no_answer_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="set"):
        as_json({"a": {1, 2}})
