"""Values become columns and come back the same, whatever they are."""

from datetime import UTC, datetime, timedelta, timezone
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from forecasting.errors import StorageError
from forecasting.types.bars import FloatArray
from forecasting.types.job_records import Promotion
from forecasting.types.scorecards import Scorecard
from storage.encoding import Json, to_array, to_blob, to_moment, to_text
from tests.factories import scorecard

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9999, 1, 1), timezones=ZONES)  # noqa: DTZ001 - strategies add zones
PROMOTION = Promotion(promoted=True, windows=60, candidate_crps=0.1, active_crps=nan, p_value=0.04, reason="It won.")


@given(MOMENTS)
def test_a_moment_comes_back_in_utc(moment: datetime) -> None:
    assert to_moment(to_text(moment)) == moment
    assert to_moment(to_text(moment)).tzinfo == UTC


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_moments_do(one: datetime, other: datetime) -> None:
    assert (to_text(one) < to_text(other)) == (one < other)


def test_a_moment_of_no_timezone_is_refused() -> None:
    with pytest.raises(StorageError, match="no timezone"):
        to_text(datetime(2024, 7, 3, 12))  # noqa: DTZ001 - that is the point


@given(arrays(np.float64, array_shapes(max_dims=3, max_side=6)))
def test_an_array_comes_back_to_the_last_bit(numbers: FloatArray) -> None:
    back = to_array(to_blob(numbers), *numbers.shape)
    assert back.tobytes() == np.ascontiguousarray(numbers).tobytes()
    assert back.dtype == np.float64
    assert back.flags.writeable


def test_an_array_of_any_layout_is_stored_in_rows() -> None:
    numbers = np.arange(6.0).reshape(2, 3)
    assert to_blob(numbers.T) == to_blob(np.array([[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]))
    assert to_blob(numbers) == numbers.astype(">f8").astype("<f8").tobytes()


@pytest.mark.parametrize("blob", [b"", b"1234567", b"12345678" * 5])
def test_bytes_that_do_not_fill_the_shape_are_told(blob: bytes) -> None:
    with pytest.raises(StorageError, match="damaged"):
        to_array(blob, 2, 3)


def test_a_dataclass_comes_back_with_all_its_parts() -> None:
    codec = Json(Scorecard)
    assert codec.load(codec.dump(scorecard())) == scorecard()


@given(st.floats(), st.text())
def test_any_number_and_any_text_comes_back(number: float, text: str) -> None:
    codec = Json(Promotion)
    promotion = Promotion(
        promoted=False, windows=1, candidate_crps=number, active_crps=nan, p_value=-number, reason=text
    )
    try:
        text.encode()
    except UnicodeEncodeError:
        return  # half a surrogate pair is no text that could be stored
    assert repr(codec.load(codec.dump(promotion))) == repr(promotion)


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "[]",
        "{}",
        Json(Promotion).dump(PROMOTION)[:-2],
        Json(Promotion).dump(PROMOTION).replace('"windows":60', '"windows":"many"'),
        Json(Promotion).dump(PROMOTION).replace(',"windows":60', ""),
        Json(Promotion).dump(PROMOTION).replace('"windows":60', '"windows":60,"doors":2'),
    ],
)
def test_json_that_is_not_wholly_such_a_value_is_refused(broken: str) -> None:
    with pytest.raises(StorageError, match="A stored Promotion cannot be read"):
        Json(Promotion).load(broken)
