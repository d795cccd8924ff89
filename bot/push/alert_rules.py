"""Pure: when an alert is triggered."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.push.schedule import ready_at
from bot.push.types import Alert
from forecasting.prices.calendars import next_sessions
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
        outcome = outcome_of(forecast, outcomes)
        return outcome is not None and outcome.band > alert.level
    return _crosses(alert.level, _value_before(alert, forecast), value_of(alert, forecast))


def outcome_of(forecast: Forecast, outcomes: Sequence[Outcome]) -> Outcome | None:
    """How the forecast one session ahead did on the session that this forecast stands on."""
    fitting = (o for o in outcomes if o.horizon == 1 and o.target == forecast.origin)
    return next(fitting, None)


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
