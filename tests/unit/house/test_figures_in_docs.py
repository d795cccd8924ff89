"""Figures that the documents promise are those that the code holds: who changes one has to change the other."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.access.quotas import DAILY_QUOTAS
from bot.chats.types import MAX_RETRIES_OF_CHAT
from bot.handlers.alerts import MAX_ALERTS
from bot.handlers.retries import MAX_TRIES
from bot.handlers.subscribe import MAX_SYMBOLS
from bot.messages.job_updates import UPDATE_EVERY_S
from bot.parsing.forecast import COMPARED_HORIZON, DEFAULT_HORIZON, MAX_COMPARED
from bot.push import delivery_states
from bot.push.alert_rules import CHANCE_HORIZON, COOLDOWN_SESSIONS
from bot.push.schedule import BEFORE_OPEN
from bot.push.scheduler import BOOKS_EVERY_S
from bot.sending.composer import MAX_WAIT
from bot.telegram import rate_limiter
from bot.view.buttons import MAX_DATA_BYTES
from forecasting.baselines.ewma import EwmaBand, VolatilityBand
from forecasting.baselines.history import HistoricalQuantiles
from forecasting.charts.fan import MIN_SHARE_AHEAD
from forecasting.cli.evaluate import MIN_SESSIONS_OF_ALL, SHOWN_IN_FULL
from forecasting.evaluation.verdict import MIN_ORIGINS, SIGNIFICANT
from forecasting.evaluation.walkforward import DEFAULT_SCHEDULE
from forecasting.jobs.local_pool import TASKS_A_PROCESS
from forecasting.jobs.transitions import LIMITS
from forecasting.prices import bar_checks, merging, service
from forecasting.prices.exchanges.calendars import SETTLING
from forecasting.prices.requests import circuit_breaker, pauses, recent_errors
from forecasting.prices.sources.yahoo_session import TIMEOUT_S
from forecasting.types.bars import MAX_MATCHES, MIN_SESSIONS
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON
from forecasting.types.scorecards import FORECASTERS
from storage.charts import MAX_CHARTS
from storage.database import BUSY_TIMEOUT_S
from storage.models import KEPT_ARTEFACTS

ROOT = Path(__file__).parents[3]
WORDS = {"one": 1, "three": 3, "five": 5, "fifth": 5, "six": 6, "ten": 10, "fifteen": 15, "half an hour": 30}


def minutes(span: timedelta) -> float:
    return span / timedelta(minutes=1)


PROMISES = (
    ("chat", r"next (\d+) sessions with median", DEFAULT_HORIZON),
    ("chat", r"\(1 to (\d+)\), or just", MAX_HORIZON),
    ("chat", r"2 to (\d+) fans side by side", MAX_COMPARED),
    ("chat", r"on one scale, (\d+) sessions ahead", COMPARED_HORIZON),
    ("chat", r"(\d+) forecasts made at past sessions", DEFAULT_SCHEDULE.origins),
    ("chat", r"edited at most every (\d+) seconds", UPDATE_EVERY_S),
    ("chat", r"up to (\d+) buttons with what may", MAX_MATCHES),
    ("chat", r"at least (\d+) % of the width", 100 * MIN_SHARE_AHEAD),
    ("chat", r"at most (\d+) bytes", MAX_DATA_BYTES),
    ("settings", r"(\d+) forecasts, \d+ evaluations", DAILY_QUOTAS["forecast"]),
    ("settings", r"(\d+) evaluations", DAILY_QUOTAS["evaluate"]),
    ("settings", r"(\d+) trainings;", DAILY_QUOTAS["train"]),
    ("settings", r"at most (\d+) jobs of a person", LIMITS.per_person),
    ("jobs", r"At most (\d+) jobs are open", LIMITS.in_all),
    ("jobs", r"jobs are open, (\d+) of one person", LIMITS.per_person),
    ("jobs", r"replaced after (\d+) jobs", TASKS_A_PROCESS),
    ("push", r"at most (\d+) symbols", MAX_SYMBOLS),
    ("push", r"at most (\d+) alerts", MAX_ALERTS),
    ("push", r"an alert is silent for (\d+) sessions", COOLDOWN_SESSIONS),
    ("push", r"chance of a higher close in (\d+) sessions", CHANCE_HORIZON),
    ("push", r"settled (\d+) minutes after its close", minutes(SETTLING)),
    ("push", r"waited for, up to (\d+) minutes", minutes(MAX_WAIT)),
    ("push", r"books digests every (\d+) seconds", BOOKS_EVERY_S),
    ("push", r"again after (\d+), 4, 8", delivery_states.FIRST_PAUSE.total_seconds()),
    ("push", r"4, 8 … (\d+) seconds", delivery_states.LONGEST_PAUSE.total_seconds()),
    ("push", r"everything the bot sends to (\d+) messages a second", rate_limiter.MESSAGES_PER_SECOND),
    ("push", r"a burst of (\d+), and", rate_limiter.CHAT_BURST),
    ("push", r"(\d+) a minute a group", rate_limiter.GROUP_MESSAGES_PER_MINUTE),
    ("prices", r"not asked again for (\w+) minute;", minutes(recent_errors.FIRST_RETENTION)),
    ("prices", r"kept for up to (\w+) minutes", minutes(recent_errors.RETENTION)),
    ("prices", r"no newer session\nis not asked for it for (\w+) minutes", minutes(service.ASK_AGAIN)),
    ("prices", r"where the newest (\d+) stored closes agree", merging.OVERLAP),
    ("prices", r"up to (half an hour), with jitter", minutes(pauses.MAX_PAUSE)),
    ("prices", r"obeyed up to (\w+) hours", pauses.MAX_RETRY_AFTER / timedelta(hours=1)),
    ("prices", r"begins with (\w+) seconds", pauses.AFTER_UNREACHABLE.total_seconds()),
    ("prices", r"waits ([0-9.]+) seconds for it", service.PATIENCE_S),
    ("chat", r"up to\n  (\d+) times, then it says that it has stopped", MAX_TRIES),
    ("chat", r"At most (\d+) questions of a chat wait", MAX_RETRIES_OF_CHAT),
    ("prices", r"lets (\w+) requests for prices", circuit_breaker.AT_A_TIME),
    ("prices", r"only when (\w+) different symbols", circuit_breaker.TOLERATED),
    ("prices", r"share (\w+) seconds", TIMEOUT_S),
    ("prices", r"prices (\d+)-fold away", bar_checks.UNIT_JUMP),
    ("prices", r"for up to (\d+) sessions \|", bar_checks.MEDIAN_WINDOW // 2),
    ("prices", r"the same close for (\d+) sessions", bar_checks.NOTED_FLAT_SESSIONS),
    ("prices", r"for (\d+): refused", bar_checks.MAX_FLAT_SESSIONS),
    ("prices", r"fewer than (\d+) sessions \| refused", MIN_SESSIONS),
    ("prices", r"more than (\d+) sessions ago", bar_checks.MAX_BEHIND),
    ("prices", r"once more (\d+) minutes after a close", minutes(SETTLING)),
    ("evaluation", r"every (\w+) session of the", DEFAULT_SCHEDULE.step),
    ("evaluation", r"(\d+) origins\. At each", DEFAULT_SCHEDULE.origins),
    ("evaluation", r"at least (\d+) sessions up to them", MIN_SESSIONS),
    ("evaluation", r"With fewer than (\d+) origins", MIN_ORIGINS),
    ("evaluation", r"over the (\d+) levels", len(LEVELS)),
    ("evaluation", r"a difference counts below ([\d.]+\d)", SIGNIFICANT),
    ("evaluation", r"return of the last (\d+) sessions", VolatilityBand().window),
    ("evaluation", r"ended in the last (\d+) sessions", HistoricalQuantiles().window),
    ("evaluation", r"\(decay ([\d.]+)\)", EwmaBand().decay),
    ("cli", r"at least (1,000) sessions", MIN_SESSIONS_OF_ALL),
    ("cli", r"Up to (\w+) symbols are shown in full", SHOWN_IN_FULL),
    ("storage", r"other for up to (\d+) seconds", BUSY_TIMEOUT_S),
    ("storage", r"the newest (\w+) keep their bytes", KEPT_ARTEFACTS),
    ("storage", r"all but the newest ([\d,]+\d)", MAX_CHARTS),
)


@pytest.mark.parametrize(("page", "words", "held"), PROMISES, ids=lambda value: str(value)[:40])
def test_a_promised_figure_is_the_one_that_holds(page: str, words: str, held: float) -> None:
    found = re.findall(words, (ROOT / "docs" / f"{page}.md").read_text("utf-8"))
    assert found, f"docs/{page}.md does not say this any more: change the test with it"
    told = [float(WORDS.get(one, 0) or one.replace(",", "")) for one in found]
    assert told == [pytest.approx(held)] * len(told)


def test_an_hour_before_the_open_is_an_hour() -> None:
    assert "an hour before the open" in (ROOT / "docs/push.md").read_text("utf-8")
    assert timedelta(hours=1) == BEFORE_OPEN


def test_the_readme_counts_the_baselines() -> None:
    """Every forecaster of an evaluation's table but the model itself, in words."""
    told = re.search(r"walk-forward beside (\w+) baselines", (ROOT / "README.md").read_text("utf-8"))
    assert told
    assert {"five": 5, "six": 6, "seven": 7}[told[1]] == len(FORECASTERS) - 1


def test_the_page_of_the_evaluation_writes_the_origins_as_the_code_does() -> None:
    schedule = DEFAULT_SCHEDULE
    formula = f"range(n - {MAX_HORIZON} - {schedule.origins} * {schedule.step}, n - {MAX_HORIZON}, {schedule.step})"
    told = (ROOT / "docs/evaluation.md").read_text("utf-8")
    assert f"`{formula}`" in told
    assert f"{schedule.origins * schedule.step} that still have {MAX_HORIZON} sessions after them" in told
