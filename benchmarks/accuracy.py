"""Scores the model beside the baselines on folders of real prices, twice: by the product, and by the code below.

Usage: python benchmarks/accuracy.py FOLDER [FOLDER ...] [--market SOURCE] [--model base|active|FILE] [--no-garch]

The product runs `python -m forecasting evaluate --export`. This file reads the exported quantiles and the price files
by itself (pandas alone), scores them, and prints Markdown tables: CRPS in units of the 500-session historical
quantiles', RMSE in units of no change's, Diebold-Mariano against each baseline, and how often the bands held. It ends
with exit code 1 where its figures and the product's differ.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecasting.evaluation.significance import diebold_mariano

UNIT, NAIVE, MODEL, STEP = "historical quantiles", "naive", "model", 5
TOLERANCE = 1e-6
BANDS = (("in50", "0.25", "0.75"), ("in80", "0.1", "0.9"), ("in95", "0.025", "0.975"))


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One folder: the losses of every exported forecast, and the product's own figures."""

    losses: pd.DataFrame  # symbol, origin, horizon, model, crps, square, in50, in80, in95
    pooled: dict[tuple[str, int | None], dict[str, float]]
    seconds: float


def main() -> int:
    """Print the tables of every folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--market", metavar="SOURCE", help="where ^GSPC is from, such as csv:FOLDER")
    parser.add_argument("--model", default="base")
    parser.add_argument("--no-garch", action="store_true")
    options = parser.parse_args()
    more = ["--model", options.model]
    more += ["--market", options.market] if options.market else []
    more += ["--no-garch"] if options.no_garch else []
    worst = 0.0
    for folder in options.folders:
        found = evaluated(folder, more)
        print_tables(folder, found)
        worst = max(worst, disagreement(found))
    print(f"Largest difference between these figures and the product's: {worst:.1e}")
    return int(worst > TOLERANCE)


def evaluated(folder: Path, more: list[str]) -> Evaluated:
    """Run the product on a folder and score its export."""
    with tempfile.TemporaryDirectory() as made:
        export = Path(made) / "forecasts.csv"
        command = [sys.executable, "-m", "forecasting", "evaluate", "--source", f"csv:{folder}", "--json"]
        begun = time.monotonic()
        ended = subprocess.run(  # noqa: S603 - our own command
            [*command, "--export", str(export), "--step", str(STEP), *more],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        seconds = time.monotonic() - begun
        forecasts = pd.read_csv(export, parse_dates=["origin"])
    pooled = {(row["forecaster"], row["horizon"]): row for row in json.loads(ended.stdout)["pooled"]}
    return Evaluated(scored(folder, forecasts), pooled, seconds)


def scored(folder: Path, forecasts: pd.DataFrame) -> pd.DataFrame:
    """The losses of every forecast, in units of the close at its origin."""
    parts = [part.assign(come=come_of(folder / f"{symbol}.csv", part)) for symbol, part in forecasts.groupby("symbol")]
    table = pd.concat(parts)
    names = [str(name) for name in table.columns if str(name).startswith("q0.")]
    levels = np.array([float(name[1:]) for name in names])
    unit = table["close"].to_numpy()
    excess = (table["come"].to_numpy()[:, None] - table[names].to_numpy()) / unit[:, None]
    band = {
        name: (table[f"q{low}"] <= table["come"]) & (table["come"] <= table[f"q{high}"]) for name, low, high in BANDS
    }
    return table[["symbol", "origin", "horizon", "model"]].assign(
        crps=2 * np.maximum(levels * excess, (levels - 1) * excess).mean(axis=1),
        square=((table["come"] - table["q0.5"]) / table["close"]) ** 2,
        **band,
    )


def come_of(path: Path, forecasts: pd.DataFrame) -> NDArray[np.float64]:
    """The adjusted closes that came, brought to the export's closes at the origins."""
    prices = pd.read_csv(path, parse_dates=["Date"]).drop_duplicates("Date", keep="last").set_index("Date").sort_index()
    closes = prices["Adj Close" if "Adj Close" in prices else "Close"].dropna()
    rows = closes.index.get_indexer(pd.DatetimeIndex(forecasts["origin"]))
    if (rows < 0).any():
        raise SystemExit(f"{path} lacks an origin that was exported.")
    values = closes.to_numpy(np.float64)
    came = values[rows + forecasts["horizon"].to_numpy()]
    return np.asarray(came * forecasts["close"].to_numpy() / values[rows], dtype=np.float64)


def ratios(losses: pd.DataFrame, column: str, unit: str) -> pd.DataFrame:
    """Geometric means over symbols of mean losses in units of one forecaster's: forecasters x (horizons, "all")."""
    mean = losses.pivot_table(index=["symbol", "horizon"], columns="model", values=column, sort=False)
    logs = mean.div(mean[unit], axis=0).map(math.log)
    table = logs.groupby("horizon").mean().T
    return table.assign(all=logs.mean()).map(math.exp)


def root_ratios(losses: pd.DataFrame) -> pd.DataFrame:
    """Geometric means of RMSE in units of no change's, as in `ratios`."""
    return ratios(losses, "square", NAIVE).map(math.sqrt)


def significance(losses: pd.DataFrame) -> pd.DataFrame:
    """Diebold-Mariano on the CRPS, averaged over symbols a session: "better 0.01" for the model against a baseline."""
    wide = losses.pivot_table(index=["horizon", "symbol", "origin"], columns="model", values="crps", sort=False)
    wide = wide.div(wide[UNIT].groupby(["horizon", "symbol"]).transform("mean"), axis=0)
    by_session = wide.groupby(["horizon", "origin"]).mean()
    baselines = [name for name in wide if name != MODEL]
    horizons = sorted(losses["horizon"].unique())
    parts = [by_session.loc[horizon] for horizon in horizons]
    found = [[compared(*each, baseline) for each in zip(parts, horizons, strict=True)] for baseline in baselines]
    return pd.DataFrame(found, index=baselines, columns=horizons)


def compared(losses: pd.DataFrame, horizon: int, baseline: Hashable) -> str:
    """Which of the two is better, and the p-value."""
    found = diebold_mariano(losses[MODEL].to_numpy(), losses[baseline].to_numpy(), int(horizon), STEP)
    if math.isnan(found.p_value):
        return "-"
    return f"{'better' if found.statistic < 0 else 'worse'} {found.p_value:.2g}"


def coverage(losses: pd.DataFrame) -> pd.DataFrame:
    """How often the model's bands held, in percent: bands x (horizons, "all")."""
    model = losses[losses["model"] == MODEL]
    names = ["in50", "in80", "in95"]
    table = 100 * model.groupby("horizon")[names].mean().T
    return table.assign(all=100 * model[names].mean())


def disagreement(found: Evaluated) -> float:
    """The largest difference between the ratios here and the product's."""
    crps, root = ratios(found.losses, "crps", UNIT), root_ratios(found.losses)
    return max(
        abs(float(table[horizon or "all"].to_dict()[forecaster]) - row[name])
        for (forecaster, horizon), row in found.pooled.items()
        for table, name in ((crps, "crps_ratio"), (root, "rmse_ratio"))
    )


def print_tables(folder: Path, found: Evaluated) -> None:
    """Markdown for the README."""
    losses = found.losses
    count, origins = losses["symbol"].nunique(), len(losses[["symbol", "origin"]].drop_duplicates())
    first, last = losses["origin"].min(), losses["origin"].max()
    print(f"\n### {folder.name}: {count} symbols, {origins} origins, {first:%b %Y} to {last:%b %Y}\n")
    show("CRPS / historical quantiles", ratios(losses, "crps", UNIT).drop(index=[NAIVE, "drift"]), "{:.3f}")
    show("RMSE / no change", root_ratios(losses), "{:.3f}")
    show("The model against, and p (Diebold-Mariano, CRPS)", significance(losses), "{}")
    show("Inside the band, %", coverage(losses).set_axis(["50", "80", "95"]), "{:.1f}")
    print(f"The product took {found.seconds:.0f} s.\n")


def show(title: str, table: pd.DataFrame, form: str) -> None:
    """Print one Markdown table."""
    print(f"| {title} | " + " | ".join(str(name) for name in table.columns) + " |")
    print("|---|" + "---|" * len(table.columns))
    for name, row in table.iterrows():
        print(f"| {name} | " + " | ".join(form.format(value) for value in row) + " |")
    print()


if __name__ == "__main__":
    sys.exit(main())
