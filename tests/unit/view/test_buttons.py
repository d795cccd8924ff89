"""What buttons carry: within 64 bytes, versioned, and the same when it comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.view import keyboards
from bot.view.buttons import MAX_DATA_BYTES, Press, pattern
from forecasting.prices.symbols import MAX_LENGTH
from forecasting.types.bars import SymbolMatch
from tests.factories import model_record

WORDS = st.lists(st.from_regex(r"[A-Z0-9^.=-]{1,20}", fullmatch=True), max_size=2)
LONGEST = "X" * MAX_LENGTH


@given(action=st.sampled_from(("predict", "evaluate", "rollback")), words=WORDS)
def test_a_press_comes_back_as_it_was(action: str, words: list[str]) -> None:
    press = Press(action, tuple(words))
    assert Press.read(press.data()) == press
    assert press.text == " ".join(words)


@given(data=st.none() | st.text(max_size=64))
def test_anything_else_is_no_press_or_one_of_this_version(data: str | None) -> None:
    press = Press.read(data)
    assert press is None or press.data() == data


def test_too_much_does_not_fit() -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        Press("predict", ("A" * MAX_DATA_BYTES,)).data()
    with pytest.raises(ValueError, match="cannot carry"):
        Press("predict", ("A|B",)).data()


def test_every_keyboard_fits_the_longest_symbol() -> None:
    matches = [SymbolMatch(LONGEST, "A very long company name, Incorporated in some State" * 2)] * 5
    past = [model_record(LONGEST, "c" * 64)]
    for keyboard in (
        keyboards.forecast_keyboard(LONGEST, 20),
        keyboards.evaluation_keyboard(LONGEST),
        keyboards.matches_keyboard(matches),
        keyboards.rollback_keyboard(LONGEST, past),
        keyboards.start_keyboard(),
        keyboards.forget_keyboard(),
    ):
        assert keyboard is not None
        for row in keyboard.inline_keyboard:
            for button in row:
                assert len(str(button.callback_data).encode()) <= MAX_DATA_BYTES
                assert len(button.text) <= 40


def test_patterns_find_their_own_action_only() -> None:
    assert pattern("show") == r"^1\|show(\||$)"
