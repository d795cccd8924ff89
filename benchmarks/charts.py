"""Draws the README's charts from real prices: `python benchmarks/charts.py FOLDER_OF_CSV YYYY-MM-DD [SYMBOLS]`.

The date is the last session that the bot may know. The first symbol gets fan chart and evaluation; all are compared.
"""

import argparse
import tempfile
from contextlib import closing
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

import storage
from bot.view import text as formatter
from forecasting.active_models import ActiveModels
from forecasting.charts.comparison import comparison_chart
from forecasting.charts.evaluation import evaluation_chart
from forecasting.charts.fan import fan_chart
from forecasting.forecasts import ForecastService
from forecasting.model.artefact import base_artefact
from forecasting.prices.exchanges import calendars
from forecasting.prices.market_context import market_of
from forecasting.prices.service import PriceService
from forecasting.prices.sources.csv_folder import CsvFolderSource
from storage import Stores

HORIZON: Final = 10
EVENING: Final = time(23, tzinfo=UTC)
IMAGES: Final = Path(__file__).parent.parent / "docs" / "images"


def main() -> None:
    """Draw, and say where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("day", type=lambda text: datetime.combine(datetime.fromisoformat(text), EVENING))
    parser.add_argument("symbols", nargs="*", default=["AAPL", "KO", "JPM", "XOM"])
    arguments = parser.parse_args()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, closing(storage.open(Path(scratch) / "fanchart.db")) as stores:
        service = _service(arguments.folder, arguments.day, stores)
        first = service.predict(arguments.symbols[0]).forecast
        drawn = {
            "fan": fan_chart(first, HORIZON, formatter),
            "evaluation": evaluation_chart(service.evaluate(first.symbol), formatter),
            "compare": comparison_chart(
                [service.predict(symbol).forecast for symbol in arguments.symbols], HORIZON, formatter
            ),
        }
    for name, png in drawn.items():
        (IMAGES / f"{name}.png").write_bytes(png)
        print(IMAGES / f"{name}.png")


def _service(folder: Path, now: datetime, stores: Stores) -> ForecastService:
    """The bot's own service at another time."""
    sources = [CsvFolderSource(folder, lambda: now)]
    prices = PriceService(sources, stores.prices, lambda: now)
    return ForecastService(
        prices=prices,
        market=market_of(sources, stores.prices, prices.latest, lambda: now),
        calendar=calendars,
        models=ActiveModels(stores.models, base_artefact()),
        forecasts=stores.forecasts,
        scorecards=stores.scorecards,
        clock=lambda: now,
    )


if __name__ == "__main__":
    main()
