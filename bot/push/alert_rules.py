"""Pure: when an alert is triggered."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from bot.push.schedule import ready_at
from bot.push.types import Alert
from forecasting.prices.exchanges.calendars import next_sessions
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome

CHANCE_HORIZON: Final = 5
"""Sessions ahead that the chance of rising is about."""
COOLDOWN_SESSIONS: Final = 3
"""After it was triggered an alert is silent for so many sessions."""


def has_new_session(alert: Alert, forecast: Forecast) -> bool:
    """Whether the forecast stands on a session that the alert was not checked on."""
    return forecast.origin > alert.last_session


def is_triggered(alert: Alert, forecast: Forecast, outcomes: Sequence[Outcome]) -> bool:
    """Whether the newest session is one that the alert's chat wants a message about."""
    if alert.cooldown_until is not None and forecast.origin < alert.cooldown_until:
        return False
    if alert.kind == "band":
        return left_band_on(alert, forecast, outcomes) is not None
    return _crosses(alert.level, _value_before(alert, forecast), value_of(alert, forecast))


def left_band_on(alert: Alert, forecast: Forecast, outcomes: Sequence[Outcome]) -> date | None:
    """The newest session whose close left the alert's band of the forecast made the session before; None for none.

    It is the session that the forecast stands on, or the one before it where the alert has waited for it to be
    confirmed.
    """
    unseen = [session for session in forecast.past_sessions[-2:] if session > alert.last_session]
    left = [o.target for o in outcomes if o.horizon == 1 and o.target in unseen and o.band > alert.level]
    return max(left, default=None)


def reported_close(alert: Alert, forecast: Forecast, outcomes: Sequence[Outcome]) -> float:
    """The close that a message names: the one that left the band, else the newest."""
    left = left_band_on(alert, forecast, outcomes) if alert.kind == "band" else None
    return forecast.close if left is None else forecast.past_closes[forecast.past_sessions.index(left)]


def after_doubt(alert: Alert, forecast: Forecast) -> Alert:
    """The alert where the newest close looks wrong: not checked on it, but on the next session."""
    [following] = next_sessions(alert.exchange, forecast.origin, 1)
    return replace(alert, next_check_at=ready_at(alert.exchange, following))


def value_of(alert: Alert, forecast: Forecast) -> float:
    """What the alert is about: the chance of rising within 5 sessions (0..1), else the close."""
    return chance_of_rising(forecast) if alert.kind == "chance" else forecast.close


def chance_of_rising(forecast: Forecast) -> float:
    """The probability that the close 5 sessions ahead is above the last one."""
    return forecast.chance_above(CHANCE_HORIZON, forecast.close)


def after_check(alert: Alert, forecast: Forecast, *, triggered: bool) -> Alert:
    """The alert after a check on the forecast's session: when to check again, and until when to be silent."""
    ahead = next_sessions(alert.exchange, forecast.origin, COOLDOWN_SESSIONS + 1)
    return replace(
        alert,
        next_check_at=ready_at(alert.exchange, ahead[0]),
        last_session=forecast.origin,
        last_value=value_of(alert, forecast),
        cooldown_until=ahead[-1] if triggered else alert.cooldown_until,
    )


def _value_before(alert: Alert, forecast: Forecast) -> float:
    """The value at the last check; a close in today's terms, for a split since then would look like a crash."""
    if alert.kind == "price" and alert.last_session in forecast.past_sessions:
        return forecast.past_closes[forecast.past_sessions.index(alert.last_session)]
    return alert.last_value


def _crosses(level: float, before: float, now: float) -> bool:
    """Whether two values lie on different sides of a level; one on it lies above."""
    return (before >= level) != (now >= level)
