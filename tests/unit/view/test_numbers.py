"""Numbers as people read them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.view.text import numbers


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        (227.523, "USD", "$227.52"),
        (1234.5, "EUR", "€1,234.50"),
        (43210.123, "USD", "$43,210"),
        (4120.4, "GBp", "4,120 p"),
        (87.25, "GBp", "87.2 p"),
        (3150.2, "JPY", "¥3,150"),
        (0.52341, "USD", "$0.5234"),
        (0.00001234, "USD", "$0.00001234"),
        (12.5, "SEK", "12.50 SEK"),
        (4510.25, "", "4,510.25"),
        (4.213, "%", "4.21%"),
    ],
)
def test_prices_show_what_their_size_calls_for(value: float, currency: str, written: str) -> None:
    assert numbers.price(value, currency) == written


@given(value=st.floats(1e-8, 1e12), currency=st.sampled_from(("USD", "GBp", "JPY", "")))
def test_every_price_is_short_and_close_to_what_it_says(value: float, currency: str) -> None:
    written = numbers.bare_price(value, currency)
    assert len(written) <= 18
    assert float(written.replace(",", "")) == pytest.approx(value, rel=0.06, abs=5e-9)


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0123, "+1.2%"), (-0.004, "\N{MINUS SIGN}0.4%"), (0.0, "0.0%"), (-0.00001, "0.0%"), (1.5, "+150.0%")],
)
def test_changes_carry_their_sign_and_nothing_has_none(share: float, written: str) -> None:
    assert numbers.percent(share) == written


@pytest.mark.parametrize(("share", "written"), [(0.537, "54%"), (0.001, "<1%"), (0.999, ">99%"), (0.99, "99%")])
def test_chances_never_claim_certainty(share: float, written: str) -> None:
    assert numbers.chance(share) == written


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_lengths_of_time_are_told_in_their_largest_units(span: timedelta, written: str) -> None:
    assert numbers.duration(span) == written


def test_days_and_moments_are_told_in_the_readers_own_time() -> None:
    assert numbers.day(date(2024, 7, 3)) == "3 Jul 2024"
    assert numbers.day(date(2024, 7, 3), weekday=True) == "Wed 3 Jul 2024"
    assert numbers.short_day(date(2024, 7, 3)) == "3 Jul"
    at = datetime(2024, 7, 3, 21, 30, tzinfo=UTC)
    assert numbers.moment(at, ZoneInfo("America/New_York")) == "3 Jul 17:30 EDT"
    assert numbers.moment(at, ZoneInfo("Asia/Kolkata")) == "4 Jul 03:00 IST"
