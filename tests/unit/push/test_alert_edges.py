"""Alerts at their levels: which side a value on the level is on, what a chance is about, how long they rest."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.push.alert_rules import after_check, chance_of_rising, has_new_session, is_triggered, left_band_on, value_of
from bot.push.types import Alert
from forecasting.types.quantile_forecast import LEVELS, MEDIAN
from forecasting.types.scorecards import Outcome
from tests.factories import NOW, forecast

FORECAST = forecast()
WEDNESDAY = FORECAST.origin
TUESDAY = date(2024, 7, 2)
ALERT = Alert(7, "AAPL", "XNYS", "price", 100.0, NOW, TUESDAY, 99.0)


def saw(before: float) -> Alert:
    """A price alert that saw a close on a session which the forecast does not show any more."""
    return replace(ALERT, last_session=date(2020, 1, 2), last_value=before)


@pytest.mark.parametrize(
    ("before", "now", "speaking"),
    [
        (99.0, 100.0, True),  # up to the level is above it
        (100.0, 101.0, False),
        (100.0, 99.99, True),
        (100.0, 100.0, False),
        (99.0, 99.99, False),
        (101.0, 99.0, True),
    ],
)
def test_a_value_on_its_level_lies_above(before: float, now: float, speaking: bool) -> None:  # noqa: FBT001 - a table
    made = replace(FORECAST, past_closes=(*FORECAST.past_closes[:-1], now))
    assert is_triggered(saw(before), made, []) == speaking


@given(before=st.floats(1, 200), now=st.floats(1, 200))
def test_there_and_back_is_two_crossings_or_none(before: float, now: float) -> None:
    there = replace(FORECAST, past_closes=(*FORECAST.past_closes[:-1], now))
    back = replace(FORECAST, past_closes=(*FORECAST.past_closes[:-1], before))
    assert is_triggered(saw(before), there, []) == is_triggered(saw(now), back, [])


def test_the_chance_is_about_five_sessions_ahead() -> None:
    prices = FORECAST.prices.copy()
    for ahead, level in ((4, 0.25), (5, 0.4), (6, 0.75)):
        shift = FORECAST.close - prices[ahead - 1, LEVELS.index(level)]
        prices[ahead - 1] += shift
    made = replace(FORECAST, prices=prices)
    assert chance_of_rising(made) == pytest.approx(0.6)
    assert value_of(replace(ALERT, kind="chance"), made) == pytest.approx(0.6)
    assert value_of(ALERT, made) == made.close


@pytest.mark.parametrize(("band", "level", "speaking"), [(0.8, 0.8, False), (0.95, 0.8, True), (1.0, 0.95, True)])
def test_a_close_inside_its_band_is_no_news(band: float, level: float, speaking: bool) -> None:  # noqa: FBT001 - a table
    came = Outcome("AAPL", TUESDAY, 1, WEDNESDAY, 1.0, 1.0, 0.0, 0.0, band, 0.0, 0.0)
    alert = replace(ALERT, kind="band", level=level)
    assert is_triggered(alert, FORECAST, [came]) == speaking
    assert left_band_on(alert, FORECAST, [replace(came, horizon=2), came]) == (WEDNESDAY if speaking else None)
    assert left_band_on(alert, FORECAST, [replace(came, target=TUESDAY)]) is None


def test_it_looks_again_at_the_next_session_and_rests_to_the_fourth_after_it_spoke() -> None:
    silent = after_check(ALERT, FORECAST, triggered=False)
    assert silent.last_session == WEDNESDAY
    assert silent.last_value == FORECAST.close
    assert silent.cooldown_until is None
    assert silent.next_check_at.date() == date(2024, 7, 5)  # Independence Day lies between
    spoke = after_check(ALERT, FORECAST, triggered=True)
    assert spoke.cooldown_until == date(2024, 7, 10)
    assert after_check(spoke, FORECAST, triggered=False).cooldown_until == date(2024, 7, 10)


@pytest.mark.parametrize(
    ("cooldown_until", "speaking"), [(None, True), (WEDNESDAY, True), (date(2024, 7, 5), False), (TUESDAY, True)]
)
def test_a_resting_alert_is_silent_before_its_day_alone(
    cooldown_until: date | None,
    speaking: bool,  # noqa: FBT001 - a table
) -> None:
    made = replace(FORECAST, past_closes=(*FORECAST.past_closes[:-1], 101.0))
    assert is_triggered(replace(saw(99.0), cooldown_until=cooldown_until), made, []) == speaking


@pytest.mark.parametrize(("looked_at", "news"), [(TUESDAY, True), (WEDNESDAY, False), (date(2024, 7, 5), False)])
def test_only_a_newer_session_is_news(looked_at: date, news: bool) -> None:  # noqa: FBT001 - a table
    assert has_new_session(replace(ALERT, last_session=looked_at), FORECAST) == news


def test_what_was_seen_before_a_split_is_read_in_today_s_prices() -> None:
    """The close of the session it looked at last is in the forecast, on the prices of now."""
    halved = tuple(close / 2 for close in FORECAST.past_closes)
    made = replace(FORECAST, past_closes=halved, prices=FORECAST.prices / 2)
    seen = FORECAST.past_closes[FORECAST.past_sessions.index(TUESDAY)]
    alert = replace(ALERT, level=1.5 * FORECAST.close, last_value=seen)
    assert not is_triggered(alert, made, [])
    level = (halved[-2] + halved[-1]) / 2
    assert is_triggered(replace(alert, level=level), made, [])


def test_a_chance_has_no_such_memory() -> None:
    fan = np.array(FORECAST.prices)
    made = replace(FORECAST, prices=fan + (FORECAST.close - fan[4, MEDIAN]))
    assert is_triggered(replace(ALERT, kind="chance", level=0.5, last_value=0.49), made, [])
    assert not is_triggered(replace(ALERT, kind="chance", level=0.5, last_value=0.51), made, [])
