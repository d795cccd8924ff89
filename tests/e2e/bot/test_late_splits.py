"""Prices that Yahoo corrects: a split is posted a week late; an admin has a history fetched anew."""

from datetime import UTC, date, datetime, time

import pytest

from bot.localchat import BEN
from forecasting.prices.exchanges.calendars import sessions_between
from tests.e2e.bot.stage import Stage
from tests.integration.prices.faults import status
from tests.integration.prices.loopback_yahoo import Bars, LoopbackYahoo, bars

SPLIT, EVE, POSTED = date(2024, 7, 8), date(2024, 7, 5), date(2024, 7, 15)
DAYS: list[date] = sessions_between("XNYS", date(2022, 1, 3), POSTED).tolist()


def served(last: date, *, posted: bool) -> Bars:
    """Prices to a session, in four shares for one since the split; the earlier ones too once it is posted."""
    held = bars("AAPL", DAYS, price=100.0)
    if not posted:
        for row, day in enumerate(DAYS):
            if day < SPLIT:
                for column in (held.open, held.high, held.low, held.close):
                    column[row] = 4 * (column[row] or 0)
    else:
        held.splits[SPLIT] = 4
    return held.take(range(DAYS.index(last) + 1))


async def asked_after(on_yahoo: Stage, yahoo: LoopbackYahoo, held: Bars, text: str = "/predict AAPL") -> str:
    """What the bot answers on the evening of a listing's last session."""
    yahoo.add(held)
    on_yahoo.clock.now = datetime.combine(held.days[-1], time(21, 30), UTC)
    return (await on_yahoo.ask(text)).text


def relative_width(caption: str) -> float:
    """Of the 80 % range."""
    low, high = caption.split("80% range ")[1].split("\n", maxsplit=1)[0].split(" to ")
    return float(high.strip("$")) / float(low.strip("$")) - 1


async def test_a_split_that_is_posted_a_week_late_leaves_no_wrong_price(on_yahoo: Stage, yahoo: LoopbackYahoo) -> None:
    before = await asked_after(on_yahoo, yahoo, served(EVE, posted=False))
    assert "Close $428.20 on 5 Jul 2024" in before
    await asked_after(on_yahoo, yahoo, served(DAYS[-2], posted=False))
    assert "No forecast of AAPL has reached its date yet" in (await on_yahoo.ask("/record AAPL")).text
    held = served(POSTED, posted=True)
    after = await asked_after(on_yahoo, yahoo, held)
    assert "Close $104.11 on 15 Jul 2024" in after
    assert relative_width(after) < 1.5 * relative_width(before)
    record = (await on_yahoo.ask("/record AAPL")).text
    assert "12 Jul 2024: 414.34, inside the 80% band" in record
    stored = on_yahoo.app.services.prices.latest("AAPL").history
    assert stored.close.tolist() == pytest.approx(list(held.adjusted_close().values()), rel=1e-9)


async def test_an_admin_has_a_history_fetched_anew(on_yahoo: Stage, yahoo: LoopbackYahoo) -> None:
    wrong, right = served(POSTED, posted=True), served(POSTED, posted=True)
    wrong.days[100] = date(2022, 5, 28)  # a Saturday, with a volume
    right.volume[300] = 77
    await asked_after(on_yahoo, yahoo, wrong)
    assert await asked_after(on_yahoo, yahoo, right, "/refetch AAPL") == (
        f"AAPL is fetched anew: {len(right.days)} sessions from Yahoo, 3 Jan 2022 to 15 Jul 2024.\n"
        "Changed sessions: 1 added, 1 removed, 1 revised; the first is 26 May 2022."
    )
    assert (await on_yahoo.ask("/refetch AAPL")).text.endswith("Nothing has changed.")
    assert "NOSUCH" in (await on_yahoo.ask("/refetch NOSUCH")).text
    yahoo.fail(status(429))
    assert "Yahoo is limiting us." in (await on_yahoo.ask("/refetch AAPL")).text
    assert "admin" in (await on_yahoo.ask("/refetch AAPL", BEN)).text
