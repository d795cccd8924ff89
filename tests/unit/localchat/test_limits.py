"""The sizes that Telegram checks, at their edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.localchat.state import limits
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.message import Button, FormattedText, InlineKeyboard


def _error_of(check: object, *arguments: object) -> str:
    assert callable(check)
    with pytest.raises(ApiError) as refused:
        check(*arguments)
    return refused.value.description


def test_a_text_of_4096_units_passes_and_one_more_does_not() -> None:
    assert limits.checked_text(FormattedText("x" * 4096)).text == "x" * 4096
    assert _error_of(limits.checked_text, FormattedText("x" * 4097)) == "Bad Request: message is too long"


def test_characters_beyond_the_first_plane_count_twice() -> None:
    assert limits.checked_text(FormattedText("😀" * 2048))
    assert _error_of(limits.checked_text, FormattedText("😀" * 2048 + "x")) == "Bad Request: message is too long"


@pytest.mark.parametrize(("text", "description"), [("", "message text is empty"), (" \n ", "text must be non-empty")])
def test_a_text_needs_something_in_it(text: str, description: str) -> None:
    assert _error_of(limits.checked_text, FormattedText(text)) == f"Bad Request: {description}"


def test_a_caption_of_1024_units_passes_and_one_more_does_not() -> None:
    assert limits.checked_caption(FormattedText("x" * 1024)).text
    assert limits.checked_caption(FormattedText("")) == FormattedText("")
    assert _error_of(limits.checked_caption, FormattedText("x" * 1025)) == "Bad Request: message caption is too long"


def _keyboard(*buttons: Button) -> InlineKeyboard:
    return InlineKeyboard((buttons,))


@pytest.mark.parametrize("data", ["x", "x" * 64, "é" * 32])
def test_callback_data_of_1_to_64_bytes_passes(data: str) -> None:
    limits.check_keyboard(_keyboard(Button("go", callback_data=data)))


@pytest.mark.parametrize("data", ["x" * 65, "é" * 33])
def test_longer_callback_data_is_refused(data: str) -> None:
    assert _error_of(limits.check_keyboard, _keyboard(Button("go", callback_data=data))) == (
        "Bad Request: BUTTON_DATA_INVALID"
    )


@pytest.mark.parametrize(
    "button",
    [
        Button("go"),
        Button(" ", callback_data="x"),
        Button("go", callback_data="x", url="https://x.org"),
        Button("go", url="javascript:alert(1)"),
    ],
)
def test_a_button_needs_a_text_and_one_action(button: Button) -> None:
    assert _error_of(limits.check_keyboard, _keyboard(button)).startswith("Bad Request: ")


def test_an_empty_switch_query_is_an_action() -> None:
    limits.check_keyboard(_keyboard(Button("go", switch_inline_query_current_chat="")))


def test_no_more_than_100_buttons() -> None:
    limits.check_keyboard(_keyboard(*[Button("go", callback_data="x")] * 100))
    assert _error_of(limits.check_keyboard, _keyboard(*[Button("go", callback_data="x")] * 101))


def test_a_callback_answer_has_at_most_200_characters() -> None:
    limits.check_callback_answer("x" * 200)
    assert _error_of(limits.check_callback_answer, "x" * 201) == "Bad Request: MESSAGE_TOO_LONG"


@given(st.integers(1, 12_000), st.integers(1, 12_000))
def test_photo_sides(width: int, height: int) -> None:
    fits = width + height <= 10_000 and max(width, height) <= 20 * min(width, height)
    if fits:
        limits.check_photo_sides(width, height)
    else:
        assert _error_of(limits.check_photo_sides, width, height) == "Bad Request: PHOTO_INVALID_DIMENSIONS"


def test_an_upload_has_a_size_within_its_limit() -> None:
    limits.check_size(10, 10)
    assert _error_of(limits.check_size, 0, 10) == "Bad Request: file must be non-empty"
    assert _error_of(limits.check_size, 11, 10) == "Request Entity Too Large"
