"""The text of /model: which model answers for a symbol, since when, how it did, and which came before."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final

from bot.view.text.names import model_name
from bot.view.text.numbers import day, duration
from bot.view.text.training import promotion_line
from forecasting.evaluation.verdict import verdict
from forecasting.types.job_records import ModelRecord
from forecasting.types.quantile_forecast import Forecast

_SHOWN: Final = 5
_VERDICT_HORIZON: Final = 5


def model_text(forecast: Forecast, active: ModelRecord | None, past: Sequence[ModelRecord], now: datetime) -> str:
    """HTML of the active model, its scorecard in words, and the newest others."""
    lines = [f"<b>{escape(forecast.symbol)}</b> is answered by <b>{model_name(forecast.model_kind)}</b>"]
    lines += [
        _active_line(active, now)
        if active
        else "It was trained on simulated markets only, so that every real price is new to it."
    ]
    if forecast.scorecard:
        lines += [f"5 sessions ahead: {escape(verdict(forecast.scorecard, _VERDICT_HORIZON))}"]
    if past:
        lines += ["", "<b>Models trained for it</b>", *(_past_line(record) for record in past[:_SHOWN])]
    else:
        lines += ["", f"No model of its own was trained yet: /train {escape(forecast.symbol)}"]
    return "\n".join(lines)


def _active_line(record: ModelRecord, now: datetime) -> str:
    """Age, last session seen, and whether prices were re-adjusted since."""
    seen = f", on prices to {day(record.trained_to)}" if record.trained_to else ""
    older = " Prices were adjusted since (split or dividend): train it again." if record.older_adjustment else ""
    return f"Trained {duration(now - record.created_at)} ago{seen}.{older}"


def _past_line(record: ModelRecord) -> str:
    """One model of the history."""
    return f"• <code>{record.sha256[:8]}</code> {day(record.created_at)}, {record.state}: {promotion_line(record)}"
