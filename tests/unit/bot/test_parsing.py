"""A message's text becomes a value, or an error that says what to type; nothing else can happen."""

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.parsing import arguments, forecast, jobs, listing_names
from bot.parsing.arguments import UsageError
from bot.parsing.forecast import Compare, Predict
from bot.parsing.jobs import Rollback, Tune
from forecasting.errors import InputError
from forecasting.types.quantile_forecast import MAX_HORIZON

PARSERS = (
    forecast.parse_predict,
    forecast.parse_compare,
    jobs.parse_train,
    jobs.parse_tune,
    jobs.parse_rollback,
    lambda text: listing_names.parse_name(text, "/evaluate"),
    listing_names.parse_names,
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
    lower = symbol.lower()
    assert forecast.parse_predict(f"/predict@fanchart_bot {lower}  {horizon} ") == Predict(lower, horizon)
    assert forecast.parse_predict(f"${symbol}") == Predict(f"${symbol}", 5)


@given(horizon=st.integers().filter(lambda number: not 1 <= number <= MAX_HORIZON))
def test_horizons_outside_1_to_20_are_refused_with_an_example(horizon: int) -> None:
    with pytest.raises(UsageError, match=r"I look 1 to 20 sessions ahead. Try /predict AAPL 10\."):
        forecast.parse_predict(f"/predict AAPL {horizon}")


@pytest.mark.parametrize(
    ("text", "request_made"),
    [
        ("/predict berkshire hathaway", Predict("berkshire hathaway")),
        ("/predict bank of america 10", Predict("bank of america", 10)),
        ("/predict johnson & johnson 3", Predict("johnson & johnson", 3)),
        ("/predict s&p 500", Predict("s&p 500")),
        ("/predict s&p 500 10", Predict("s&p 500", 10)),
        ("/predict nikkey 225", Predict("nikkey 225")),
        ("/predict Münchener  Rück 20", Predict("Münchener Rück", 20)),
        ("/predict Tesla, Inc. 7", Predict("Tesla, Inc.", 7)),
        ("/predict EUR/USD", Predict("EUR/USD")),
        ("/predict key corp", Predict("key corp")),
        ("/predict PALO ALTO", Predict("PALO ALTO")),
        ("/predict XYZ ABC1", Compare(("XYZ", "ABC1"))),
        ("/predict AAPL MSFT", Compare(("AAPL", "MSFT"))),
        ("/predict aapl msft ko 5", Compare(("aapl", "msft", "ko"), 5)),
        ("/predict apple, bank of america 20", Compare(("apple", "bank of america"), 20)),
        ("/predict $AAPL,$MSFT 5", Compare(("$AAPL", "$MSFT"), 5)),
        ("/predict apple inc. 10 sessions", Predict("apple inc.", 10)),
        ("$XYZ $ABC", Compare(("$XYZ", "$ABC"))),
        ("/predict ^GSPC 7203.T BTC-USD", Compare(("^GSPC", "7203.T", "BTC-USD"))),
    ],
)
def test_words_up_to_the_number_are_the_name_and_several_symbols_are_compared(
    text: str, request_made: Predict | Compare
) -> None:
    assert forecast.parse_predict(text) == request_made


def test_names_are_compared_by_word_by_comma_and_by_versus() -> None:
    assert forecast.parse_compare("/compare aapl AAPL msft") == Compare(("aapl", "msft"))
    assert forecast.parse_compare("/compare apple microsoft 5") == Compare(("apple", "microsoft"), 5)
    assert forecast.parse_compare("/compare bank of america, citi") == Compare(("bank of america", "citi"))
    assert forecast.parse_compare("/compare wells fargo vs. citi") == Compare(("wells fargo", "citi"))
    with pytest.raises(UsageError, match="One symbol"):
        forecast.parse_forecast("AAPL MSFT")


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
    assert jobs.parse_train("/train pool") == "pool"  # a listed company, not a word of ours
    assert jobs.parse_tune("/tune bank of america grid") == Tune("bank of america", "grid")
    assert jobs.parse_tune("/tune AAPL") == Tune("AAPL", "bayes")
    assert jobs.parse_tune("/tune aapl grid") == Tune("aapl", "grid")
    assert jobs.parse_rollback("AAPL base") == Rollback("AAPL", "base")
    assert jobs.parse_rollback("AAPL 0123456789abcdef").model == "0123456789abcdef"
    with pytest.raises(UsageError):
        jobs.parse_rollback("AAPL 0123456%")
