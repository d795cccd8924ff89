"""Numbers at the edges of their magnitudes, in every currency's own way."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.view.text import numbers

SPANS = st.integers(0, 400 * 24 * 3600).map(lambda seconds: timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("value", "dollars", "pence", "yen", "unnamed"),
    [
        (0.0, "$0", "0 p", "¥0", "0"),
        (0.000000123, "$0.00000012", "0.00000012 p", "¥0.00000012", "0.00000012"),
        (0.00123456, "$0.001235", "0.001235 p", "¥0.001235", "0.001235"),
        (0.0123456, "$0.01235", "0.01235 p", "¥0.01235", "0.01235"),
        (0.123456, "$0.1235", "0.1235 p", "¥0.1235", "0.1235"),
        (1.005, "$1.00", "1.00 p", "¥1.00", "1.00"),
        (9.999, "$10.00", "10.00 p", "¥10.00", "10.00"),
        (10.04, "$10.04", "10.0 p", "¥10.0", "10.04"),
        (999.94, "$999.94", "999.9 p", "¥999.9", "999.94"),
        (1000.4, "$1,000.40", "1,000 p", "¥1,000", "1,000.40"),
        (9999.99, "$9,999.99", "10,000 p", "¥10,000", "9,999.99"),
        (10000.4, "$10,000", "10,000 p", "¥10,000", "10,000"),
        (1234567.8, "$1,234,568", "1,234,568 p", "¥1,234,568", "1,234,568"),
    ],
)
def test_decimals_follow_the_size(value: float, dollars: str, pence: str, yen: str, unnamed: str) -> None:
    assert numbers.price(value, "USD") == dollars
    assert numbers.price(value, "GBp") == pence
    assert numbers.price(value, "JPY") == yen
    assert numbers.price(value, "") == unnamed == numbers.bare_price(value, "USD")


@pytest.mark.parametrize(
    ("currency", "written"),
    [
        ("EUR", "€42.50"),
        ("GBP", "£42.50"),
        ("INR", "₹42.50"),
        ("KRW", "₩42.5"),
        ("CAD", "C$42.50"),
        ("AUD", "A$42.50"),
        ("HKD", "HK$42.50"),
        ("GBX", "42.5 p"),
        ("ZAc", "42.5 c"),
        ("ILA", "42.5 ag"),
        ("IDR", "42.5 IDR"),
        ("CHF", "42.50 CHF"),
        ("BTC", "42.50 BTC"),
    ],
)
def test_a_currency_is_written_as_its_people_do(currency: str, written: str) -> None:
    assert numbers.price(42.5, currency) == written


@pytest.mark.parametrize(
    ("share", "digits", "written"),
    [
        (0.0004, 1, "0.0%"),
        (0.0005001, 1, "+0.1%"),
        (-0.0005001, 1, "\N{MINUS SIGN}0.1%"),
        (-0.004, 0, "0%"),
        (0.25, 0, "+25%"),
        (-1.0, 1, "\N{MINUS SIGN}100.0%"),
        (12.3456, 2, "+1234.56%"),
    ],
)
def test_changes_are_rounded_before_they_get_their_sign(share: float, digits: int, written: str) -> None:
    assert numbers.percent(share, digits) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "<1%"), (0.00999, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.98999, "99%"), (0.9901, ">99%"), (1.0, ">99%")],
)
def test_a_chance_stays_between_1_and_99_percent(share: float, written: str) -> None:
    assert numbers.chance(share) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (59.6, "1 min"),
        (89, "1 min"),
        (91, "2 min"),
        (3569, "59 min"),
        (3590, "1 h"),
        (3661, "1 h 1 min"),
        (86_340, "23 h 59 min"),
        (86_390, "1 day"),
        (36 * 3600 + 1, "2 days"),
    ],
)
def test_a_length_of_time_moves_on_to_the_next_unit_where_it_rounds_up_to_it(seconds: float, written: str) -> None:
    assert numbers.duration(timedelta(seconds=seconds)) == written


@given(span=SPANS)
def test_no_unit_is_ever_full(span: timedelta) -> None:
    """Nobody reads of 60 s, 60 min or 24 h, and what is read is what was meant."""
    words = numbers.duration(span).split()
    amounts, units = list(map(int, words[::2])), words[1::2]
    full = {"s": 60, "min": 60, "h": 24}
    assert all(amount < full.get(unit, 401) for amount, unit in zip(amounts, units, strict=True))
    length = {"s": 1, "min": 60, "h": 3600, "day": 86_400, "days": 86_400}
    told = sum(amount * length[unit] for amount, unit in zip(amounts, units, strict=True))
    assert abs(told - span.total_seconds()) <= length[units[-1]] / 2
