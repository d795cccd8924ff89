"""The text of /record: how the published forecasts did, once their date had passed."""

from collections.abc import Sequence
from html import escape
from typing import Final

from bot.view.text.numbers import bare_price, day, percent
from forecasting.types.scorecards import SCORED_HORIZONS, Outcome

_SHOWN: Final = 5
_MISSED: Final = 1.0


def record_text(symbol: str, outcomes: Sequence[Outcome]) -> str:
    """HTML of a symbol's record: a line a horizon, and the latest outcomes."""
    if not outcomes:
        return (
            f"No forecast of <b>{escape(symbol)}</b> has reached its date yet. "
            f"I publish one whenever somebody asks: /predict {escape(symbol)}"
        )
    parts = [f"<b>{escape(symbol)}</b>: published forecasts whose date has passed"]
    parts += [line for horizon in SCORED_HORIZONS if (line := _horizon_line(horizon, outcomes))]
    parts += ["", "Latest:"] + [_outcome_line(outcome) for outcome in outcomes[:_SHOWN]]
    return "\n".join([*parts, "<i>Forecasts are never changed after they were made · not advice</i>"])


def _horizon_line(horizon: int, outcomes: Sequence[Outcome]) -> str:
    """How often the 80 % band held, and the mean error beside no change; empty where there is nothing."""
    own = [outcome for outcome in outcomes if outcome.horizon == horizon]
    if not own:
        return ""
    held = sum(outcome.band <= 0.8 for outcome in own)  # noqa: PLR2004 - the 80 % band
    error = sum(abs(outcome.error) for outcome in own) / len(own)
    naive = sum(abs(outcome.naive_error) for outcome in own) / len(own)
    sessions = "1 session" if horizon == 1 else f"{horizon} sessions"
    return f"{sessions}: 80% band held {held} of {len(own)}, mean error {error:.1%} (no change {naive:.1%})"


def _outcome_line(outcome: Outcome) -> str:
    """One forecast and its outcome."""
    where = "outside every band" if outcome.band >= _MISSED else f"inside the {outcome.band:.0%} band"
    return (
        f"{day(outcome.target)}: {bare_price(outcome.close, '')}, {where}, "
        f"{percent(outcome.error)} from the median of {day(outcome.origin)}"
    )
