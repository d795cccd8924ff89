"""What is said of prices beside the forecast: the unit they are in, and what their calendar does not know."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from forecasting.prices.exchanges.calendars import sessions_between
from tests.e2e.bot.sources import FailingSource
from tests.e2e.bot.stage import Stage, stage
from tests.factories import price_history
from tests.integration.prices.loopback_yahoo import Bars, LoopbackYahoo, bars

TODAY = date(2024, 7, 3)


def held(symbol: str, *, price: float = 100.0) -> Bars:
    """Three years of a symbol in New York."""
    return bars(symbol, sessions_between("XNYS", date(2021, 7, 1), TODAY).tolist(), price=price)


async def test_an_index_has_no_currency_and_a_rate_is_in_percent(on_yahoo: Stage, yahoo: LoopbackYahoo) -> None:
    yahoo.add(replace(held("^GSPC", price=5000.0), exchange="SNP", instrument="INDEX"))
    yahoo.add(replace(held("^TNX", price=4.2), exchange="CGI", instrument="INDEX"))
    index, rate = await on_yahoo.ask("/predict ^GSPC"), await on_yahoo.ask("/predict ^TNX")
    assert "$" not in index.text + rate.text
    assert index.text.split("Close ")[1].split(" on")[0].replace(",", "").replace(".", "").isdecimal()
    assert rate.text.split("Close ")[1].split(" on")[0].endswith("%")


async def test_a_target_beyond_shanghai_s_known_holidays_is_labelled(tmp_path: Path) -> None:
    moutai = price_history("600519.SS", last=date(2026, 12, 18), exchange="XSHG")
    async with stage(tmp_path, sources=(FailingSource(moutai),)) as running:
        running.clock.advance(datetime(2026, 12, 18, 12, tzinfo=UTC) - running.clock())
        answer = await running.ask("/predict 600519.SS 10")
        assert "In 10 sessions, Mon 4 Jan 2027" in answer.text  # the first is the last of the published holidays
        assert "⚠️ Data: holidays after 31 Dec 2026 are not known yet." in answer.text


async def test_what_was_dropped_is_said_and_goes_when_it_is_no_longer_true(
    on_yahoo: Stage, yahoo: LoopbackYahoo
) -> None:
    days = sessions_between("XNYS", date(2021, 7, 1), date(2024, 7, 5)).tolist()
    good, faulty = bars("AAPL", days), bars("AAPL", days[:-1])
    faulty.close[-9] = faulty.close[-4] = 0.0
    yahoo.add(faulty)
    first = await on_yahoo.ask("/predict AAPL")
    assert "⚠️ Data: dropped 2 zero prices; 2 sessions missing in the last year." in first.text
    yahoo.add(good)
    on_yahoo.clock.advance(timedelta(days=2))
    assert "Data:" not in (await on_yahoo.ask("/predict AAPL")).text


async def test_a_note_goes_with_the_answer_that_repaired_the_very_session_s_prices(
    on_yahoo: Stage, yahoo: LoopbackYahoo
) -> None:
    good, faulty = held("AAPL"), held("AAPL")
    faulty.close[-9] = 0.0
    yahoo.add(faulty)
    assert "⚠️ Data: dropped 1 zero price" in (await on_yahoo.ask("/predict AAPL")).text
    yahoo.add(good)
    await on_yahoo.ask("/refetch AAPL")
    assert "Data:" not in (await on_yahoo.ask("/predict AAPL")).text


async def test_more_than_a_line_of_notes_is_told_by_a_button(tmp_path: Path) -> None:
    notes = ("dropped 12 bars with high below low, 3 zero prices, 2 incomplete bars", "no move for 12 sessions")
    async with stage(tmp_path, sources=(FailingSource(replace(price_history("THIN"), notes=notes)),)) as running:
        answer = await running.ask("/predict THIN")
        assert f"⚠️ Data: {notes[0]}; 1 more." in answer.text
        await running.press(answer, "About the data")
        told = (await running.next()).text
        assert all(note in told for note in notes)
