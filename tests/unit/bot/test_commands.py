"""A message's text becomes a command value, or an error that says what to type; nothing else can happen."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.parsing import forecast
from bot.parsing.forecast import Predict, Rollback, Tune, UsageError
from forecasting.errors import InputError
from forecasting.types.quantile_forecast import MAX_HORIZON

PARSERS = (
    forecast.parse_predict,
    forecast.parse_compare,
    forecast.parse_train,
    forecast.parse_tune,
    forecast.parse_rollback,
    lambda text: forecast.parse_symbol(text, "/evaluate"),
    lambda text: forecast.parse_number(text, "/cancel"),
    lambda text: forecast.parse_chat_id(text, "/allow"),
)


def refusal(parse: Callable[[str], object], text: str) -> InputError | None:
    """Why a text is refused, or None."""
    try:
        parse(text)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.text(max_size=200))
@example(text="/predict " + "A" * 10_000)
@example(text="/predict 😀")
@example(text="/predict <b>")
@example(text="'; DROP TABLE prices; --")
@example(text="/x ٣")
@example(text="/x \x00")
def test_any_text_is_a_command_or_an_input_error(parse: Callable[[str], object], text: str) -> None:
    refused = refusal(parse, text)
    assert refused is None or (len(str(refused)) < 300 and refused.next_step)


@given(symbol=st.from_regex(r"[A-Z]{1,5}", fullmatch=True), horizon=st.integers(1, MAX_HORIZON))
def test_what_a_command_is_written_like_it_is_read_like(symbol: str, horizon: int) -> None:
    assert forecast.parse_predict(f"/predict {symbol} {horizon}") == Predict(symbol, horizon)
    assert forecast.parse_predict(f"/predict@fanchart_bot {symbol.lower()}  {horizon} ") == Predict(symbol, horizon)
    assert forecast.parse_predict(f"${symbol}") == Predict(symbol, 5)


@given(horizon=st.integers().filter(lambda number: not 1 <= number <= MAX_HORIZON))
def test_horizons_outside_1_to_20_are_refused_with_an_example(horizon: int) -> None:
    with pytest.raises(UsageError, match=r"I look 1 to 20 sessions ahead. Try /predict AAPL 10\."):
        forecast.parse_predict(f"/predict AAPL {horizon}")


def test_symbols_meet_however_they_are_typed() -> None:
    assert forecast.parse_predict("/predict brk.b").symbol == forecast.parse_predict("$BRK-B").symbol == "BRK-B"
    assert forecast.parse_compare("/compare aapl, AAPL msft") == ("AAPL", "MSFT")


@pytest.mark.parametrize("text", ["/compare AAPL", "/compare", "/compare A B C D E", "/compare A A A"])
def test_two_to_four_different_symbols_are_compared(text: str) -> None:
    with pytest.raises(UsageError, match="2 to 4"):
        forecast.parse_compare(text)


def test_jobs_and_chats_are_named_by_whole_numbers() -> None:
    assert forecast.parse_number("/cancel #12", "/cancel") == 12
    assert forecast.parse_chat_id("/allow -1001234567890", "/allow") == -1001234567890
    for text in ("/cancel 1.5", "/cancel -1", "/cancel 1 2", "/cancel ½"):
        with pytest.raises(UsageError):
            forecast.parse_number(text, "/cancel")
    for text in ("/allow 0", "/allow me", "/allow 1e3", "/allow 9999999999999999999"):
        with pytest.raises(UsageError):
            forecast.parse_chat_id(text, "/allow")


def test_trainings_tunings_and_rollbacks() -> None:
    assert forecast.parse_train("/train *") == forecast.EVERY_SYMBOL
    assert forecast.parse_train("/train pool") == "POOL"  # a listed company, not a word of ours
    assert forecast.parse_tune("/tune AAPL") == Tune("AAPL", "bayes")
    assert forecast.parse_tune("/tune aapl grid") == Tune("AAPL", "grid")
    assert forecast.parse_rollback("AAPL base") == Rollback("AAPL", "base")
    assert forecast.parse_rollback("AAPL 0123456789abcdef").model == "0123456789abcdef"
    with pytest.raises(UsageError):
        forecast.parse_rollback("AAPL 0123456%")
