"""The text of /status."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from importlib.metadata import version
from zoneinfo import ZoneInfo

from bot.view.text.names import source_name
from bot.view.text.numbers import duration, moment
from forecasting.types.bars import SourceStatus
from forecasting.types.job_records import Job


def status_text(
    sources: Sequence[SourceStatus], jobs: Sequence[Job], started_at: datetime, now: datetime, zone: ZoneInfo
) -> str:
    """HTML of prices, trainings, uptime and version; `zone` is the reader's own."""
    running = sum(job.state == "running" for job in jobs)
    lines = ["<b>Prices</b>", *(source_line(source, now, zone) for source in sources), "", "<b>Trainings</b>"]
    lines += [f"{running} running, {len(jobs) - running} waiting (/jobs)", ""]
    lines += [f"Fanchart {version('fanchart')}, up for {duration(now - started_at)}"]
    return "\n".join(lines)


def source_line(source: SourceStatus, now: datetime, zone: ZoneInfo) -> str:
    """One source: when it last answered, how often it failed since, and when it is asked again."""
    good = f"last answer {moment(source.last_success, zone)}" if source.last_success else "not asked yet"
    if not source.failures:
        return f"{escape(source_name(source.name))}: {good}"
    tries = f"{source.failures} failure{'s' * (source.failures != 1)}"
    again = ""
    if source.next_try and source.next_try > now:
        again = f", next try in {duration(source.next_try - now)} ({moment(source.next_try, zone)})"
    why = f" {escape(source.reason)}" if source.reason else ""
    last = f"; {good}" if source.last_success else ""
    return f"⚠️ {escape(source_name(source.name))}: {tries}{again}{last}.{why}"
