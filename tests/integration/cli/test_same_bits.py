"""One symbol, origin and market give the same bits in chat, command line and scorecard, whoever asks first."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import storage
from forecasting.__main__ import main
from forecasting.active_models import ActiveModels, forecaster_of
from forecasting.evaluation.walkforward import Schedule, walk_forward
from forecasting.forecasts import ForecastService
from forecasting.model.artefact import base_artefact
from forecasting.prices.exchanges import calendars
from forecasting.prices.exchanges.codes import exchange_of
from forecasting.prices.market_context import INDEX, context_of, market_of
from forecasting.prices.service import PriceService
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.types.bars import FloatArray, PriceHistory
from tests.factories import csv_text, price_history
from tests.waiting import PATIENCE_S

DAY = date(2024, 7, 2)
"""The origin; the files go on after it, and so does New York on the same day after Tokyo's close."""
SYMBOLS = ("AAPL", "7203.T", "BTC-USD")


def history_of(symbol: str, count: int) -> PriceHistory:
    """A history on the symbol's own sessions, of three more weeks than the origin."""
    exchange = exchange_of(symbol)
    sessions = calendars.sessions_between(exchange, DAY - timedelta(days=2 * count), DAY + timedelta(days=21))[-count:]
    return replace(price_history(symbol, len(sessions), seed=len(symbol), exchange=exchange), sessions=sessions)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("prices")
    for symbol in (*SYMBOLS, INDEX):
        (made / f"{symbol}.csv").write_text(csv_text(history_of(symbol, 700)), "utf-8")
    return made


def on_the_command_line(folder: Path, symbol: str, capsys: pytest.CaptureFixture[str]) -> FloatArray:
    source = f"csv:{folder}"
    words = ["predict", symbol, "--source", source, "--as-of", str(DAY), "--horizon", "20", "--json"]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["origin"] == str(DAY)
    assert told["market"]
    return np.array([list(row["quantiles"].values()) for row in told["forecasts"]])


@pytest.fixture
def service(folder: Path, tmp_path: Path) -> Iterator[ForecastService]:
    """The bot's service on an empty database, a quarter of an hour after the newest close of the day's origins."""
    now = datetime.combine(DAY + timedelta(days=1), datetime.min.time(), UTC) + timedelta(minutes=15)
    with closing(storage.open(tmp_path / "bot.db")) as stores:
        sources = [CsvFolderSource(folder, lambda: now)]
        prices = PriceService(sources, stores.prices, lambda: now, patience_s=PATIENCE_S)
        yield ForecastService(
            prices=prices,
            market=market_of(sources, stores.prices, prices.renewed, lambda: now, patience_s=PATIENCE_S),
            calendar=calendars,
            models=ActiveModels(stores.models, base_artefact()),
            forecasts=stores.forecasts,
            scorecards=stores.scorecards,
            clock=lambda: now,
        )


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_chat_command_line_and_scorecard_say_the_same(
    folder: Path, service: ForecastService, symbol: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = service.predict(symbol).forecast, service.predict(symbol).forecast
    assert first.origin == DAY
    assert first.market
    assert second.key == first.key
    np.testing.assert_array_equal(second.prices, first.prices)
    np.testing.assert_array_equal(on_the_command_line(folder, symbol, capsys), first.prices)

    later = datetime.combine(DAY + timedelta(days=30), datetime.min.time(), UTC)
    history, index = (CsvFolderSource(folder, lambda: later).history(name) for name in (symbol, INDEX))
    row = int(np.searchsorted(history.sessions, np.datetime64(DAY)))
    assert row < len(history) - 10
    rows = np.array([row - 50, row])
    context = context_of(index, history)
    walk = walk_forward(history, [forecaster_of(base_artefact())], rows, Schedule(horizons=(1, 2, 5)), context)
    np.testing.assert_array_equal(walk.runs[0].quantiles[-1], first.prices[[0, 1, 4]])
