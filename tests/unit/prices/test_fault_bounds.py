"""Each fault of a bar at its bound: the last bar that is good and the first one that is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.errors import BadPrices, InputError, RateLimited, TooLittleHistory
from forecasting.prices import bar_checks
from forecasting.prices.bar_checks import checked, sessions_behind
from forecasting.prices.bars import RawBars, SourceListing
from forecasting.prices.bulk_refresh import refresh
from forecasting.prices.exchanges.calendars import is_known, last_closed_session, next_sessions
from forecasting.prices.exchanges.codes import (
    CURRENCY,
    OF_INDEX,
    OF_SUFFIX,
    currency_of,
    exchange_of,
    exchange_of_yahoo,
)
from forecasting.prices.symbols import EXAMPLES, MAX_LENGTH, is_symbol, normalise
from forecasting.types.bars import PriceAnswer, PriceHistory, PriceTrouble
from tests.factories import NOW, price_history, weekdays

WEEK_LATER = datetime(2024, 7, 10, 12, tzinfo=UTC)
LISTING = SourceListing("X", "", "NOWHERE", "X", "csv")
"""On an exchange without a calendar: every weekday is a session."""


def rows(closes: list[float], last: date = date(2024, 7, 3)) -> RawBars:
    """Bars whose four prices are all the close."""
    prices = np.tile(np.array(closes, dtype=np.float64)[:, None], 4)
    return RawBars(weekdays(last, len(closes)), prices, np.full(len(closes), 1000.0))


def wobbling(count: int) -> list[float]:
    """Closes that move every session, around 100."""
    return [100.0 + (number % 7) for number in range(count)]


@pytest.mark.parametrize(("factor", "bad"), [(49.0, False), (51.0, True), (1 / 49.0, False), (1 / 51.0, True)])
def test_another_unit_is_more_than_50_fold_away(factor: float, bad: bool) -> None:  # noqa: FBT001 - a table
    closes = [100.0] * 100
    closes[50] *= factor
    marked = bar_checks.other_unit(rows(closes))
    assert marked[50] == bad
    assert marked.sum() == bad


@pytest.mark.parametrize(("spell", "dropped"), [(1, True), (20, True), (21, False)])
def test_a_spell_in_another_unit_is_dropped_up_to_20_sessions(spell: int, dropped: bool) -> None:  # noqa: FBT001 - a table
    closes = [100.0] * 200
    closes[90 : 90 + spell] = [10_000.0] * spell
    assert bar_checks.other_unit(rows(closes))[90 : 90 + spell].all() == dropped


@pytest.mark.parametrize(("below", "bad"), [(0.0, False), (0.99e-4, False), (1.01e-4, True)])
def test_a_high_may_lie_below_its_low_by_rounding_alone(below: float, bad: bool) -> None:  # noqa: FBT001 - a table
    given_rows = rows([100.0, 100.0])
    given_rows.prices[1, 1] = 100.0 * (1 - below)
    assert list(bar_checks.upside_down(given_rows)) == [False, bad]


@pytest.mark.parametrize(("price", "bad"), [(1e-12, False), (0.0, True), (-1.0, True), (np.nan, False)])
def test_a_price_is_positive(price: float, bad: bool) -> None:  # noqa: FBT001 - a table
    for column in range(4):
        given_rows = rows([100.0])
        given_rows.prices[0, column] = price
        assert list(bar_checks.not_positive(given_rows)) == [bad]


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("price", [np.nan, np.inf, -np.inf])
def test_a_bar_with_one_price_missing_is_incomplete(column: int, price: float) -> None:
    given_rows = rows([100.0, 100.0])
    given_rows.prices[1, column] = price
    assert list(bar_checks.incomplete(given_rows)) == [False, True]


def test_of_repeated_sessions_the_last_word_counts() -> None:
    given_rows = rows([1.0, 2.0, 3.0, 4.0])
    days = given_rows.sessions.copy()
    days[1] = days[2] = days[0]
    assert list(bar_checks.repeated(replace(given_rows, sessions=days))) == [True, True, False, False]
    assert list(bar_checks.repeated(rows([1.0]).take(np.array([], dtype=np.intp)))) == []


@pytest.mark.parametrize(("volume", "bad"), [(0.0, True), (np.nan, True), (-1.0, True), (1.0, False)])
def test_a_holiday_s_bar_is_kept_where_somebody_traded(volume: float, bad: bool) -> None:  # noqa: FBT001 - a table
    given_rows = rows([1.0, 2.0, 3.0], last=date(2024, 7, 5))  # the 4th is a holiday in New York
    volumes = np.array([0.0, volume, 0.0])
    assert list(bar_checks.outside_sessions(replace(given_rows, volume=volumes), "XNYS")) == [False, bad, False]
    assert not bar_checks.outside_sessions(replace(given_rows, volume=volumes), "NOWHERE").any()


@pytest.mark.parametrize(("minute", "open_bar"), [(59, True), (60, False)])
def test_a_bar_is_open_until_the_minute_of_the_close(minute: int, open_bar: bool) -> None:  # noqa: FBT001 - a table
    """New York closed at 13:00 on 3 July 2024."""
    now = datetime(2024, 7, 3, 16, tzinfo=UTC) + timedelta(minutes=minute)
    assert list(bar_checks.still_open(rows([1.0, 2.0]), "XNYS", now)) == [False, open_bar]


@pytest.mark.parametrize(("count", "enough"), [(249, False), (250, True)])
def test_250_sessions_are_enough(count: int, enough: bool) -> None:  # noqa: FBT001 - a table
    given_rows = rows(wobbling(count))
    if enough:
        assert len(checked(given_rows, LISTING, WEEK_LATER)) == count
    else:
        with pytest.raises(TooLittleHistory, match="249"):
            checked(given_rows, LISTING, WEEK_LATER)


@pytest.mark.parametrize(
    ("flat", "note"), [(9, ""), (10, "no move for 10 sessions"), (59, "no move for 59 sessions"), (60, None)]
)
def test_a_flat_end_is_noted_and_then_refused(flat: int, note: str | None) -> None:
    closes = [*wobbling(300), *[500.0] * flat]
    if note is None:
        with pytest.raises(BadPrices, match="has not moved for 60 sessions"):
            checked(rows(closes), LISTING, WEEK_LATER)
        return
    notes = checked(rows(closes), LISTING, WEEK_LATER).notes
    assert [each for each in notes if "no move" in each] == ([note] if note else [])


def test_a_jump_that_stays_is_refused_with_its_day() -> None:
    closes = [*wobbling(300), *(60 * close for close in wobbling(100))]
    with pytest.raises(BadPrices, match=r"more than 50-fold on 15 Feb 2024\."):
        checked(rows(closes), LISTING, WEEK_LATER)


def test_faults_are_counted_in_words() -> None:
    given_rows = rows(wobbling(300))
    given_rows.prices[3] = 0.0
    given_rows.prices[[5, 6], 1] = 50.0
    notes = checked(given_rows, LISTING, WEEK_LATER).notes
    assert notes[0] == "dropped 1 zero price, 2 bars with high below low"
    assert notes[-1] == "no calendar for NOWHERE: weekdays assumed"


@pytest.mark.parametrize(("newest", "behind"), [(3, 0), (5, 1), (8, 2), (12, 6), (31, 6)])
def test_sessions_behind_are_counted_up_to_one_more_than_old(newest: int, behind: int) -> None:
    history = price_history(sessions=300)  # to 3 July; the 4th is a holiday, the 6th and 7th a weekend
    assert sessions_behind(history, date(2024, 7, newest)) == behind


class FakeLatest:
    """Answers until it is told to refuse."""

    def __init__(self, refuse: str = "", *, retry: bool = True) -> None:
        self.asked: list[str] = []
        self._refuse = refuse
        self._retry = retry

    def latest(self, symbol: str) -> PriceAnswer:
        self.asked.append(symbol)
        if symbol[:1] == self._refuse and self._retry:
            raise RateLimited("Yahoo", NOW)
        trouble = PriceTrouble("It is old.", None) if symbol[:1] == self._refuse else None
        return PriceAnswer(history(symbol), trouble)


def history(symbol: str) -> PriceHistory:
    return price_history(symbol, 260)


@pytest.mark.parametrize("budget", [0, 1, 2, 3, 9])
def test_a_budget_is_spent_on_what_is_old_alone(budget: int) -> None:
    fake = FakeLatest()
    done = refresh(("NEW", "A", "B", "C"), fake.latest, lambda symbol: symbol == "NEW", budget)
    assert fake.asked == ["A", "B", "C"][:budget]
    assert done.fresh == ("NEW", "A", "B", "C")[: budget + 1]
    assert done.left == ("A", "B", "C")[budget:]
    assert done.trouble is None


def test_a_no_stops_the_refresh_with_the_symbol_still_to_be_asked_for() -> None:
    done = refresh(("A", "B1", "B2", "B3", "C"), FakeLatest("B").latest, lambda _: False, 9)
    assert (done.fresh, done.failed, done.left) == (("A",), (), ("B1", "B2", "B3", "C"))
    assert done.trouble is not None
    assert done.trouble.retry_at == NOW


def test_a_trouble_that_has_no_next_try_stops_nothing() -> None:
    done = refresh(("A", "B", "C"), FakeLatest("B", retry=False).latest, lambda _: False, 9)
    assert (done.fresh, done.left, done.trouble) == (("A", "B", "C"), (), None)


BODIES = st.from_regex(r"[A-Z0-9]{1,6}", fullmatch=True)


@given(body=BODIES, suffix=st.sampled_from(sorted(OF_SUFFIX)))
def test_every_suffix_names_its_exchange_whatever_stands_before(body: str, suffix: str) -> None:
    symbol = f"{body}.{suffix}"
    assert exchange_of(symbol) == OF_SUFFIX[suffix]
    assert exchange_of_yahoo("no such code", "EQUITY", symbol) == OF_SUFFIX[suffix]
    assert currency_of(symbol) == CURRENCY.get(OF_SUFFIX[suffix], "")


@given(body=BODIES, quote=st.sampled_from(("USD", "EUR", "GBP", "JPY", "CAD", "AUD", "BTC")))
def test_a_pair_is_quoted_in_its_second_part_and_trades_every_day(body: str, quote: str) -> None:
    assert exchange_of(f"{body}-{quote}") == "24/7"
    assert currency_of(f"{body}-{quote}") == quote
    assert exchange_of(f"{body}=F") == "CMES"
    assert currency_of(f"{body}{quote}=X") == quote


@pytest.mark.parametrize("index", sorted(OF_INDEX))
def test_an_index_follows_its_own_market(index: str) -> None:
    exchange = exchange_of(index)
    assert is_known(exchange), exchange
    assert next_sessions(exchange, last_closed_session(exchange, NOW), 1)[0] > NOW.date() - timedelta(days=5)


@given(text=st.text(alphabet="abzAZ019.^$=&/- XF", max_size=24))
def test_a_symbol_s_one_spelling_stays_as_it_is(text: str) -> None:
    try:
        symbol = normalise(text)
    except InputError:
        assert not is_symbol(text)
        return
    assert normalise(symbol) == symbol == normalise(f" ${symbol.lower()}\n")
    assert is_symbol(symbol)
    assert 0 < len(symbol) <= MAX_LENGTH
    assert is_symbol(text) == (text == symbol)


def test_examples_of_symbols_are_symbols() -> None:
    examples = EXAMPLES.replace(" or ", ", ").split(", ")
    assert len(examples) == 6
    assert all(is_symbol(example) for example in examples)


def test_suffixes_of_exchanges_are_not_taken_for_share_classes() -> None:
    one_letter = {suffix for suffix in OF_SUFFIX if len(suffix) == 1}
    for body, letter in product(("A", "ABCDE"), sorted(one_letter)):
        assert normalise(f"{body}.{letter}") == f"{body}.{letter}"
