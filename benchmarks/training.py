"""How long a training takes and what it brings, beside the LSTM notebook that everybody knows.

Usage: python benchmarks/training.py FOLDER SYMBOL [--notebook-epochs 25]

Both models forecast the same held-out sessions of the symbol. The notebook's network: four LSTM layers of 50 units with
dropout on 60 min-max-scaled closes, trained to the next close, 25 epochs in batches of 32; several sessions ahead it is
fed with its own forecasts. It gives a point only, so the root mean square error of the median is compared.
"""

import argparse
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.preprocessing import MinMaxScaler

from forecasting.learning.network import keras
from forecasting.learning.promotion import Holdout, hold_out
from forecasting.learning.tasks import run_task
from forecasting.model.artefact import base_artefact, load
from forecasting.model.forecaster import ModelForecaster
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.types.bars import FloatArray
from forecasting.types.job_records import TrainingRequest
from forecasting.types.quantile_forecast import MEDIAN
from forecasting.types.scorecards import SCORED_HORIZONS

WINDOW, LAYERS = 60, 4
AHEAD = np.array(SCORED_HORIZONS)


@dataclass(frozen=True, slots=True)
class Line:
    """One way to forecast: seconds of training, RMSE / RMSE of no change at each horizon."""

    name: str
    seconds: float
    ratios: FloatArray


def main() -> None:
    """Train both, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("symbol")
    parser.add_argument("--notebook-epochs", type=int, default=25)
    asked = parser.parse_args()
    history = CsvFolderSource(asked.folder, lambda: datetime.now(UTC)).history(asked.symbol)
    holdout = hold_out(history)
    run_task(TrainingRequest("train", (history.take(slice(400)),), base_artefact()), lambda _: None)  # warm up
    result = run_task(TrainingRequest("train", (history,), base_artefact()), lambda _: None)
    lines = [
        Line("base model", 0.0, of_model(base_artefact(), holdout)),
        Line("symbol model, promotion test included", result.seconds, of_model(result.artefact, holdout)),
        notebook(holdout, asked.notebook_epochs),
    ]
    print(
        f"{asked.symbol}: {len(history)} sessions, {len(holdout.origins)} held-out origins. {result.promotion.reason}\n"
    )
    print(f"| | training, s | RMSE / RMSE of no change at {', '.join(map(str, AHEAD))} sessions |\n|---|---|---|")
    for line in lines:
        print(f"| {line.name} | {line.seconds:.1f} | {', '.join(f'{ratio:.3f}' for ratio in line.ratios)} |")


def of_model(artefact: bytes, holdout: Holdout) -> FloatArray:
    """Ratios of an artefact's median."""
    prices = ModelForecaster(load(artefact)).quantiles(holdout.history, holdout.origins)
    return ratios(prices[:, AHEAD - 1, MEDIAN], holdout)


def notebook(holdout: Holdout, epochs: int) -> Line:
    """Train the notebook's network on what may be seen, and feed it with its own forecasts."""
    keras.utils.set_random_seed(0)
    scaler = MinMaxScaler().fit(holdout.seen.close[:, None])
    scaled = scaler.transform(holdout.history.close[:, None])[:, 0]
    windows = np.lib.stride_tricks.sliding_window_view(scaled[: holdout.unseen], WINDOW + 1)[..., None]
    layers = [
        part
        for depth in range(LAYERS)
        for part in (keras.layers.LSTM(50, return_sequences=depth < LAYERS - 1), keras.layers.Dropout(0.2))
    ]
    network = keras.Sequential([keras.Input((WINDOW, 1)), *layers, keras.layers.Dense(1)])
    network.compile("adam", "mean_squared_error")
    started = time.monotonic()
    network.fit(windows[:, :-1], windows[:, -1], epochs=epochs, batch_size=32, verbose=0)
    seconds = time.monotonic() - started
    inputs = np.stack([scaled[origin - WINDOW + 1 : origin + 1] for origin in holdout.origins])[..., None]
    steps = []
    for _ in range(int(AHEAD.max())):
        steps.append(network.predict_on_batch(inputs))
        inputs = np.concatenate([inputs[:, 1:], steps[-1][:, None]], axis=1)
    forecasts = scaler.inverse_transform(np.concatenate(steps, axis=1)[:, AHEAD - 1])
    return Line(f"notebook, 4 x LSTM(50), {epochs} epochs", seconds, ratios(forecasts, holdout))


def ratios(points: FloatArray, holdout: Holdout) -> FloatArray:
    """RMSE of points (origins, horizons) over that of no change."""
    close = holdout.history.close
    came = close[holdout.origins[:, None] + AHEAD]
    now = close[holdout.origins, None]
    error, unchanged = (((guess - came) / now) ** 2 for guess in (points, now))
    return np.asarray(np.sqrt(error.mean(axis=0) / unchanged.mean(axis=0)))


if __name__ == "__main__":
    main()
