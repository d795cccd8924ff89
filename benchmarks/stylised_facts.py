"""Stylised facts of simulated markets beside those of a folder of real prices.

Usage: python benchmarks/stylised_facts.py FOLDER [--seed N] [--paths N]

Prints a Markdown table with the 10th, 50th and 90th percentile over symbols.
"""

import argparse
from collections.abc import Iterable
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from forecasting.errors import PriceError
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.simulation.facts import LAGS, stylised_facts
from forecasting.simulation.market import simulate_market
from forecasting.types.bars import FloatArray

MIN_SESSIONS = 1000
"""Shorter histories are left out."""
NAMES = (
    "annual volatility",
    "kurtosis of returns",
    "autocorrelation of returns, 1 session",
    *(f"autocorrelation of absolute returns, {lag} sessions" for lag in LAGS),
    "leverage: return with the size of the next five",
    "variance over 20 sessions / 20 x variance over 1",
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--paths", type=int, default=256)
    asked = parser.parse_args()
    real = real_closes(asked.folder)
    sessions = int(np.median([len(close) for close in real]))
    rows = zip(NAMES, spread(real), spread(simulate_market(asked.seed, asked.paths, sessions).close), strict=True)
    print(f"| 10th / 50th / 90th percentile | {asked.folder.name}, {len(real)} symbols | simulated |\n|---|---|---|")
    for name, found, simulated in rows:
        print(f"| {name} | {in_words(found)} | {in_words(simulated)} |")


def real_closes(folder: Path) -> list[FloatArray]:
    """Closes of every usable symbol of the folder with at least 1,000 sessions."""
    source = CsvFolderSource(folder, lambda: datetime.now(UTC))
    found = []
    for symbol in source.symbols():
        try:
            history = source.history(symbol)
        except PriceError as error:
            print(f"left out {symbol}: {error}")
            continue
        if len(history) >= MIN_SESSIONS:
            found.append(history.close)
    return found


def spread(closes: Iterable[FloatArray]) -> FloatArray:
    """Percentiles of each fact over symbols, shape (facts, 3)."""
    facts = [np.hstack(astuple(stylised_facts(close))) for close in closes]
    return np.asarray(np.percentile(facts, (10, 50, 90), axis=0).T)


def in_words(percentiles: FloatArray) -> str:
    """Three numbers."""
    return " / ".join(f"{value:.2f}" for value in percentiles)


if __name__ == "__main__":
    main()
