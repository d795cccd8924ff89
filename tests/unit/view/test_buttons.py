"""What buttons carry: within 64 bytes, versioned, and the same when it comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.view import keyboards
from bot.view.buttons import MAX_DATA_BYTES, Press, asking_again, pattern
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
        keyboards.matches_keyboard(matches, lambda symbol: Press("show", (symbol,))),
        keyboards.rollback_keyboard(LONGEST, past),
        keyboards.start_keyboard(),
        keyboards.forget_keyboard(),
    ):
        assert keyboard is not None
        for row in keyboard.inline_keyboard:
            for button in row:
                assert len(str(button.callback_data).encode()) <= MAX_DATA_BYTES
                assert len(button.text) <= 40


@pytest.mark.parametrize(
    ("text", "typed", "data"),
    [
        ("/predict pepsico 10", "pepsico", "1|show|BA|10"),
        ("$boing 10", "$boing", "1|show|BA|10"),
        ("/subscribe@fanchart_bot  boeing   08:00", "boeing", "1|when|BA|08:00"),
        ("/subscribe the boeing", "the boeing", "1|when|BA"),
        ("/alert the  boeing co chance 60", "the boeing co", "1|alert|BA|chance|60"),
        ("/compare apple, boeing", "boeing", "1|compare|apple,|BA"),
        ("/predict fb 10", "FB", "1|show|BA|10"),
        ("$fb", "FB", "1|show|$BA"),
        ("/subscribe AFB, fb 08:00", "FB", "1|when|AFB,|BA|08:00"),
        ("/evaluate facebook inc", "FB", "1|evaluate|BA"),
        ("/evaluate boeing", "boeing", "1|evaluate|BA"),
        ("/train boeing", "boeing", "1|train|BA"),
        ("/unsubscribe boeing", "boeing", "1|show|BA"),
        ("/compare boeing, " + "a very long name " * 4, "boeing", "1|show|BA"),
        ("/predict a|b", "a|b", "1|show|BA"),
    ],
)
def test_a_button_asks_the_same_again_with_another_symbol(text: str, typed: str, data: str) -> None:
    assert asking_again(text, typed, "BA").data() == data


def test_patterns_find_their_own_action_only() -> None:
    assert pattern("show") == r"^1\|show(\||$)"
