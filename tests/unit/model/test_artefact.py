"""A stored model comes back as it was, or not at all."""

import io
from dataclasses import replace
from datetime import date
from hashlib import sha256 as digest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.errors import BrokenArtefact
from forecasting.model.artefact import MAGIC, MAX_BYTES, base_artefact, dump, load, sha256


def test_the_base_comes_with_the_package_and_is_small() -> None:
    base = load(base_artefact())
    assert base.kind == "base"
    assert base.trained_to is None
    assert len(base_artefact()) < 1_000_000


def test_bytes_come_back_as_they_were() -> None:
    model = replace(load(base_artefact()), kind="symbol", symbol="AAPL", trained_to=date(2024, 7, 3), scores={"x": 1.5})
    again = load(dump(model))
    assert dump(again) == dump(model)
    assert (again.symbol, again.trained_to, again.scores) == ("AAPL", date(2024, 7, 3), {"x": 1.5})
    assert again.spec == model.spec
    assert all(np.array_equal(again.weights[name], value) for name, value in model.weights.items())
    assert sha256(dump(model)) == digest(dump(model)).hexdigest()


@given(place=st.integers(0, len(base_artefact()) - 1), flip=st.integers(1, 255))
def test_a_changed_byte_is_noticed(place: int, flip: int) -> None:
    content = bytearray(base_artefact())
    content[place] ^= flip
    with pytest.raises(BrokenArtefact):
        load(bytes(content))


@given(length=st.integers(0, len(base_artefact()) - 1))
def test_a_cut_is_noticed(length: int) -> None:
    with pytest.raises(BrokenArtefact):
        load(base_artefact()[:length])


def test_code_in_a_blob_is_never_run() -> None:
    body = io.BytesIO()
    np.savez(body, header=np.array([print], dtype=object))
    content = MAGIC + digest(body.getvalue()).digest() + body.getvalue()
    with pytest.raises(BrokenArtefact):
        load(content)


def test_missing_parts_and_too_much_are_refused() -> None:
    body = io.BytesIO()
    np.savez(body, step=np.zeros(3, np.uint8))
    for content in (MAGIC + digest(body.getvalue()).digest() + body.getvalue(), bytes(MAX_BYTES + 1), b""):
        with pytest.raises(BrokenArtefact):
            load(content)
