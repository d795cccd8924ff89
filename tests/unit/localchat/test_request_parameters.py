"""A request's parameters: the same values however they came, and clear refusals for wrong ones."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.api.request_parameters import Parameters
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.files import Upload

_json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), _json_values, max_size=4))
def test_an_object_is_the_same_as_json_or_as_a_form_field(value: dict[str, object]) -> None:
    as_json = Parameters({"scope": value}).json_object("scope")
    as_field = Parameters({"scope": json.dumps(value)}).json_object("scope")
    assert as_json.values == as_field.values == value


@given(st.integers(-(2**52), 2**52))
def test_numbers_come_as_text_or_as_numbers(number: int) -> None:
    assert Parameters({"n": str(number)}).integer("n") == Parameters({"n": number}).integer("n") == number


@pytest.mark.parametrize(
    ("written", "flag"), [("true", True), (True, True), ("1", True), ("false", False), ("", False)]
)
def test_flags(written: object, flag: object) -> None:
    assert Parameters({"f": written}).flag("f") is flag


def test_what_is_missing_has_its_default() -> None:
    empty = Parameters({})
    assert empty.text("x", "default") == "default"
    assert (empty.integer("x", 7), empty.optional_integer("x"), empty.flag("x")) == (7, None, False)
    assert (empty.json("x"), empty.json_objects("x"), empty.json_object("x").values) == (None, (), {})
    assert empty.upload("x") is None


@pytest.mark.parametrize(
    ("method", "written", "description"),
    [
        ("integer", "seven", "invalid x specified"),
        ("required_integer", "", "x is empty"),
        ("number", "north", "x is empty"),
        ("json", "{", "can't parse x JSON object"),
        ("json_object", "[]", None),
        ("json_object", "[1]", "can't parse x: expected an Object"),
        ("json_objects", "{}", None),
        ("json_objects", '{"a": 1}', "can't parse x: expected an Array"),
        ("json_objects", "[1]", "can't parse x: expected an Object"),
        ("upload", "attach://y", "file is not found in the request: can't find attached file"),
    ],
)
def test_wrong_values_are_refused(method: str, written: str, description: str | None) -> None:
    read = getattr(Parameters({"x": written}), method)
    if description is None:
        assert not getattr(read("x"), "values", ())
        return
    with pytest.raises(ApiError) as refused:
        read("x")
    assert refused.value.description == f"Bad Request: {description}"


def test_uploads_by_their_own_name_or_attached_also_from_inside_an_object() -> None:
    upload = Upload("a.png", "image/png", b"x")
    parameters = Parameters({"media": '{"media": "attach://photo"}', "photo": "attach://photo"}, {"photo": upload})
    assert parameters.upload("photo") is upload
    assert parameters.json_object("media").upload("media") is upload
