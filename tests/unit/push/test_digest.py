"""What a digest says, and that a symbol is asked for once however many chats follow it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from threading import Lock

import pytest
from PIL import Image

from bot.push.reports import SymbolReports
from bot.view.cards import card, strip
from bot.view.text.digest import digest_text, missing_line, record_line, symbol_line
from forecasting.errors import FanchartError, RateLimited, StorageError, UnknownSymbol
from forecasting.forecasts import Answer
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Outcome
from tests.factories import forecast, price_history
from tests.fakes import ManualClock

FORECAST = forecast(price_history())
ORIGIN = FORECAST.origin


def outcome(band: float, days_ago: int = 0, horizon: int = 1) -> Outcome:
    target = ORIGIN - timedelta(days=days_ago)
    return Outcome("AAPL", target - timedelta(days=1), horizon, target, 227.52, 227.0, 0.0, 0.0, band, 0.01, 0.01)


@pytest.mark.parametrize(
    ("bands", "line"),
    [
        ([], ""),
        ([0.5], "Closed at $227.52, inside the last forecast's 80% band."),
        (
            [0.8, *[0.5] * 17, *[0.95] * 10],
            "Closed at $227.52, inside the last forecast's 80% band; 18 of the last 20 were.",
        ),
        (
            [0.95, 0.8, 1.0],
            "Closed at $227.52, outside the last forecast's 80% band; 1 of the last 3 was inside the 80% band.",
        ),
        (
            [1.0, 0.5, 0.5],
            "Closed at $227.52, outside the last forecast's 95% band; 2 of the last 3 were inside the 80% band.",
        ),
    ],
)
def test_how_the_last_forecast_did(bands: list[float], line: str) -> None:
    came = [outcome(band, days_ago) for days_ago, band in enumerate(bands)]
    assert record_line(FORECAST, [outcome(1.0, horizon=5), *came]) == line


def test_an_old_outcome_is_not_the_last_forecasts() -> None:
    assert record_line(FORECAST, [outcome(0.5, days_ago=1)]) == ""


def test_a_digest_names_every_symbol_its_trouble_and_its_data() -> None:
    line = symbol_line(Answer(FORECAST, None, 1), [outcome(0.5)], 5)
    text = digest_text([line], [missing_line("A&B", "No price source knows A&B.")], 5, [FORECAST])
    assert text.startswith("80% ranges, 5 sessions ahead:\n\n<b>AAPL</b> $")
    assert "⚠️ prices to 3 Jul 2024" in text
    assert "⚠️ <b>A&amp;B</b> No price source knows A&amp;B." in text
    assert text.endswith("<i>CSV files to 3 Jul 2024 · not advice</i>")


def test_simulated_prices_are_said_to_be() -> None:
    simulated = replace(FORECAST, source="simulated")
    assert "Simulated prices" in digest_text(["x"], [], 5, [simulated])


def test_a_card_is_as_wide_as_a_phone_and_as_high_as_its_strips() -> None:
    forecasts = [replace(FORECAST, symbol=symbol) for symbol in ("AAPL", "VERYLONGSYMBOL.XY", "Ω$_^")]
    picture = Image.open(BytesIO(card([strip(one, 5) for one in forecasts], forecasts, 5)))
    assert picture.size == (1080, 90 + 3 * 160 + 60)


@dataclass
class Asked:
    """A service that counts how often it is asked, and answers or refuses."""

    answer: Answer | Exception
    predicted: list[str] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        del horizon
        with self.lock:
            self.predicted.append(symbol)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def score_due(self, symbol: str) -> tuple[Outcome, ...]:
        self.scored.append(symbol)
        if isinstance(self.answer, Exception):
            raise self.answer
        return (outcome(0.5),)

    def outcomes(self, symbol: str, limit: int) -> tuple[Outcome, ...]:
        del symbol, limit
        return (outcome(0.5),)


async def test_many_chats_ask_once_a_session() -> None:
    clock, service = ManualClock(), Asked(Answer(FORECAST, None, 0))
    briefs = SymbolReports(service, clock)
    found = await asyncio.gather(*(briefs.of("AAPL") for _ in range(50)))
    assert len({id(brief) for brief in found}) == 1
    clock.advance(timedelta(days=1))  # a holiday
    await briefs.of("AAPL")
    assert service.predicted == service.scored == ["AAPL"]
    clock.advance(timedelta(days=1))
    await briefs.of("AAPL")
    assert service.predicted == ["AAPL", "AAPL"]


@pytest.mark.parametrize("answer", [UnknownSymbol("AAPL"), Answer(FORECAST, None, 1)])
async def test_what_is_missing_is_asked_for_again_soon(answer: Answer | FanchartError) -> None:
    clock, service = ManualClock(), Asked(answer)
    briefs = SymbolReports(service, clock)
    first = await briefs.of("AAPL")
    assert first.error is (answer if isinstance(answer, FanchartError) else None)
    clock.advance(timedelta(minutes=4))
    assert await briefs.of("AAPL") is first
    clock.advance(timedelta(minutes=2))
    assert await briefs.of("AAPL") is not first


async def test_trouble_of_a_symbol_is_told_and_trouble_of_the_database_is_not_the_symbols() -> None:
    limited = await SymbolReports(Asked(RateLimited("Yahoo", ManualClock().now)), ManualClock()).of("AAPL")
    assert limited.is_delayed
    assert str(limited.error).startswith("Yahoo is limiting us.")
    broken = await SymbolReports(Asked(ZeroDivisionError("a bug")), ManualClock()).of("AAPL")
    assert (broken.is_delayed, str(broken.error)) == (False, "Something went wrong on my side.")
    with pytest.raises(StorageError):
        await SymbolReports(Asked(StorageError("It is full.")), ManualClock()).of("AAPL")


async def test_who_stops_waiting_does_not_stop_the_others() -> None:
    service = Asked(Answer(FORECAST, None, 0))
    briefs = SymbolReports(service, ManualClock())
    waiting = [asyncio.create_task(briefs.of("AAPL")) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    found = await asyncio.gather(*waiting[1:])
    assert all(isinstance(brief.answer and brief.answer.forecast, Forecast) for brief in found)
    assert service.predicted == ["AAPL"]
