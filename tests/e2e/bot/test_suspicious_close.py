"""A price ten times too high on the newest day: asked for once more, labelled, no wider band, and gone the next day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.localchat import Message
from forecasting.prices.exchanges.calendars import sessions_between
from tests.e2e.bot.stage import Stage
from tests.integration.prices.loopback_yahoo import CHART, Bars, LoopbackYahoo, bars

DAYS = sessions_between("XNYS", date(2021, 7, 1), date(2024, 7, 5)).tolist()
WHOLE = bars("AAPL", DAYS)
TO_3_JULY = WHOLE.take(range(len(DAYS) - 1))
LABEL = "This close looks wrong: "


def scaled(held: Bars, rows: int, factor: float) -> Bars:
    """The bars, with the prices of the last rows multiplied."""
    columns: dict[str, Any] = {
        name: [*getattr(held, name)[:-rows], *(factor * price for price in getattr(held, name)[-rows:])]
        for name in ("open", "high", "low", "close")
    }
    return replace(held, **columns)


def width(answer: Message) -> float:
    """Of the 80 % range, over its lower end."""
    low, high = answer.text.split("80% range ")[1].splitlines()[0].replace("$", "").replace(",", "").split(" to ")
    return float(high) / float(low) - 1


async def test_a_tenfold_close_is_asked_for_again_labelled_and_gone_once_corrected(
    on_yahoo: Stage, yahoo: LoopbackYahoo
) -> None:
    yahoo.add(scaled(TO_3_JULY, 1, 10))
    doubted = await on_yahoo.ask("/predict AAPL")
    assert yahoo.requests.count(f"{CHART}AAPL") == 2
    assert LABEL in doubted.text
    assert width(doubted) < 0.15
    assert LABEL in (await on_yahoo.ask("/predict AAPL")).text  # the stored one
    assert yahoo.requests.count(f"{CHART}AAPL") == 2
    yahoo.add(WHOLE)
    on_yahoo.clock.advance(timedelta(days=2))
    corrected = await on_yahoo.ask("/predict AAPL")
    assert "5 Jul 2024" in corrected.text
    assert LABEL not in corrected.text
    assert width(corrected) == pytest.approx(width(doubted), rel=0.3)


async def test_a_crash_that_the_next_session_confirms_is_a_move_like_any_other(
    on_yahoo: Stage, yahoo: LoopbackYahoo
) -> None:
    yahoo.add(scaled(TO_3_JULY, 1, 0.6))
    doubted = await on_yahoo.ask("/predict AAPL")
    assert LABEL in doubted.text
    yahoo.add(scaled(WHOLE, 2, 0.6))
    on_yahoo.clock.advance(timedelta(days=2))
    confirmed = await on_yahoo.ask("/predict AAPL")
    assert LABEL not in confirmed.text
    assert width(confirmed) > 1.5 * width(doubted)
