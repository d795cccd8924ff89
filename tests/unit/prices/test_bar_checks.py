"""Checks: each fault is found, dropped and noted; whatever comes in, a valid history or a named error comes out."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from forecasting.errors import BadPrices, TooLittleHistory
from forecasting.prices.bar_checks import checked, sessions_behind
from forecasting.prices.bars import RawBars, SourceListing
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.types.bars import MIN_SESSIONS, PriceHistory
from tests.factories import NOW

APPLE = SourceListing("AAPL", "USD", "XNYS", "Apple Inc.", "yahoo")
LAST = date(2024, 7, 3)
Change = Callable[[RawBars], RawBars]


def good_rows(count: int = 300) -> RawBars:
    everything = sessions_between("XNYS", date(2021, 1, 1), LAST)
    sessions = everything[len(everything) - count :]
    random = np.random.default_rng(5)
    close = 100 * np.exp(np.cumsum(0.01 * random.standard_normal(count)))
    opened = close * np.exp(0.003 * random.standard_normal(count))
    prices = np.column_stack([opened, np.maximum(opened, close) * 1.01, np.minimum(opened, close) / 1.01, close])
    return RawBars(sessions, prices, np.full(count, 1e6))


def changed(rows: RawBars, row: int | slice, column: int | slice, value: float) -> RawBars:
    prices = rows.prices.copy()
    prices[row, column] = value
    return RawBars(rows.sessions, prices, rows.volume)


def scaled(rows: RawBars, row: int | slice, factor: float) -> RawBars:
    prices = rows.prices.copy()
    prices[row] *= factor
    return RawBars(rows.sessions, prices, rows.volume)


def with_more(rows: RawBars, day: str, *, volume: float = 1e6) -> RawBars:
    return RawBars(
        np.append(rows.sessions, np.datetime64(day, "D")),
        np.vstack([rows.prices, rows.prices[-1]]),
        np.append(rows.volume, volume),
    )


def test_good_rows_pass_untouched() -> None:
    rows = good_rows()
    history = checked(rows, APPLE, NOW)
    assert history.notes == ()
    assert len(history) == 300
    assert np.array_equal(history.close, rows.close)
    assert np.array_equal(history.open, rows.prices[:, 0])
    assert history.last_session == LAST
    assert (history.symbol, history.exchange, history.name) == ("AAPL", "XNYS", "Apple Inc.")
    assert history.fetched_at == NOW


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        (lambda rows: with_more(rows, "2024-07-05"), ""),
        (lambda rows: with_more(rows, "NaT"), "dropped 1 undated row"),
        (lambda rows: with_more(rows, "2024-07-03"), "dropped 1 duplicate session"),
        (lambda rows: with_more(rows, "2024-06-16", volume=0), "dropped 1 bar outside of sessions"),
        (lambda rows: changed(rows, -1, 3, np.nan), "dropped 1 incomplete bar"),
        (lambda rows: changed(rows, slice(4, 6), 0, np.inf), "dropped 2 incomplete bars"),
        (lambda rows: changed(rows, slice(4, 6), slice(None), 0), "dropped 2 zero prices"),
        (lambda rows: changed(rows, 9, 2, -1), "dropped 1 zero price"),
        (lambda rows: changed(rows, 9, 1, 1), "dropped 1 bar with high below low"),
        (
            lambda rows: scaled(rows, slice(50, 58), 100),
            "dropped 8 bars in another unit, 8 sessions missing in the last year",
        ),
        (lambda rows: scaled(rows, slice(-8, None), 0.01), "dropped 8 bars in another unit"),
        (lambda rows: rows.take(np.delete(np.arange(300), slice(20, 23))), ""),
        (lambda rows: rows.take(np.delete(np.arange(300), slice(220, 223))), "3 sessions missing in the last year"),
        (lambda rows: changed(rows, slice(-12, None), slice(None), 77.0), "no move for 12 sessions"),
    ],
)
def test_each_fault_is_dropped_and_told(fault: Change, note: str) -> None:
    history = checked(fault(good_rows()), APPLE, NOW)
    assert ", ".join(history.notes) == note
    assert (np.diff(np.log(history.close)) < 0.5).all()


def test_disorder_is_put_in_order_and_the_last_word_on_a_day_counts() -> None:
    rows = good_rows()
    later = scaled(rows, 299, 1.001).take(np.array([299]))
    shuffled = rows.take(np.random.default_rng(1).permutation(300))
    both = RawBars(
        np.concatenate([shuffled.sessions, later.sessions]),
        np.vstack([shuffled.prices, later.prices]),
        np.concatenate([shuffled.volume, later.volume]),
    )
    history = checked(both, APPLE, NOW)
    assert history.close[-1] == later.close[0]
    assert np.array_equal(history.close[:-1], rows.close[:-1])


def test_a_weekend_row_with_volume_is_a_session_that_the_calendar_does_not_know() -> None:
    history = checked(with_more(good_rows(), "2024-06-16"), APPLE, NOW)
    assert len(history) == 301


def test_an_unknown_exchange_is_told() -> None:
    elsewhere = SourceListing("X.QQ", "", "QQ", "X", "yahoo")
    assert checked(good_rows(), elsewhere, NOW + timedelta(days=1)).notes == ("no calendar for QQ: weekdays assumed",)


def test_rounding_never_puts_a_close_outside_its_range() -> None:
    rows = changed(good_rows(), slice(0, 5), 1, 1.0)
    rows = RawBars(rows.sessions, rows.prices[:, [0, 3, 3, 3]], rows.volume)
    history = checked(rows, APPLE, NOW)
    assert (history.high >= np.maximum(history.open, history.close)).all()
    assert (history.low <= np.minimum(history.open, history.close)).all()


def test_missing_volume_is_zero() -> None:
    rows = good_rows()
    rows.volume[3:6] = (np.nan, -5, np.inf)
    assert checked(rows, APPLE, NOW).volume[3:6].tolist() == [0, 0, 0]


@pytest.mark.parametrize("count", [0, MIN_SESSIONS - 1])
def test_too_little_history_is_refused(count: int) -> None:
    with pytest.raises(TooLittleHistory, match=f"{count} sessions"):
        checked(good_rows(count), APPLE, NOW)


def test_a_price_that_changes_its_unit_for_good_is_refused() -> None:
    with pytest.raises(BadPrices, match="50-fold"):
        checked(scaled(good_rows(), slice(150, None), 100), APPLE, NOW)


def test_what_came_before_an_old_change_of_unit_is_dropped_and_old_faults_are_not_noted() -> None:
    sessions = sessions_between("XNYS", date(2009, 1, 2), LAST)
    rows = RawBars(sessions, np.resize(good_rows().prices, (len(sessions), 4)), np.full(len(sessions), 1e6))
    history = checked(changed(scaled(rows, slice(0, 99), 1e-6), slice(120, 130), 3, 0), APPLE, NOW)
    assert history.sessions[0] == sessions[99]
    assert len(history) == len(rows) - 99 - 10
    assert history.notes == ()


def test_a_price_that_never_moves_is_refused() -> None:
    with pytest.raises(BadPrices, match="not moved for 60 sessions"):
        checked(changed(good_rows(), slice(-60, None), slice(None), 5.0), APPLE, NOW)


def test_sessions_behind_counts_the_exchanges_own() -> None:
    history = checked(good_rows(), APPLE, NOW)
    assert sessions_behind(history, LAST) == 0
    assert sessions_behind(history, date(2024, 7, 4)) == 0
    assert sessions_behind(history, date(2024, 7, 8)) == 2
    assert sessions_behind(history, date(2025, 7, 8)) == 6


PRICES = st.floats(width=32) | st.floats(0.5, 2000, width=32)


DAYS = st.dates(date(1985, 1, 1), date(2030, 1, 1)) | st.none()


@st.composite
def any_rows(draw: st.DrawFn) -> RawBars:
    """Bars in any state: some of a good history, some invented, in any order."""
    days = draw(st.lists(DAYS, max_size=30))
    prices = draw(stn.arrays(np.float64, (len(days), 4), elements=PRICES, fill=st.just(100.0)))
    volume = draw(stn.arrays(np.float64, len(days), elements=st.floats(width=32), fill=st.just(1e6)))
    good = good_rows(draw(st.sampled_from((0, 5, 255))))
    mixed = RawBars(
        np.concatenate([good.sessions, np.array(days, "datetime64[D]")]),
        np.vstack([good.prices, prices]),
        np.concatenate([good.volume, volume]),
    )
    return mixed.take(np.random.default_rng(draw(st.integers(0, 9))).permutation(len(mixed)))


def is_valid(history: PriceHistory) -> bool:
    prices = np.column_stack([history.open, history.high, history.low, history.close])
    return bool(
        (np.diff(history.sessions) > np.timedelta64(0)).all()
        and np.isfinite(prices).all()
        and (prices > 0).all()
        and (history.high >= prices.max(axis=1)).all()
        and (history.low <= prices.min(axis=1)).all()
        and (np.isfinite(history.volume) & (history.volume >= 0)).all()
        and all(len(column) == len(history) for column in (prices, history.volume))
    )


@settings(max_examples=150)
@given(rows=any_rows(), exchange=st.sampled_from(("XNYS", "24/7", "nowhere")))
def test_any_rows_give_a_valid_history_or_a_named_error(rows: RawBars, exchange: str) -> None:
    listing = SourceListing("X", "USD", exchange, "X", "yahoo")
    try:
        history = checked(rows, listing, datetime(2024, 7, 3, 21, tzinfo=UTC))
    except (TooLittleHistory, BadPrices):
        return
    assert is_valid(history)
    assert history.last_session <= LAST
    assert len(history) >= MIN_SESSIONS
