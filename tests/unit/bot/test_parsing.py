"""A message's text becomes a value, or an error that says what to type; nothing else can happen."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.parsing import arguments, forecast, jobs
from bot.parsing.arguments import UsageError
from bot.parsing.forecast import Predict
from bot.parsing.jobs import Rollback, Tune
from forecasting.errors import InputError
from forecasting.types.quantile_forecast import MAX_HORIZON

PARSERS = (
    forecast.parse_predict,
    forecast.parse_compare,
    jobs.parse_train,
    jobs.parse_tune,
    jobs.parse_rollback,
    lambda text: arguments.parse_symbol(text, "/evaluate"),
    jobs.parse_job_number,
    lambda text: arguments.parse_chat_id(text, "/allow"),
)


def input_error(parse: Callable[[str], object], text: str) -> InputError | None:
    """The error that a text causes, or None."""
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
    error = input_error(parse, text)
    assert error is None or (len(str(error)) < 300 and error.next_step)


@given(symbol=st.from_regex(r"[A-Z]{1,5}", fullmatch=True), horizon=st.integers(1, MAX_HORIZON))
def test_what_a_command_is_written_like_it_is_read_like(symbol: str, horizon: int) -> None:
    assert forecast.parse_predict(f"/predict {symbol} {horizon}") == Predict(symbol, horizon)
    assert forecast.parse_predict(f"/predict@fanchart_bot {symbol.lower()}  {horizon} ") == Predict(symbol, horizon)
    assert forecast.parse_predict(f"${symbol}") == Predict(symbol, 5)


@given(horizon=st.integers().filter(lambda number: not 1 <= number <= MAX_HORIZON))
def test_horizons_outside_1_to_20_are_refused_with_an_example(horizon: int) -> None:
    with pytest.raises(UsageError, match=r"I look 1 to 20 sessions ahead. Try /predict AAPL 10\."):
        forecast.parse_predict(f"/predict AAPL {horizon}")


def test_a_symbol_is_the_same_however_it_is_typed() -> None:
    assert forecast.parse_predict("/predict brk.b").symbol == forecast.parse_predict("$BRK-B").symbol == "BRK-B"
    assert forecast.parse_compare("/compare aapl, AAPL msft") == ("AAPL", "MSFT")


@pytest.mark.parametrize("text", ["/compare AAPL", "/compare", "/compare A B C D E", "/compare A A A"])
def test_two_to_four_different_symbols_are_compared(text: str) -> None:
    with pytest.raises(UsageError, match="2 to 4"):
        forecast.parse_compare(text)


def test_jobs_and_chats_are_named_by_whole_numbers() -> None:
    assert jobs.parse_job_number("/cancel #12") == 12
    assert arguments.parse_chat_id("/allow -1001234567890", "/allow") == -1001234567890
    for text in ("/cancel 1.5", "/cancel -1", "/cancel 1 2", "/cancel ½"):
        with pytest.raises(UsageError):
            jobs.parse_job_number(text)
    for text in ("/allow 0", "/allow me", "/allow 1e3", "/allow 9999999999999999999"):
        with pytest.raises(UsageError):
            arguments.parse_chat_id(text, "/allow")


def test_trainings_tunings_and_rollbacks() -> None:
    assert jobs.parse_train("/train *") == jobs.EVERY_SYMBOL
    assert jobs.parse_train("/train pool") == "POOL"  # a listed company, not a word of ours
    assert jobs.parse_tune("/tune AAPL") == Tune("AAPL", "bayes")
    assert jobs.parse_tune("/tune aapl grid") == Tune("AAPL", "grid")
    assert jobs.parse_rollback("AAPL base") == Rollback("AAPL", "base")
    assert jobs.parse_rollback("AAPL 0123456789abcdef").model == "0123456789abcdef"
    with pytest.raises(UsageError):
        jobs.parse_rollback("AAPL 0123456%")
