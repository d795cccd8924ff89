"""When alerts speak, and when they hold their tongue."""

from dataclasses import replace
from datetime import date

import pytest

from bot.push.alert_rules import (
    after_check,
    after_doubt,
    chance_of_rising,
    has_new_session,
    is_triggered,
    reported_close,
)
from bot.push.schedule import ready_at
from bot.push.types import Alert, AlertKind
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome
from tests.factories import NOW, forecast, price_history

FORECAST = forecast(price_history(exchange="XNYS"))
TUESDAY, WEDNESDAY = date(2024, 7, 2), date(2024, 7, 3)


def alert(kind: AlertKind, level: float, *, last_value: float = 0.0, cooldown_until: date | None = None) -> Alert:
    return Alert(1, "AAPL", "XNYS", kind, level, NOW, TUESDAY, last_value, cooldown_until)


def outcome(band: float, horizon: int = 1, target: date = WEDNESDAY) -> Outcome:
    return Outcome("AAPL", TUESDAY, horizon, target, 100.0, 100.0, 0.0, 0.0, band, 0.01, 0.01)


def closing(*closes: float) -> Forecast:
    """A forecast whose last closes are these."""
    return replace(FORECAST, past_closes=(*FORECAST.past_closes[: -len(closes)], *closes))


@pytest.mark.parametrize(
    ("band", "eighty", "ninety_five"),
    [(0.5, False, False), (0.8, False, False), (0.95, True, False), (1.0, True, True)],
)
def test_a_band_speaks_when_the_close_left_it(band: float, *, eighty: bool, ninety_five: bool) -> None:
    came = [outcome(1.0, horizon=5), outcome(band), outcome(1.0, target=TUESDAY)]
    assert is_triggered(alert("band", 0.8), FORECAST, came) is eighty
    assert is_triggered(alert("band", 0.95), FORECAST, came) is ninety_five


def test_a_band_speaks_of_the_session_that_had_to_be_confirmed() -> None:
    waited = replace(alert("band", 0.8), last_session=date(2024, 7, 1))
    made = closing(90.0, 101.0)
    came = [outcome(0.5), outcome(1.0, target=TUESDAY)]
    assert is_triggered(waited, made, came)
    assert reported_close(waited, made, came) == 90.0
    assert not is_triggered(replace(waited, last_session=TUESDAY), made, came)


def test_a_doubted_close_is_checked_again_on_the_next_session() -> None:
    waiting = after_doubt(alert("price", 60.0), replace(FORECAST, doubted=True))
    assert waiting == replace(alert("price", 60.0), next_check_at=ready_at("XNYS", date(2024, 7, 5)))


def test_a_band_without_a_forecast_of_the_day_before_is_silent() -> None:
    assert not is_triggered(alert("band", 0.8), FORECAST, [])


@pytest.mark.parametrize(
    ("before", "now", "crossed"),
    [(99.0, 101.0, True), (101.0, 99.0, True), (101.0, 102.0, False), (98.0, 99.0, False), (99.0, 100.0, True)],
)
def test_a_price_speaks_when_the_close_crosses_it_either_way(before: float, now: float, *, crossed: bool) -> None:
    assert is_triggered(alert("price", 100.0), closing(before, now), []) is crossed


def test_a_split_is_no_crash() -> None:
    watched = alert("price", 60.0, last_value=200.0)  # seen before a split of 4 to 1
    assert not is_triggered(watched, closing(50.0, 51.0), [])


@pytest.mark.parametrize(("before", "crossed"), [(0.4, True), (0.56, False)])
def test_a_chance_speaks_when_it_crosses_its_level(before: float, *, crossed: bool) -> None:
    level = chance_of_rising(FORECAST) - 0.02
    assert is_triggered(alert("chance", level, last_value=before), FORECAST, []) is crossed


def test_an_alert_that_spoke_rests_for_three_sessions() -> None:
    after = after_check(alert("band", 0.8), FORECAST, triggered=True)
    assert after.cooldown_until == date(2024, 7, 10)  # 5, 8 and 9 July are silent
    assert after.last_session == WEDNESDAY
    assert after.next_check_at.isoformat() == "2024-07-05T20:30:00+00:00"
    assert not is_triggered(after, FORECAST, [outcome(1.0)])
    last = date(2024, 7, 10)
    later = replace(FORECAST, origin=last, past_sessions=(*FORECAST.past_sessions[:-1], last))
    assert is_triggered(after, later, [outcome(1.0, target=last)])


def test_a_session_is_looked_at_once() -> None:
    assert has_new_session(alert("band", 0.8), FORECAST)
    assert not has_new_session(after_check(alert("band", 0.8), FORECAST, triggered=False), FORECAST)
